// SPDX-License-Identifier: MIT
#include "quant/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "reference/float_transformer.hpp"
#include "reference/integer_transformer.hpp"

namespace mcullm::quant {

namespace {

// Natural logarithms of softmax(logits * scale).
template <class Logit>
auto log_softmax(std::span<const Logit> logits, double scale) -> std::vector<double> {
  const double max = static_cast<double>(*std::max_element(logits.begin(), logits.end())) * scale;
  std::vector<double> result;
  double sum = 0.0;
  for (const Logit logit : logits) {
    result.push_back(static_cast<double>(logit) * scale - max);
    sum += std::exp(result.back());
  }
  for (double& v : result) v -= std::log(sum);
  return result;
}

auto divergence(std::span<const double> log_p, std::span<const double> log_q) -> double {
  double sum = 0.0;
  for (std::size_t i = 0; i < log_p.size(); i++) sum += std::exp(log_p[i]) * (log_p[i] - log_q[i]);
  return sum;
}

auto argmax(std::span<const double> values) -> std::ptrdiff_t {
  return std::max_element(values.begin(), values.end()) - values.begin();
}

auto positions(std::span<const Tokens> text, std::size_t context) -> std::uint64_t {
  std::uint64_t sum = 0;
  for (const auto& sequence : text) sum += std::min(context, sequence.size());
  return sum;
}

auto check(const image::ModelImage& image, const checkpoint::FloatModel& model, std::span<const Tokens> text)
    -> Result<Ok> {
  if (image.shape.vocab_size != model.shape.vocab_size) {
    return Error{Exit::input,
                 fmt::format("the model has {} tokens, its reference {}", image.shape.vocab_size,
                             model.shape.vocab_size),
                 "give the float image that the model was quantized from"};
  }
  bool empty = true;
  for (const auto& sequence : text) {
    empty = empty && sequence.empty();
    for (const int token : sequence) {
      if (token < 0 || token >= model.shape.vocab_size) {
        return Error{Exit::input,
                     fmt::format("token {} is outside the vocabulary of {}", token, model.shape.vocab_size),
                     ""};
      }
    }
  }
  if (empty) return Error{Exit::input, "there is no text to evaluate on", "name a file with text"};
  return Ok{};
}

}  // namespace

auto evaluate(const image::ModelImage& image, const checkpoint::FloatModel& model,
              std::span<const Tokens> text, std::uint64_t max_tokens, const ProgressFn& progress,
              const StopFn& stop) -> Result<Evaluation> {
  if (auto ok = check(image, model, text); !ok) return ok.error();
  reference::FloatTransformer original(model);
  reference::IntegerTransformer integer(image);
  const auto context = static_cast<std::size_t>(std::min(image.shape.context, model.shape.context));
  const std::uint64_t total = std::min(max_tokens, positions(text, context));
  Evaluation result;
  double kl_sum = 0.0, float_loss = 0.0, integer_loss = 0.0;
  std::uint64_t agreed = 0;
  for (const auto& sequence : text) {
    original.reset();
    integer.reset();
    for (std::size_t pos = 0; pos < std::min(context, sequence.size()) && result.tokens < total; pos++) {
      if (stop()) return stopped();
      const int token = sequence[pos], position = static_cast<int>(pos);
      const auto log_p = log_softmax(original.forward(token, position), 1.0);
      const auto log_q = log_softmax(integer.forward(token, position).logits, 1.0 / 65536.0);
      const double kl = divergence(log_p, log_q);
      kl_sum += kl;
      result.max_kl = std::max(result.max_kl, kl);
      agreed += argmax(log_p) == argmax(log_q) ? 1 : 0;
      if (pos + 1 < sequence.size()) {
        const auto next = static_cast<std::size_t>(sequence[pos + 1]);
        float_loss -= log_p[next];
        integer_loss -= log_q[next];
        result.predictions++;
      }
      if (result.tokens++ % 64 == 0) progress({"evaluating", result.tokens, total, "tokens"});
    }
  }
  progress({"evaluating", result.tokens, result.tokens, "tokens"});
  const auto tokens = static_cast<double>(result.tokens);
  const auto predictions = std::max(1.0, static_cast<double>(result.predictions));
  result.mean_kl = kl_sum / tokens;
  result.top1_agreement = static_cast<double>(agreed) / tokens;
  result.float_perplexity = std::exp(float_loss / predictions);
  result.integer_perplexity = std::exp(integer_loss / predictions);
  return result;
}

}  // namespace mcullm::quant

// SPDX-License-Identifier: MIT
#include "train/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "train/random.hpp"

namespace mcullm::train {
namespace {

// Draws among the likeliest tokens whose probabilities together reach top_p.
auto draw(std::vector<float> logits, const SampleOptions& options, Random& random) -> std::uint16_t {
  const float top = *std::max_element(logits.begin(), logits.end());
  double total = 0.0;
  for (float& logit : logits) total += logit = std::exp((logit - top) / options.temperature);
  std::vector<std::uint16_t> order(logits.size());
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return logits[a] > logits[b]; });
  std::size_t kept = 0;
  double mass = 0.0;
  while (kept < order.size() && mass < options.top_p * total) mass += logits[order[kept++]];
  double left = random.uniform() * mass;
  for (std::size_t i = 0; i + 1 < kept; ++i)
    if ((left -= logits[order[i]]) < 0.0) return order[i];
  return order[kept - 1];
}

}  // namespace

auto sample_story(SequencePass& pass, const Weights& weights, Encoder& encoder, std::string_view prompt,
                  const SampleOptions& options) -> StorySample {
  const auto context = static_cast<std::size_t>(weights.layout().shape.context);
  Random random(options.seed);
  auto tokens = encoder.encode(prompt);
  tokens.insert(tokens.begin(), begin_token);
  tokens.resize(std::min(tokens.size(), context));
  bool finished = false;
  while (tokens.size() < context && !finished) {
    tokens.push_back(draw(pass.next_logits(weights, tokens), options, random));
    finished = tokens.back() == begin_token;
  }
  return {std::string(prompt), encoder.decode(tokens), finished};
}

}  // namespace mcullm::train

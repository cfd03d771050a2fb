// SPDX-License-Identifier: MIT
#include "quant/saturation.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <utility>

#include "reference/integer_transformer.hpp"

namespace mcullm::quant {

namespace {

class LimitCounter : public reference::Observer {
 public:
  explicit LimitCounter(image::KvFormat kv_format) : kv_format_(kv_format) {}

  void observe(mcl_op_t op, int layer, std::span<const std::int32_t> values) override {
    if (op == MCL_OP_SCORE) return note_scores(values);
    const int limit = limit_of(op);
    if (limit == 0) return;
    auto& count = counts_[{op, layer}];
    count.op = op;
    count.layer = layer;
    count.values += values.size();
    count.at_limit += static_cast<std::uint64_t>(
        std::count_if(values.begin(), values.end(), [&](std::int32_t v) { return std::abs(v) >= limit; }));
  }

  auto result() const -> TrialRun {
    TrialRun run;
    run.greatest_score = greatest_score_;
    for (const auto& [key, count] : counts_) {
      if (count.at_limit > 0) run.saturated.push_back(count);
    }
    return run;
  }

 private:
  // 0 for the ops of 32 bits
  auto limit_of(mcl_op_t op) const -> int {
    switch (op) {
      case MCL_OP_EMBED:
      case MCL_OP_ATT_RESIDUAL:
      case MCL_OP_FFN_RESIDUAL:
      case MCL_OP_LOGITS:
        return 0;
      case MCL_OP_K_CACHE:
        return kv_format_ == image::KvFormat::k8v8 ? 127 : 32767;
      case MCL_OP_V_CACHE:
        return kv_format_ == image::KvFormat::k16v16 ? 32767 : 127;
      default:
        return 32767;
    }
  }

  void note_scores(std::span<const std::int32_t> scores) {
    // scores are int32 sums shifted right, see ARITHMETIC.md section 7
    const double end = std::exp2(kv_format_ == image::KvFormat::k8v8 ? 31 - 6 : 31 - 12);
    for (const std::int32_t s : scores) greatest_score_ = std::max(greatest_score_, std::abs(s) / end);
  }

  image::KvFormat kv_format_;
  std::map<std::pair<mcl_op_t, int>, Saturation> counts_;
  double greatest_score_ = 0.0;
};

}  // namespace

auto trial_run(const image::ModelImage& image, std::span<const Tokens> text, int tokens,
               const ProgressFn& progress) -> TrialRun {
  LimitCounter counter(image.kv_format);
  reference::IntegerTransformer transformer(image);
  const auto each =
      std::max<std::size_t>(1, static_cast<std::size_t>(tokens) / std::max<std::size_t>(1, text.size()));
  std::uint64_t done = 0;
  for (const auto& sequence : text) {
    transformer.reset();
    const auto count = std::min(each, sequence.size());
    for (std::size_t pos = 0; pos < count; pos++, done++) {
      static_cast<void>(transformer.forward(sequence[pos], static_cast<int>(pos), &counter));
      if (done % 64 == 0) progress({"checking", done, each * text.size(), "tokens"});
    }
  }
  progress({"checking", done, done, "tokens"});
  auto run = counter.result();
  run.tokens = static_cast<int>(done);
  return run;
}

}  // namespace mcullm::quant

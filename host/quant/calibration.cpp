// SPDX-License-Identifier: MIT
#include "quant/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "reference/float_transformer.hpp"

namespace mcullm::quant {

namespace {

auto greatest(std::span<const float> values) -> double {
  float max = 0.0F;
  for (const float v : values) max = std::max(max, std::abs(v));
  return max;
}

void raise(double& limit, double value) { limit = std::max(limit, value); }

void raise_pairs(std::vector<double>& limits, std::span<const float> values) {
  for (std::size_t i = 0; i < limits.size(); i++)
    raise(limits[i], std::hypot(values[2 * i], values[2 * i + 1]));
}

class StatisticsCollector : public reference::FloatObserver {
 public:
  explicit StatisticsCollector(const checkpoint::ModelShape& shape)
      : positions_seen_(static_cast<std::size_t>(shape.n_layers), 0) {
    statistics_.final_norm_moments = SecondMoments(shape.dim);
    LayerStatistics layer;
    const auto kv_dim = static_cast<std::size_t>(shape.kv_dim());
    layer.q_pair.assign(static_cast<std::size_t>(shape.dim) / 2, 0.0);
    layer.k_pair.assign(kv_dim / 2, 0.0);
    layer.k_low.assign(kv_dim, 0.0);
    layer.k_high.assign(kv_dim, 0.0);
    layer.att_norm_moments = layer.attention_moments = layer.ffn_norm_moments = SecondMoments(shape.dim);
    layer.hidden_moments = SecondMoments(shape.hidden_dim);
    statistics_.layers.assign(static_cast<std::size_t>(shape.n_layers), layer);
  }

  void observe(mcl_op_t op, int index, std::span<const float> values) override {
    auto& layer = statistics_.layers[static_cast<std::size_t>(index)];
    switch (op) {
      case MCL_OP_EMBED:
      case MCL_OP_ATT_RESIDUAL:
      case MCL_OP_FFN_RESIDUAL:
        raise(statistics_.residual, greatest(values));
        break;
      case MCL_OP_ATT_NORM:
        raise(layer.att_norm, greatest(values));
        layer.att_norm_moments.add(values);
        break;
      case MCL_OP_Q:
        raise_pairs(layer.q_pair, values);
        break;
      case MCL_OP_K:
        raise_pairs(layer.k_pair, values);
        break;
      case MCL_OP_K_CACHE:
        widen_key_range(index, values);
        break;
      case MCL_OP_V:
        raise(layer.v, greatest(values));
        break;
      case MCL_OP_ATTENTION:
        layer.attention_moments.add(values);
        break;
      case MCL_OP_FFN_NORM:
        raise(layer.ffn_norm, greatest(values));
        layer.ffn_norm_moments.add(values);
        break;
      case MCL_OP_GATE:
        raise(layer.gate, greatest(values));
        break;
      case MCL_OP_UP:
        raise(layer.up, greatest(values));
        break;
      case MCL_OP_HIDDEN:
        raise(layer.hidden, greatest(values));
        layer.hidden_moments.add(values);
        break;
      case MCL_OP_FINAL_NORM:
        raise(statistics_.final_norm, greatest(values));
        statistics_.final_norm_moments.add(values);
        break;
      default:
        break;
    }
  }

  auto take() && -> Statistics { return std::move(statistics_); }

 private:
  void widen_key_range(int index, std::span<const float> key) {
    const auto l = static_cast<std::size_t>(index);
    auto& layer = statistics_.layers[l];
    const bool first = positions_seen_[l]++ == 0;
    for (std::size_t j = 0; j < key.size(); j++) {
      layer.k_low[j] = first ? key[j] : std::min<double>(layer.k_low[j], key[j]);
      layer.k_high[j] = first ? key[j] : std::max<double>(layer.k_high[j], key[j]);
    }
  }

  Statistics statistics_;
  std::vector<int> positions_seen_;
};

// xorshift64*, as the samplers use it
auto uniform(std::uint64_t& state) -> double {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return static_cast<double>(state * 0x2545F4914F6CDD1DULL >> 40) / 16777216.0;
}

// Draws from softmax(logits).
auto draw(std::span<const float> logits, std::uint64_t& state) -> int {
  const float max = *std::max_element(logits.begin(), logits.end());
  std::vector<double> cumulative;
  double sum = 0.0;
  for (const float logit : logits) cumulative.push_back(sum += std::exp(static_cast<double>(logit - max)));
  const double target = uniform(state) * sum;
  const auto chosen = std::upper_bound(cumulative.begin(), cumulative.end() - 1, target);
  return static_cast<int>(chosen - cumulative.begin());
}

auto all_finite(std::span<const float> values) -> bool {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

}  // namespace

SecondMoments::SecondMoments(int width) : diagonal_(Eigen::VectorXd::Zero(width)) {
  if (width <= full_limit) full_ = Eigen::MatrixXd::Zero(width, width);
}

void SecondMoments::add(std::span<const float> a) {
  const Eigen::VectorXd v =
      Eigen::Map<const Eigen::VectorXf>(a.data(), static_cast<Eigen::Index>(a.size())).cast<double>();
  diagonal_ += v.cwiseAbs2();
  if (is_full()) full_.noalias() += v * v.transpose();
}

auto calibrate(const checkpoint::FloatModel& model, int bos_token, int context, int tokens,
               const ProgressFn& progress, const StopFn& stop) -> Result<Calibration> {
  reference::FloatTransformer transformer(model);
  StatisticsCollector collector(model.shape);
  Calibration calibration;
  int done = 0;
  while (done < tokens) {
    transformer.reset();
    auto& sequence = calibration.text.emplace_back();
    std::uint64_t state = calibration.text.size();  // the seed
    int token = bos_token;
    for (int pos = 0; pos < context && done < tokens; pos++, done++) {
      if (stop()) return stopped();
      sequence.push_back(token);
      const auto logits = transformer.forward(token, pos, &collector);
      if (!all_finite(logits)) {
        return Error{
            Exit::input,
            fmt::format("the float model overflows: logits at position {} of a sampled text are not finite",
                        pos),
            "check the checkpoint with `mcullm generate --engine float`"};
      }
      token = draw(logits, state);
      if (done % 64 == 0)
        progress(
            {"calibrating", static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(tokens), "tokens"});
    }
  }
  progress({"calibrating", static_cast<std::uint64_t>(tokens), static_cast<std::uint64_t>(tokens), "tokens"});
  calibration.statistics = std::move(collector).take();
  return calibration;
}

}  // namespace mcullm::quant

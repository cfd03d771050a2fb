// SPDX-License-Identifier: MIT
#include "quant/units.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace mcullm::quant {

namespace {

constexpr double int16_max = 32767.0;
constexpr double headroom = 4.0;         // of activations: 13 of 15 bits lose nothing
constexpr double value_headroom = 1.3;   // of 8-bit cached values
constexpr double key_headroom = 1.15;    // of 8-bit cached keys; clipping one is worse than a coarser step
constexpr double rotary_headroom = 1.5;  // of queries, and of keys before they are centred

// The unit in which `range` uses int16 up to a headroom. A vector of zeros has any unit.
auto unit_of(double range, double room) -> double { return range > 0.0 ? range * room / int16_max : 1.0; }

// Queries and keys of one rotary pair. The product of their units is fixed by the unit of scores.
struct PairUnits {
  double q = 1, k = 1;
};

// 8 bits: keys come first, because their cached step is the coarse one: it follows their range around the
// centre. k counts in 32nds of that step. A query beyond its range saturates, at scores of 255 powers of two
// per element.
auto narrow_pair(double q_range, double k_range, double k_deviation, double score_unit) -> PairUnits {
  const double for_deviation = k_deviation * key_headroom / 127.0;
  const double for_rotation = 32.0 * unit_of(k_range, rotary_headroom);
  double step = k_range > 0.0 ? std::max(for_deviation, for_rotation) : 0.0;
  if (step == 0.0) step = q_range > 0.0 ? score_unit / unit_of(q_range, rotary_headroom) : 1.0;
  return {score_unit / step, step / 32.0};
}

// 16 bits: what the score leaves free is shared by both.
auto wide_pair(double q_range, double k_range, double score_unit) -> PairUnits {
  const double k_least = unit_of(k_range, rotary_headroom), q_least = unit_of(q_range, rotary_headroom);
  if (k_range == 0.0) return {q_least, score_unit / q_least};
  if (q_range == 0.0) return {score_unit / k_least, k_least};
  const double slack = score_unit / (k_least * q_least);
  const double k = k_least * std::max(1.0, std::sqrt(slack));
  return {score_unit / k, k};
}

void set_rotary_units(LayerUnits& units, const LayerStatistics& statistics, const checkpoint::ModelShape& s,
                      bool wide_keys) {
  // one unit of a score's accumulator in powers of two, so that q * k * unit_q * unit_k / sqrt(head_size) *
  // log2(e) is the score
  const double accumulator = std::exp2(wide_keys ? -20 : -14);
  const double score_unit = accumulator * std::sqrt(s.head_size()) / std::numbers::log2e;
  const auto half = static_cast<std::size_t>(s.head_size() / 2);
  const auto group = static_cast<std::size_t>(s.n_heads / s.n_kv_heads);
  units.q.resize(statistics.q_pair.size());
  for (std::size_t pair = 0; pair < statistics.k_pair.size(); pair++) {
    double q_range = 0.0, deviation = 0.0;
    // the same pair in the query heads that read this key head
    const auto query_pair = [&](std::size_t g) { return (pair / half * group + g) * half + pair % half; };
    for (std::size_t g = 0; g < group; g++) q_range = std::max(q_range, statistics.q_pair[query_pair(g)]);
    for (const std::size_t j : {2 * pair, 2 * pair + 1}) {
      deviation = std::max(deviation, (statistics.k_high[j] - statistics.k_low[j]) / 2.0);
    }
    const double k_range = statistics.k_pair[pair];
    const PairUnits chosen = wide_keys ? wide_pair(q_range, k_range, score_unit)
                                       : narrow_pair(q_range, k_range, deviation, score_unit);
    units.k.push_back(chosen.k);
    for (std::size_t g = 0; g < group; g++) units.q[query_pair(g)] = chosen.q;
    for (const std::size_t j : {2 * pair, 2 * pair + 1}) {
      const double centre = (statistics.k_high[j] + statistics.k_low[j]) / 2.0 / chosen.k;
      units.k_centre.push_back(
          static_cast<std::int16_t>(std::lround(std::clamp(centre, -int16_max, int16_max))));
    }
  }
}

}  // namespace

auto norm_frac(int dim) -> int {
  const int log2_up = static_cast<int>(std::bit_width(static_cast<unsigned>(dim - 1)));
  return 15 - (log2_up + 1) / 2;
}

auto resid_frac(double greatest) -> std::optional<int> {
  const int wanted = greatest < 1.0 ? 20 : 16;
  const double reach = std::exp2(31) / 8.0;
  if (greatest * std::exp2(wanted) <= reach) return wanted;
  const int frac = static_cast<int>(std::floor(std::log2(reach / greatest)));
  return frac < 8 ? std::nullopt : std::optional(frac);
}

auto gate_frac(double greatest) -> std::optional<int> {
  for (const double room : {1.5, 1.0}) {
    for (int frac = 12; frac >= 8; frac--) {
      if (greatest * room * std::exp2(frac) <= int16_max) return frac;
    }
  }
  return std::nullopt;
}

auto norm_unit(double range, std::span<const float> gains, int dim) -> double {
  double greatest = 0.0;
  for (const float g : gains) greatest = std::max<double>(greatest, std::abs(g));
  // gains of zero give zeros in any unit; a tiny one keeps the factors of the matrices behind them small
  if (greatest == 0.0) return std::exp2(-32);
  // a normalised vector has length sqrt(dim), so no element of it is greater
  const double provable = greatest * std::sqrt(dim) / int16_max;
  return range == 0.0 ? provable : std::min(unit_of(range, headroom), provable);
}

auto fixed_gains(std::span<const float> gains, double unit, int norm_frac) -> FixedGains {
  const double scale = std::exp2(-norm_frac) / unit;
  double greatest = 0.0;
  for (const float g : gains) greatest = std::max(greatest, std::abs(g) * scale);
  FixedGains fixed;
  fixed.shift =
      greatest > 0.0 ? std::clamp(static_cast<int>(std::floor(std::log2(int16_max / greatest))), 0, 30) : 0;
  for (const float g : gains) {
    const double steps = std::clamp(g * scale * std::exp2(fixed.shift), -int16_max, int16_max);
    fixed.gains.push_back(static_cast<std::int16_t>(std::lround(steps)));
  }
  return fixed;
}

auto layer_units(const LayerStatistics& statistics, const checkpoint::FloatModel& model, int layer,
                 image::KvFormat kv_format, int gate_frac) -> LayerUnits {
  const auto& s = model.shape;
  const auto dim = static_cast<std::size_t>(s.dim);
  const auto gains = [&](const std::vector<float>& all) {
    return std::span(all).subspan(static_cast<std::size_t>(layer) * dim, dim);
  };
  LayerUnits units;
  units.att_norm = norm_unit(statistics.att_norm, gains(model.att_norm), s.dim);
  units.ffn_norm = norm_unit(statistics.ffn_norm, gains(model.ffn_norm), s.dim);
  units.v = unit_of(statistics.v, kv_format == image::KvFormat::k16v16 ? headroom : value_headroom);
  set_rotary_units(units, statistics, s, kv_format != image::KvFormat::k8v8);

  units.up = unit_of(statistics.up, headroom);
  const double product = std::exp2(-gate_frac) * units.up;
  const double wanted = unit_of(statistics.hidden, headroom);
  units.hidden_shift = std::clamp(static_cast<int>(std::ceil(std::log2(wanted / product))), 0, 30);
  units.hidden = product * std::exp2(units.hidden_shift);
  return units;
}

auto classifier_grid(const MatrixSource& source, int bits, double final_unit, const SecondMoments& inputs,
                     int tokens, std::optional<int> resid_frac) -> std::optional<ClassifierGrid> {
  const std::vector<double> steps = row_steps(source, bits);
  const double step = *std::max_element(steps.begin(), steps.end());
  const int finest =
      step > 0.0 ? static_cast<int>(std::floor(std::log2(65535.0 / step))) : resid_frac.value_or(16);
  const int most_frac = static_cast<int>(std::floor(-std::log2(final_unit)));
  const double input_power = inputs.diagonal().sum() / std::max(1, tokens);
  double weight_power = 0.0;
  for (const float w : source.weights) weight_power += static_cast<double>(w) * w / source.rows;

  std::optional<ClassifierGrid> best;
  double best_noise = 0.0;
  for (const int shift : {8, 16, 24, 32}) {
    for (int grid = finest - 24; grid <= finest; grid++) {
      const int final_frac = shift + 16 - grid;
      if (final_frac > most_frac) continue;
      if (resid_frac && (grid < *resid_frac || grid > *resid_frac + 31)) continue;
      double noise = weight_power * std::exp2(-2 * final_frac);
      for (const double s : steps)
        noise += input_power * std::pow(std::ceil(s * std::exp2(grid)) * std::exp2(-grid), 2) / source.rows;
      if (best && noise >= best_noise) continue;
      best = {grid, final_frac, shift};
      best_noise = noise;
    }
  }
  return best;
}

}  // namespace mcullm::quant

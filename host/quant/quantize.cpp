// SPDX-License-Identifier: MIT
#include "quant/quantize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <tuple>
#include <utility>

#include "proto/image.h"
#include "quant/calibration.hpp"
#include "quant/matrix_rounding.hpp"
#include "quant/units.hpp"

namespace mcullm::quant {

namespace {

using checkpoint::FloatModel;
using checkpoint::ModelShape;

constexpr int context_max = 4096;
constexpr int trial_tokens = 1024;

auto refused(std::string what,
             std::string hint = "this model does not fit the integer arithmetic (proto/ARITHMETIC.md)")
    -> Error {
  return {Exit::input, std::move(what), std::move(hint)};
}

struct Limit {
  const char* field;
  int value, least, most;
};

// The shapes of IMAGE.md section 1.
auto check_shape(const ModelShape& s) -> Result<Ok> {
  const Limit limits[] = {{"dim", s.dim, 2, 4096},
                          {"hidden_dim", s.hidden_dim, 1, 16384},
                          {"n_layers", s.n_layers, 1, 64},
                          {"n_heads", s.n_heads, 1, 128},
                          {"n_kv_heads", s.n_kv_heads, 1, s.n_heads},
                          {"vocab_size", s.vocab_size, 32, 65536},
                          {"context", s.context, 1, 65536}};
  for (const auto& [field, value, least, most] : limits) {
    if (value < least || value > most) {
      return refused(fmt::format("{} is {}, a model image holds {} to {}", field, value, least, most));
    }
  }
  if (s.dim % s.n_heads != 0 || s.n_heads % s.n_kv_heads != 0) {
    return refused(fmt::format("dim {}, {} heads and {} key/value heads do not divide each other", s.dim,
                               s.n_heads, s.n_kv_heads));
  }
  if (s.head_size() < 2 || s.head_size() > 128 || s.head_size() % 2 != 0) {
    return refused(
        fmt::format("the head size is {}, a model image holds even ones from 2 to 128", s.head_size()));
  }
  return Ok{};
}

auto check_options(const Options& options) -> Result<Ok> {
  for (const int bits : {options.layer_bits, options.classifier_bits}) {
    if (bits != 8 && bits != 4) {
      return Error{Exit::usage, fmt::format("weights of {} bits", bits), "8 and 4 are supported"};
    }
  }
  if (options.context < 0)
    return Error{Exit::usage, fmt::format("a context of {} positions", options.context), "it is at least 1"};
  return Ok{};
}

// Row factors of a matrix between two units; one output unit per row or one for all.
auto factors(int rows, double in, double out) -> std::vector<double> {
  return std::vector<double>(static_cast<std::size_t>(rows), in / out);
}

auto pair_factors(double in, const std::vector<double>& pair_units) -> std::vector<double> {
  std::vector<double> result;
  for (const double unit : pair_units) result.insert(result.end(), 2, in / unit);
  return result;
}

class Quantizer {
 public:
  Quantizer(const image::FloatImage& source, const Options& options, Calibration calibration)
      : source_(source), model_(source.model), options_(options), calibration_(std::move(calibration)) {}

  auto run(const ProgressFn& progress, const StopFn& stop) -> Result<Quantized>;

 private:
  auto prepare() -> Result<Ok>;
  auto quantize_layer(int index) -> Result<image::Layer>;
  auto quantize_classifier() -> Result<Ok>;
  auto quantize_embedding() -> Result<Ok>;
  auto layer_matrix(const MatrixSource& source, const SecondMoments& inputs, const ErrorFeedback& feedback)
      -> Result<image::Matrix>;
  auto stacked(std::string name, const std::vector<float>& stack, int layer, int rows, int cols,
               std::vector<double> row_factors) const -> MatrixSource;
  auto greatest_residual_step() const -> double;
  auto embedding_source() const -> MatrixSource {
    const auto& s = model_.shape;
    return {"the embedding", model_.tok_emb, s.vocab_size, s.dim, factors(s.vocab_size, 1.0, 1.0)};
  }
  void finish_report();

  const image::FloatImage& source_;
  const FloatModel& model_;
  const Options& options_;
  Calibration calibration_;
  image::ModelImage image_;
  Report report_;
};

auto Quantizer::run(const ProgressFn& progress, const StopFn& stop) -> Result<Quantized> {
  if (auto ok = prepare(); !ok) return ok.error();
  const auto layers = static_cast<std::uint64_t>(model_.shape.n_layers);
  for (int l = 0; l < model_.shape.n_layers; l++) {
    if (stop()) return stopped();
    progress({"rounding", static_cast<std::uint64_t>(l), layers, "layers"});
    auto layer = quantize_layer(l);
    if (!layer) return layer.error();
    image_.layers.push_back(std::move(*layer));
  }
  progress({"rounding", layers, layers, "layers"});
  if (auto ok = quantize_classifier(); !ok) return ok.error();
  if (!model_.shared_classifier) {
    if (auto ok = quantize_embedding(); !ok) return ok.error();
  }
  auto trial = trial_run(image_, calibration_.text, trial_tokens, progress);
  if (trial.greatest_score > 0.5) {
    // sums of 8-bit keys have 64 times the reach of those of 16-bit keys
    return refused(fmt::format("attention scores reach {:.0f} % of the range of their sums",
                               100.0 * trial.greatest_score),
                   "cache keys of 8 bits have more room: --kv k8v8");
  }
  report_.saturated = std::move(trial.saturated);
  report_.trial_tokens = trial.tokens;
  // the last of all, so that the weights do not depend on it
  if (options_.context > 0) image_.shape.context = std::min(image_.shape.context, options_.context);
  finish_report();
  return Quantized{std::move(image_), std::move(report_)};
}

// Everything that is one number for the whole model.
auto Quantizer::prepare() -> Result<Ok> {
  const auto& s = model_.shape;
  const auto& statistics = calibration_.statistics;
  const auto widest = std::ranges::max_element(statistics.layers, {}, &LayerStatistics::gate);
  const auto gate_bits = gate_frac(widest->gate);
  if (!gate_bits)
    return refused(fmt::format("the gate of layer {} reaches {:.4g}, at most 127.9 is representable",
                               widest - statistics.layers.begin(), widest->gate));
  auto resid_bits = resid_frac(statistics.residual);
  if (!resid_bits)
    return refused(
        fmt::format("the residual reaches {:.4g}, at most 1,048,576 is representable", statistics.residual));
  image_.gate_frac = *gate_bits;
  const double step = greatest_residual_step();
  while (*resid_bits > 8 && std::exp2(*resid_bits) * step > multiplier_max) --*resid_bits;

  image_.identity = source_.identity;
  image_.shape = s;
  image_.shape.context = std::min(s.context, context_max);
  image_.rms_eps = model_.norm_eps;
  image_.rope_theta = model_.rope_theta;
  image_.kv_format = options_.kv_format;
  image_.resid_frac = *resid_bits;
  image_.norm_frac = norm_frac(s.dim);
  image_.norm_numerator =
      static_cast<std::uint32_t>(std::llround(std::sqrt(s.dim) * std::exp2(image_.norm_frac + 16)));
  image_.norm_eps = static_cast<std::uint64_t>(
      std::llround(static_cast<double>(model_.norm_eps) * s.dim * std::exp2(2 * image_.resid_frac)));
  if (image_.norm_eps >> 36 != 0)
    return refused(fmt::format("the norm's epsilon {} is too large", model_.norm_eps));
  for (int i = 0; i < s.head_size() / 2; i++) {
    const double turns =
        std::pow(static_cast<double>(model_.rope_theta), -2.0 * i / s.head_size()) / (2.0 * std::numbers::pi);
    image_.rope_step.push_back(static_cast<std::uint32_t>(std::llround(turns * std::exp2(32))));
  }
  image_.tokens = source_.tokens;
  return Ok{};
}

// The coarsest step of a weight that adds to the residual, for a residual without fractional bits.
// Multipliers count in units of the residual (embedding), or in 256ths of it at the least matrix shift (wo,
// w2).
auto Quantizer::greatest_residual_step() const -> double {
  const auto greatest = [](const MatrixSource& source, int bits) {
    const auto steps = row_steps(source, bits);
    return *std::max_element(steps.begin(), steps.end());
  };
  double step = greatest(embedding_source(), options_.classifier_bits);
  const auto& s = model_.shape;
  for (int l = 0; l < s.n_layers; l++) {
    const auto units = layer_units(calibration_.statistics.layers[static_cast<std::size_t>(l)], model_, l,
                                   options_.kv_format, image_.gate_frac);
    const auto wo = stacked("wo", model_.wo, l, s.dim, s.dim, factors(s.dim, units.v, 1.0));
    const auto w2 = stacked("w2", model_.w2, l, s.dim, s.hidden_dim, factors(s.dim, units.hidden, 1.0));
    for (const auto& source : {wo, w2}) step = std::max(step, 256.0 * greatest(source, options_.layer_bits));
  }
  return step;
}

auto Quantizer::stacked(std::string name, const std::vector<float>& stack, int layer, int rows, int cols,
                        std::vector<double> row_factors) const -> MatrixSource {
  const auto size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  return {fmt::format("{} of layer {}", name, layer),
          std::span(stack).subspan(static_cast<std::size_t>(layer) * size, size), rows, cols,
          std::move(row_factors)};
}

auto Quantizer::layer_matrix(const MatrixSource& source, const SecondMoments& inputs,
                             const ErrorFeedback& feedback) -> Result<image::Matrix> {
  const auto shift = matrix_shift(source, options_.layer_bits);
  if (!shift) {
    const auto steps = row_steps(source, options_.layer_bits);
    const auto coarsest = std::ranges::max_element(steps);
    return refused(fmt::format("{}: row {} needs a scale of {:.4g}, at most {:.4g} is representable",
                               source.name, coarsest - steps.begin(), *coarsest, multiplier_max / 256.0));
  }
  auto rounded = round_matrix(source, options_.layer_bits, *shift, inputs.diagonal(), feedback);
  rounded.matrix.shift = *shift;
  report_.coarsened_rows += rounded.coarsened_rows;
  return std::move(rounded.matrix);
}

auto Quantizer::quantize_layer(int index) -> Result<image::Layer> {
  const auto& s = model_.shape;
  const auto& statistics = calibration_.statistics.layers[static_cast<std::size_t>(index)];
  const auto units = layer_units(statistics, model_, index, options_.kv_format, image_.gate_frac);
  const double residual = std::exp2(-image_.resid_frac), gate = std::exp2(-image_.gate_frac);
  report_.scales.push_back({units.att_norm, units.v, units.ffn_norm, units.up, units.hidden});

  image::Layer layer;
  layer.k_centre = units.k_centre;
  layer.hidden_shift = units.hidden_shift;
  const auto gains = [&](const std::vector<float>& all, double unit) {
    const auto dim = static_cast<std::size_t>(s.dim);
    return fixed_gains(std::span(all).subspan(static_cast<std::size_t>(index) * dim, dim), unit,
                       image_.norm_frac);
  };
  auto att = gains(model_.att_norm, units.att_norm), ffn = gains(model_.ffn_norm, units.ffn_norm);
  std::tie(layer.att_gains, layer.att_gain_shift) = std::pair(std::move(att.gains), att.shift);
  std::tie(layer.ffn_gains, layer.ffn_gain_shift) = std::pair(std::move(ffn.gains), ffn.shift);

  struct Job {
    image::Matrix* target;
    MatrixSource source;
    const SecondMoments* inputs;
  };
  const int dim = s.dim, kv_dim = s.kv_dim(), hidden = s.hidden_dim;
  const Job jobs[] = {
      {&layer.wq, stacked("wq", model_.wq, index, dim, dim, pair_factors(units.att_norm, units.q)),
       &statistics.att_norm_moments},
      {&layer.wk, stacked("wk", model_.wk, index, kv_dim, dim, pair_factors(units.att_norm, units.k)),
       &statistics.att_norm_moments},
      {&layer.wv, stacked("wv", model_.wv, index, kv_dim, dim, factors(kv_dim, units.att_norm, units.v)),
       &statistics.att_norm_moments},
      {&layer.wo, stacked("wo", model_.wo, index, dim, dim, factors(dim, units.v, residual)),
       &statistics.attention_moments},
      {&layer.w1, stacked("w1", model_.w1, index, hidden, dim, factors(hidden, units.ffn_norm, gate)),
       &statistics.ffn_norm_moments},
      {&layer.w3, stacked("w3", model_.w3, index, hidden, dim, factors(hidden, units.ffn_norm, units.up)),
       &statistics.ffn_norm_moments},
      {&layer.w2, stacked("w2", model_.w2, index, dim, hidden, factors(dim, units.hidden, residual)),
       &statistics.hidden_moments}};
  const SecondMoments* inputs = nullptr;
  ErrorFeedback feedback;
  for (const auto& job : jobs) {
    if (job.inputs != inputs) feedback = ErrorFeedback(*(inputs = job.inputs));
    auto matrix = layer_matrix(job.source, *inputs, feedback);
    if (!matrix) return matrix.error();
    *job.target = std::move(*matrix);
  }
  return layer;
}

auto Quantizer::quantize_classifier() -> Result<Ok> {
  const auto& s = model_.shape;
  const auto& moments = calibration_.statistics.final_norm_moments;
  const MatrixSource source{"the classifier", model_.classifier(), s.vocab_size, s.dim,
                            factors(s.vocab_size, 1.0, 1.0)};
  const double final_unit = norm_unit(calibration_.statistics.final_norm, model_.final_norm, s.dim);
  const auto shared_frac = model_.shared_classifier ? std::optional(image_.resid_frac) : std::nullopt;
  const auto grid = classifier_grid(source, options_.classifier_bits, final_unit, moments,
                                    options_.calibration_tokens, shared_frac);
  if (!grid)
    return refused("the classifier: its weights are too large or too small for its inputs and the logits");

  auto rounded = round_matrix(source, options_.classifier_bits, grid->grid_bits, moments.diagonal(),
                              ErrorFeedback(moments));
  rounded.matrix.shift = grid->shift;
  report_.coarsened_rows += rounded.coarsened_rows;
  image_.classifier = std::move(rounded.matrix);
  if (model_.shared_classifier) image_.embed_shift = grid->grid_bits - image_.resid_frac;
  auto gains = fixed_gains(model_.final_norm, std::exp2(-grid->final_frac), image_.norm_frac);
  image_.final_gains = std::move(gains.gains);
  image_.final_gain_shift = gains.shift;
  report_.final_frac = grid->final_frac;
  return Ok{};
}

auto Quantizer::quantize_embedding() -> Result<Ok> {
  const auto& s = model_.shape;
  const auto source = embedding_source();
  const auto steps = row_steps(source, options_.classifier_bits);
  const double step = *std::max_element(steps.begin(), steps.end());
  const int finest = step > 0.0 ? static_cast<int>(std::floor(std::log2(65535.0 / step))) : image_.resid_frac;
  if (finest < image_.resid_frac) return refused("the embedding: its weights are too large for the residual");
  image_.embed_shift = std::min(31, finest - image_.resid_frac);
  auto rounded = round_matrix(source, options_.classifier_bits, image_.resid_frac + image_.embed_shift,
                              Eigen::VectorXd::Ones(s.dim), ErrorFeedback{});
  report_.coarsened_rows += rounded.coarsened_rows;
  image_.embedding = std::move(rounded.matrix);
  return Ok{};
}

void Quantizer::finish_report() {
  const auto bytes = image::write_model_image(image_);
  report_.sections = image::sections(bytes);
  report_.image_bytes = bytes.size();
  report_.calibration_tokens = options_.calibration_tokens;
  report_.context = image_.shape.context;
  report_.resid_frac = image_.resid_frac;
  report_.gate_frac = image_.gate_frac;

  std::uint64_t stored_bits = 0;
  const auto count = [&](const image::Matrix& m) {
    const auto rows = static_cast<std::uint64_t>(m.rows);
    report_.weights += rows * static_cast<std::uint64_t>(m.cols);
    const auto row_bytes =
        mcl_row_bytes(static_cast<std::uint32_t>(m.cols), static_cast<std::uint8_t>(m.bits));
    stored_bits += 8 * rows * (row_bytes + sizeof(std::uint16_t));
  };
  for (const auto& l : image_.layers) {
    for (const auto* m : {&l.wq, &l.wk, &l.wv, &l.wo, &l.w1, &l.w3, &l.w2}) count(*m);
  }
  count(image_.classifier);
  if (image_.embedding) count(*image_.embedding);
  report_.bits_per_weight = static_cast<double>(stored_bits) / static_cast<double>(report_.weights);
}

}  // namespace

auto quantize(const image::FloatImage& source, const Options& options, const ProgressFn& progress,
              const StopFn& stop) -> Result<Quantized> {
  if (auto ok = check_options(options); !ok) return ok.error();
  if (auto ok = check_shape(source.model.shape); !ok) return ok.error();
  // Eigen cuts products into blocks by the size of the caches, and sums differ with the blocks
  Eigen::setCpuCacheSizes(32 << 10, 256 << 10, 2 << 20);
  auto calibration =
      calibrate(source.model, source.identity.bos_token, std::min(source.model.shape.context, context_max),
                options.calibration_tokens, progress, stop);
  if (!calibration) return calibration.error();
  return Quantizer(source, options, std::move(*calibration)).run(progress, stop);
}

}  // namespace mcullm::quant

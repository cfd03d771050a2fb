// SPDX-License-Identifier: MIT
#include "train/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/file.hpp"
#include "train/row_rounding.hpp"
#include "train/sequence_pass.hpp"
#include "train/thread_team.hpp"
#include "train/training_state.hpp"

namespace mcullm::train {
namespace {

constexpr float beta1 = 0.9F;
constexpr float beta2 = 0.98F;

auto usage(std::string what, std::string hint) -> Error {
  return {Exit::usage, std::move(what), std::move(hint)};
}

auto first_qat_step(const TrainOptions& options) -> std::uint64_t {
  if (options.qat == Qat::none) return options.steps;
  return static_cast<std::uint64_t>(static_cast<double>(options.steps) * (1.0 - options.qat_share));
}

auto steps_between_reports(const TrainOptions& options) -> std::uint64_t {
  return std::max<std::uint64_t>(1, options.report_every != 0 ? options.report_every : options.steps / 50);
}

// What decides the bits of the result. A state of another recipe must not be continued.
auto fingerprint(const TrainOptions& o, const Buffer& start, const Dataset& dataset, const Kernels& kernels)
    -> std::uint64_t {
  const auto& s = o.shape;
  std::uint64_t hash = dataset.fingerprint();
  const auto mix = [&hash](std::uint64_t value) { hash = (hash ^ value) * 0x100000001B3U; };
  for (const int n : {s.dim, s.hidden_dim, s.n_layers, s.n_heads, s.n_kv_heads, s.vocab_size, s.context,
                      o.batch, o.threads, static_cast<int>(o.qat)})
    mix(static_cast<std::uint64_t>(n));
  for (const auto n : {o.steps, o.warmup, o.seed, steps_between_reports(o)}) mix(n);
  for (const float x : {o.rate, o.weight_decay, o.clip}) mix(std::bit_cast<std::uint32_t>(x));
  mix(std::bit_cast<std::uint64_t>(o.qat_share));
  for (const char* c = kernels.name; *c != '\0'; ++c) mix(static_cast<std::uint64_t>(*c));
  for (const float x : start) mix(std::bit_cast<std::uint32_t>(x));
  return hash;
}

// The run itself: the state, the threads and their passes.
class Run {
 public:
  Run(const TrainOptions& options, Dataset& dataset)
      : options_(options),
        dataset_(dataset),
        kernels_(*available_kernels().front()),
        layout_(options.shape),
        weights_(layout_),
        gradient_(layout_.total, 0.0F),
        team_(options.threads) {
    for (int i = 0; i < options.threads; ++i) passes_.emplace_back(layout_, kernels_);
    state_.parameters =
        options.start ? from_model(layout_, *options.start) : initial_parameters(layout_, options.seed);
    state_.recipe = fingerprint(options, state_.parameters, dataset, kernels_);
    state_.mean = state_.variance = state_.best_parameters = Buffer(layout_.total, 0.0F);
  }

  auto resume() -> Result<Ok>;
  auto save() const -> Result<Ok> {
    return options_.state.empty() ? Result<Ok>(Ok{})
                                  : write_file(options_.state, write_training_state(state_));
  }

  auto done() const -> bool { return state_.step >= options_.steps; }
  auto state() const -> const TrainingState& { return state_; }
  void step();
  auto take_training_loss() -> double;
  auto held_out_loss(int layer_q_max) -> double;
  void keep_if_best(double held_out_loss);
  auto sample(Encoder& encoder, const std::string& prompt, std::uint64_t seed) -> StorySample;
  auto model() const -> FloatModel { return to_model(layout_, state_.parameters); }
  // The run is over: its parameters become those of the best step, rounded.
  void finish();
  auto q_max() const -> int;

 private:
  using Sequences = std::vector<Dataset::Sequence>;

  auto next_batch() -> Sequences;
  auto shares(const Sequences& batch) const -> std::vector<Sequences>;
  auto total_loss(const Sequences& batch, float scale, bool with_gradient) -> double;
  auto add_gradients() -> double;
  void update(const AdamW& adamw);

  const TrainOptions& options_;
  Dataset& dataset_;
  const Kernels& kernels_;
  ParameterLayout layout_;
  Weights weights_;
  TrainingState state_;
  Buffer gradient_;
  std::vector<SequencePass> passes_;
  ThreadTeam team_;
  double loss_sum_ = 0.0;
  std::uint64_t loss_tokens_ = 0;
};

auto Run::resume() -> Result<Ok> {
  auto bytes = read_file(options_.state);
  if (!bytes) return bytes.error();
  auto state = parse_training_state(*bytes, layout_.total, options_.state.string());
  if (!state) return state.error();
  if (state->recipe != state_.recipe)
    return usage(fmt::format("{}: belongs to a run with other options, text, tokenizer or processor",
                             options_.state.string()),
                 "repeat the options of that run, or delete the file to train from the beginning");
  state_ = std::move(state).value();
  return Ok{};
}

// Rounding applies to the step that is about to run, and to the result.
auto Run::q_max() const -> int {
  if (state_.step < first_qat_step(options_)) return 0;
  return options_.qat == Qat::none ? 0 : options_.qat == Qat::w8 ? int8_q_max : int4_q_max;
}

auto Run::next_batch() -> Sequences {
  Sequences batch;
  const auto count = static_cast<std::uint64_t>(options_.batch);
  for (std::uint64_t i = 0; i < count; ++i) batch.push_back(dataset_.training(state_.step * count + i));
  return batch;
}

// Longest first to the least loaded thread.
auto Run::shares(const Sequences& batch) const -> std::vector<Sequences> {
  auto sorted = batch;
  std::stable_sort(sorted.begin(), sorted.end(), [](auto a, auto b) { return a.size() > b.size(); });
  std::vector<Sequences> shares(passes_.size());
  std::vector<std::size_t> load(passes_.size(), 0);
  for (const auto& sequence : sorted) {
    const auto least = static_cast<std::size_t>(std::min_element(load.begin(), load.end()) - load.begin());
    shares[least].push_back(sequence);
    load[least] += sequence.size();
  }
  return shares;
}

auto Run::total_loss(const Sequences& batch, float scale, bool with_gradient) -> double {
  const auto share = shares(batch);
  std::vector<double> sums(passes_.size(), 0.0);
  team_.run([&](int index) {
    const auto i = static_cast<std::size_t>(index);
    if (with_gradient) std::fill(passes_[i].gradient().begin(), passes_[i].gradient().end(), 0.0F);
    for (const auto& sequence : share[i])
      sums[i] += with_gradient ? passes_[i].loss_and_gradient(weights_, sequence, scale)
                               : passes_[i].loss(weights_, sequence);
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

// Sums the threads' gradients, thread 0 first, and returns the norm.
auto Run::add_gradients() -> double {
  std::vector<double> squares(passes_.size(), 0.0);
  team_.run([&](int index) {
    const auto share = static_cast<std::size_t>(index);
    const auto from = layout_.total * share / passes_.size(),
               to = layout_.total * (share + 1) / passes_.size();
    double sum = 0.0;
    for (auto i = from; i < to; ++i) {
      float g = passes_[0].gradient()[i];
      for (std::size_t t = 1; t < passes_.size(); ++t) g += passes_[t].gradient()[i];
      gradient_[i] = g;
      sum += static_cast<double>(g) * static_cast<double>(g);
    }
    squares[share] = sum;
  });
  return std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0));
}

void Run::update(const AdamW& adamw) {
  const auto apply = [&](const Matrix& matrix, float decay) {
    kernels_.adamw(adamw, static_cast<int>(matrix.floats()), decay, gradient_.data() + matrix.at,
                   state_.mean.data() + matrix.at, state_.variance.data() + matrix.at,
                   state_.parameters.data() + matrix.at);
  };
  layout_.each_quantized(0, [&](const Matrix& matrix, int) { apply(matrix, options_.weight_decay); });
  for (const auto& layer : layout_.layers)
    for (const auto* norm : {&layer.att_norm, &layer.ffn_norm}) apply(*norm, 0.0F);
  apply(layout_.final_norm, 0.0F);
}

void Run::step() {
  const auto batch = next_batch();
  std::uint64_t tokens = 0;
  for (const auto& sequence : batch) tokens += sequence.size() - 1;
  weights_.assign(state_.parameters, q_max());
  loss_sum_ += total_loss(batch, 1.0F / static_cast<float>(tokens), true);
  loss_tokens_ += tokens;
  const double norm = add_gradients();
  const auto number = static_cast<double>(state_.step + 1);
  update({.rate = static_cast<float>(rate_at(options_, state_.step)),
          .beta1 = beta1,
          .beta2 = beta2,
          .correction1 = static_cast<float>(1.0 - std::pow(beta1, number)),
          .correction2 = static_cast<float>(1.0 - std::pow(beta2, number)),
          .gradient_scale = static_cast<float>(std::min(1.0, options_.clip / (norm + 1e-6)))});
  state_.tokens += tokens;
  ++state_.step;
}

auto Run::take_training_loss() -> double {
  const double loss = loss_tokens_ == 0 ? 0.0 : loss_sum_ / static_cast<double>(loss_tokens_);
  loss_sum_ = 0.0;
  loss_tokens_ = 0;
  return loss;
}

auto Run::held_out_loss(int layer_q_max) -> double {
  Sequences all;
  std::uint64_t tokens = 0;
  for (std::size_t i = 0; i < dataset_.held_out_count(); ++i) {
    all.push_back(dataset_.held_out(i));
    tokens += all.back().size() - 1;
  }
  weights_.assign(state_.parameters, layer_q_max);
  return total_loss(all, 0.0F, false) / static_cast<double>(tokens);
}

// Before the rounding begins no step counts: its weights have not learned to live with it.
void Run::keep_if_best(double held_out_loss) {
  if (state_.step < first_qat_step(options_) && options_.qat != Qat::none) return;
  if (state_.best_step != 0 && held_out_loss >= state_.best_loss) return;
  state_.best_step = state_.step;
  state_.best_loss = held_out_loss;
  state_.best_parameters = state_.parameters;
}

void Run::finish() {
  if (state_.best_step != 0) state_.parameters = state_.best_parameters;
  if (q_max() != 0) round_parameters(layout_, q_max(), state_.parameters);
}

auto Run::sample(Encoder& encoder, const std::string& prompt, std::uint64_t seed) -> StorySample {
  weights_.assign(state_.parameters, q_max());
  return sample_story(passes_.front(), weights_, encoder, prompt, {.seed = seed});
}

// Speed while training, and the time left with everything else that a run does.
class Pace {
 public:
  explicit Pace(const TrainingState& state) : step_(state.step), tokens_(state.tokens) {}

  void train(Run& run) {
    const auto before = Clock::now();
    run.step();
    training_ += Clock::now() - before;
  }

  void describe(const TrainingState& now, LossPoint& point) const {
    const std::chrono::duration<double> spent = Clock::now() - start_;
    const auto steps = static_cast<double>(std::max<std::uint64_t>(1, now.step - step_));
    point.tokens_per_second = static_cast<double>(now.tokens - tokens_) / training_.count();
    point.seconds_left = spent.count() / steps * static_cast<double>(point.steps - point.step);
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
  std::chrono::duration<double> training_{0.0};
  std::uint64_t step_, tokens_;
};

void report(Run& run, const TrainOptions& options, const Pace& pace, const TrainListener& listener) {
  LossPoint point{};
  point.step = run.state().step;
  point.steps = options.steps;
  point.tokens = run.state().tokens;
  point.training_loss = run.take_training_loss();
  pace.describe(run.state(), point);
  point.held_out_loss = run.held_out_loss(run.q_max());
  run.keep_if_best(point.held_out_loss);
  point.rate = rate_at(options, run.state().step);
  listener.on_loss(point);
}

auto held_out_bytes_per_token(const Dataset& dataset, const Encoder& encoder) -> double {
  std::size_t bytes = 0, tokens = 0;
  for (std::size_t i = 0; i < dataset.held_out_count(); ++i) {
    bytes += encoder.decode(dataset.held_out(i)).size();
    tokens += dataset.held_out(i).size() - 1;
  }
  return static_cast<double>(bytes) / static_cast<double>(tokens);
}

auto outcome_of(Run& run, const Dataset& dataset, const Encoder& encoder) -> TrainOutcome {
  TrainOutcome outcome;
  run.finish();
  outcome.best_step = run.state().best_step;
  outcome.model = run.model();
  outcome.tokens = run.state().tokens;
  outcome.stopped = !run.done();
  outcome.held_out_loss = run.held_out_loss(0);
  outcome.bits_per_byte =
      outcome.held_out_loss / std::numbers::ln2 / held_out_bytes_per_token(dataset, encoder);
  outcome.held_out_loss_w8 = run.held_out_loss(int8_q_max);
  outcome.held_out_loss_w4 = run.held_out_loss(int4_q_max);
  return outcome;
}

}  // namespace

auto default_rate(const ModelShape& shape) -> float {
  return 4e-3F * std::sqrt(64.0F / static_cast<float>(shape.dim));
}

auto rate_at(const TrainOptions& options, std::uint64_t step) -> double {
  const double peak = static_cast<double>(options.rate > 0.0F ? options.rate : default_rate(options.shape));
  const auto at = static_cast<double>(step);
  const double warm =
      options.warmup == 0 ? 1.0 : std::min(1.0, (at + 1.0) / static_cast<double>(options.warmup));
  const double way = at / static_cast<double>(options.steps);
  return peak * warm * (0.02 + 0.98 * 0.5 * (1.0 + std::cos(std::numbers::pi * way)));
}

auto check_options(const TrainOptions& options, std::size_t vocab_size) -> Result<Ok> {
  if (auto shape = check_shape(options.shape); !shape) return shape;
  if (static_cast<std::size_t>(options.shape.vocab_size) != vocab_size)
    return usage(
        fmt::format("shape: vocab is {}, the tokenizer has {} pieces", options.shape.vocab_size, vocab_size),
        fmt::format("use a vocab of {} in the shape, or train a tokenizer for it", vocab_size));
  if (options.steps == 0) return usage("steps is 0", "a small model wants about 10000");
  if (options.batch < 1 || options.batch > 4096)
    return usage(fmt::format("batch is {}, it must be 1 to 4096", options.batch), "8 is a good start");
  if (options.threads < 1 || options.threads > 256)
    return usage(fmt::format("threads is {}, it must be 1 to 256", options.threads), "one per core");
  if (!(options.rate >= 0.0F && options.rate <= 1.0F))
    return usage(fmt::format("the learning rate {} is outside 0 to 1", options.rate),
                 "about 0.004 suits dim 64");
  if (!(options.qat_share > 0.0 && options.qat_share <= 1.0))
    return usage(fmt::format("the share {} of rounded steps is outside 0 to 1", options.qat_share),
                 "0.3 is usual");
  if (options.start && options.start->shape != options.shape)
    return usage("the weights to start from have another shape", "train with the shape of that checkpoint");
  if (options.resume && options.state.empty())
    return usage("resume needs the file of the state", "name it as the first run did");
  return Ok{};
}

auto train(const TrainOptions& options, Dataset& dataset, Encoder& encoder, const TrainListener& listener,
           const std::atomic<bool>& stop) -> Result<TrainOutcome> {
  if (auto enough = check_dataset(dataset); !enough) return enough.error();
  Run run(options, dataset);
  if (options.resume && std::filesystem::exists(options.state))
    if (auto resumed = run.resume(); !resumed) return resumed.error();

  const auto report_every = steps_between_reports(options);
  const auto state_every = options.state_every != 0 ? options.state_every : report_every;
  Pace pace(run.state());
  while (!run.done() && !stop) {
    pace.train(run);
    const auto step = run.state().step;
    if (step % report_every == 0 || run.done()) report(run, options, pace, listener);
    // behind the report, so that a resumed run knows of the best step what this one knew
    if (step % state_every == 0 || run.done())
      if (auto saved = run.save(); !saved) return saved.error();
    if (step % (5 * report_every) == 0)
      for (const auto& prompt : options.sample_prompts) listener.on_sample(run.sample(encoder, prompt, step));
  }
  if (stop)
    if (auto saved = run.save(); !saved) return saved.error();
  return outcome_of(run, dataset, encoder);
}

}  // namespace mcullm::train

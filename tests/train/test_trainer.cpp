// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "train/random.hpp"
#include "train/row_rounding.hpp"
#include "train/tokenizer_trainer.hpp"
#include "train/trainer.hpp"

using namespace mcullm;
using namespace mcullm::train;
using Catch::Matchers::Contains;

namespace {

auto tiny_corpus() -> Corpus {
  Random random(2);
  const char* names[] = {"Lily", "Tom", "Ben", "Mia"};
  const char* things[] = {"ball", "kite", "hat", "boat"};
  Corpus corpus;
  for (int i = 0; i < 80; ++i) {
    const std::string name = names[random.below(4)], thing = things[random.below(4)];
    corpus.stories.push_back(name + " had a " + thing + ". " + name + " lost the " + thing + ". The end.");
  }
  return corpus;
}

struct Fixture {
  Corpus corpus = tiny_corpus();
  Encoder encoder{*train_tokenizer(corpus, 150)};
  Dataset dataset{corpus, encoder, 48, 4};
  TrainOptions options;
  std::atomic<bool> stop = false;

  Fixture() {
    options.shape = {16, 24, 2, 2, 1, 150, 48};
    options.steps = 40;
    options.batch = 6;
    options.warmup = 5;
    options.seed = 4;
    options.rate = 0.01F;
    options.report_every = 10;
  }

  ~Fixture() {
    std::error_code ignored;
    std::filesystem::remove(options.state, ignored);
  }

  auto run(const TrainListener& listener = {}) -> Result<TrainOutcome> {
    return train::train(options, dataset, encoder, listener, stop);
  }
};

auto same_bits(const FloatModel& a, const FloatModel& b) -> bool {
  return a.tok_emb == b.tok_emb && a.wq == b.wq && a.wk == b.wk && a.wv == b.wv && a.wo == b.wo &&
         a.w1 == b.w1 && a.w2 == b.w2 && a.w3 == b.w3 && a.att_norm == b.att_norm &&
         a.ffn_norm == b.ffn_norm && a.final_norm == b.final_norm;
}

auto fresh_state_path() -> std::filesystem::path {
  const auto path = std::filesystem::temp_directory_path() / ("mcullm-train-" + std::to_string(::getpid()));
  std::filesystem::remove(path);
  return path;
}

}  // namespace

TEST_CASE("trainer: the loss falls", "[train][trainer]") {
  Fixture f;
  f.options.steps = 150;
  std::vector<LossPoint> curve;
  TrainListener listener;
  listener.on_loss = [&](const LossPoint& point) { curve.push_back(point); };
  const auto outcome = f.run(listener);
  REQUIRE(outcome);
  REQUIRE(curve.size() == 15);
  REQUIRE(curve.front().held_out_loss > 3.0);
  REQUIRE(curve.back().held_out_loss < 1.0);
  REQUIRE(curve.back().step == 150);
  REQUIRE(curve.back().tokens_per_second > 0.0);
  REQUIRE(outcome->best_step == 150);
  std::size_t bytes = 0, tokens = 0;
  for (std::size_t i = 0; i < f.dataset.held_out_count(); ++i) {
    bytes += f.encoder.decode(f.dataset.held_out(i)).size();
    tokens += f.dataset.held_out(i).size() - 1;
  }
  REQUIRE(outcome->bits_per_byte * static_cast<double>(bytes) ==
          Approx(outcome->held_out_loss * static_cast<double>(tokens) / std::log(2.0)));
  REQUIRE(outcome->held_out_loss == Approx(curve.back().held_out_loss));
}

TEST_CASE("trainer: of a text that is learned by heart the best step is kept", "[train][trainer]") {
  const auto qat = GENERATE(Qat::none, Qat::w4);
  Fixture f;
  f.corpus.stories.resize(10);
  for (std::size_t i = 0; i < 10; ++i) f.corpus.stories[i].append(std::to_string(Random(i).next()));
  f.dataset = Dataset(f.corpus, f.encoder, 48, 4);
  f.options.steps = 300;
  f.options.qat = qat;
  f.options.qat_share = 0.8;
  std::vector<LossPoint> curve;
  TrainListener listener;
  listener.on_loss = [&](const LossPoint& point) { curve.push_back(point); };
  const auto outcome = f.run(listener);
  const auto counts = [&](const LossPoint& point) { return qat == Qat::none || point.step >= 60; };
  const auto best = std::min_element(curve.begin(), curve.end(), [&](const auto& a, const auto& b) {
    return std::pair(!counts(a), a.held_out_loss) < std::pair(!counts(b), b.held_out_loss);
  });
  REQUIRE(best->held_out_loss < 0.9 * curve.back().held_out_loss);
  REQUIRE(outcome->best_step == best->step);
  REQUIRE(outcome->held_out_loss == Approx(best->held_out_loss));
}

TEST_CASE("trainer: same seed and thread count, same bits", "[train][trainer][determinism]") {
  const int threads = GENERATE(1, 2, 3);
  Fixture a, b;
  a.options.threads = b.options.threads = threads;
  REQUIRE(same_bits(a.run()->model, b.run()->model));
}

TEST_CASE("trainer: another seed, another model", "[train][trainer][determinism]") {
  Fixture a, b;
  b.options.seed = 5;
  REQUIRE(!same_bits(a.run()->model, b.run()->model));
}

TEST_CASE("trainer: a run that was interrupted anywhere ends in the same bits", "[train][trainer][resume]") {
  const auto qat = GENERATE(Qat::none, Qat::w4);
  const std::uint64_t interrupted_at = GENERATE(10U, 20U, 30U);
  Fixture whole;
  whole.options.qat = qat;
  const auto expected = whole.run();

  Fixture parts;
  parts.options.qat = qat;
  parts.options.state = fresh_state_path();
  parts.options.resume = true;
  TrainListener listener;
  listener.on_loss = [&](const LossPoint& point) { parts.stop = point.step >= interrupted_at; };
  const auto first = parts.run(listener);
  REQUIRE(first->stopped);
  parts.stop = false;
  const auto second = parts.run();
  REQUIRE(!second->stopped);
  REQUIRE(same_bits(second->model, expected->model));
  REQUIRE(second->tokens == expected->tokens);
  REQUIRE(second->best_step == expected->best_step);
}

TEST_CASE("trainer: the state of another run is refused", "[train][trainer][resume]") {
  Fixture f;
  f.options.state = fresh_state_path();
  REQUIRE(f.run());
  f.options.resume = true;
  f.options.batch = 7;
  const auto refused = f.run();
  REQUIRE(!refused);
  REQUIRE_THAT(refused.error().what, Contains("belongs to a run with other options"));
}

TEST_CASE("trainer: a run can go on from the weights of another", "[train][trainer]") {
  Fixture first;
  first.options.steps = 120;
  const auto learned = first.run();
  Fixture second;
  second.options.start = learned->model;
  second.options.steps = 10;
  second.options.report_every = 1;
  second.options.rate = 1e-6F;
  std::vector<LossPoint> curve;
  TrainListener listener;
  listener.on_loss = [&](const LossPoint& point) { curve.push_back(point); };
  REQUIRE(second.run(listener));
  REQUIRE(curve.front().held_out_loss == Approx(learned->held_out_loss).margin(0.01));
}

TEST_CASE("trainer: the state of a run that began with other weights is refused",
          "[train][trainer][resume]") {
  Fixture f;
  f.options.state = fresh_state_path();
  const auto learned = f.run();
  f.options.resume = true;
  f.options.start = learned->model;
  const auto refused = f.run();
  REQUIRE(!refused);
  REQUIRE_THAT(refused.error().what, Contains("belongs to a run with other options"));
}

TEST_CASE("trainer: a model trained with rounding is already rounded", "[train][trainer][qat]") {
  const auto qat = GENERATE(Qat::w8, Qat::w4);
  Fixture f;
  f.options.qat = qat;
  const auto outcome = f.run();
  const int q_max = qat == Qat::w4 ? int4_q_max : int8_q_max;
  for (std::size_t r = 0; r < 16; ++r) {
    const auto row = std::span(outcome->model.wo).subspan(r * 16, 16);
    const float scale = row_scale(row, q_max);
    for (const float w : row) REQUIRE(row_code(w, scale) * scale == Approx(w).margin(1e-6));
  }
  REQUIRE(outcome->held_out_loss_w8 == Approx(outcome->held_out_loss).epsilon(0.01));
  if (qat == Qat::w4) REQUIRE(outcome->held_out_loss_w4 == Approx(outcome->held_out_loss).epsilon(1e-5));
}

TEST_CASE("trainer: samples come while it trains", "[train][trainer]") {
  Fixture f;
  f.options.steps = 50;
  f.options.sample_prompts = {"Tom", "Lily had"};
  std::vector<StorySample> samples;
  TrainListener listener;
  listener.on_sample = [&](const StorySample& sample) { samples.push_back(sample); };
  REQUIRE(f.run(listener));
  REQUIRE(samples.size() == 2);
  REQUIRE_THAT(samples[1].text, Catch::Matchers::StartsWith("Lily had"));
}

TEST_CASE("trainer: the rate warms up and decays to a fiftieth", "[train][trainer]") {
  TrainOptions options;
  options.shape = {64, 172, 5, 8, 4, 512, 512};
  options.steps = 1000;
  options.warmup = 10;
  REQUIRE(rate_at(options, 0) == Approx(0.0004).epsilon(0.01));
  REQUIRE(rate_at(options, 10) == Approx(0.004).epsilon(0.01));
  REQUIRE(rate_at(options, 1000) == Approx(0.00008).epsilon(0.01));
  REQUIRE(default_rate({16, 48, 3, 2, 1, 192, 128}) == Approx(0.008F));
}

TEST_CASE("trainer: options that cannot work are refused with the reason", "[train][trainer]") {
  const auto refusal = [](auto change, std::size_t vocab = 150) {
    Fixture f;
    change(f.options);
    const auto checked = check_options(f.options, vocab);
    REQUIRE(!checked);
    REQUIRE(checked.error().exit == Exit::usage);
    REQUIRE(!checked.error().hint.empty());
    return checked.error().what;
  };
  REQUIRE_THAT(refusal([](auto& o) { o.shape.n_heads = 3; }), Contains("do not divide"));
  REQUIRE_THAT(refusal([](auto&) {}, 512), Contains("vocab is 150, the tokenizer has 512 pieces"));
  REQUIRE_THAT(refusal([](auto& o) { o.steps = 0; }), Contains("steps is 0"));
  REQUIRE_THAT(refusal([](auto& o) { o.batch = 0; }), Contains("batch is 0"));
  REQUIRE_THAT(refusal([](auto& o) { o.threads = 0; }), Contains("threads is 0"));
  REQUIRE_THAT(refusal([](auto& o) { o.rate = -1.0F; }), Contains("learning rate"));
  REQUIRE_THAT(refusal([](auto& o) { o.qat_share = 0.0; }), Contains("share 0 of rounded steps"));
  REQUIRE_THAT(refusal([](auto& o) { o.resume = true; }), Contains("resume needs the file"));
  REQUIRE_THAT(refusal([](auto& o) { o.start.emplace(); }), Contains("have another shape"));
}

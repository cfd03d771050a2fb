// SPDX-License-Identifier: MIT
// Trains a model of the llama2.c family on a corpus.
//
// The result is the step with the lowest held-out loss among those that were reported: a text that is too
// short is learned by heart towards the end, and what comes before is the better model.
//
// AdamW with warm-up and cosine decay, counted in steps. Threads take whole sequences of a batch and
// their gradients are added in a fixed order: the same seed, thread count and kernels give the same bits.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "checkpoint/float_model.hpp"
#include "train/dataset.hpp"
#include "train/parameters.hpp"
#include "train/sampler.hpp"

namespace mcullm::train {

// Quantization-aware training: over the last part of the schedule the passes see rounded weights, the
// gradient goes to the unrounded ones. The result is the rounded model.
enum class Qat { none, w8, w4 };

struct TrainOptions {
  ModelShape shape;
  std::optional<FloatModel> start;  // the weights to begin with, of that shape; none: random ones
  std::uint64_t steps = 10000;
  int batch = 8;              // sequences per step
  float rate = 0.0F;          // peak learning rate; 0: default_rate(shape)
  std::uint64_t warmup = 60;  // steps
  float weight_decay = 0.05F;
  float clip = 1.0F;  // largest norm of a step's gradient
  Qat qat = Qat::none;
  double qat_share = 0.3;  // of the steps
  std::uint64_t seed = 1;
  int threads = 1;
  std::uint64_t report_every = 0;           // steps between held-out losses; 0: a fiftieth of the run
  std::filesystem::path state;              // where to keep the way back; empty: nowhere
  std::uint64_t state_every = 0;            // steps between its writes; 0: with every report
  bool resume = false;                      // go on from `state` if it exists
  std::vector<std::string> sample_prompts;  // one story each, with every fifth report
};

struct LossPoint {
  std::uint64_t step, steps, tokens;
  double training_loss;  // nats per token since the last point
  double held_out_loss;
  double rate;
  double tokens_per_second;
  double seconds_left;
};

struct TrainListener {
  std::function<void(const LossPoint&)> on_loss = [](const LossPoint&) {};
  std::function<void(const StorySample&)> on_sample = [](const StorySample&) {};
};

struct TrainOutcome {
  FloatModel model;
  std::uint64_t best_step = 0;  // whose weights `model` has
  std::uint64_t tokens = 0;
  double held_out_loss = 0;     // of `model`, nats per token
  double bits_per_byte = 0;     // the same loss; unlike a loss per token, it compares vocabularies
  double held_out_loss_w8 = 0;  // with every matrix rounded to int8
  double held_out_loss_w4 = 0;  // with the layers' matrices rounded to int4
  bool stopped = false;         // by `stop`, before the last step
};

// 4e-3 at dim 64, higher for narrower models.
auto default_rate(const ModelShape& shape) -> float;

// Peak rate times a linear warm-up and a cosine to 2 %.
auto rate_at(const TrainOptions& options, std::uint64_t step) -> double;

// Refuses options that contradict each other or the vocabulary.
auto check_options(const TrainOptions& options, std::size_t vocab_size) -> Result<Ok>;

// `stop` may be set from a signal handler: the run then saves its state and returns.
auto train(const TrainOptions& options, Dataset& dataset, Encoder& encoder, const TrainListener& listener,
           const std::atomic<bool>& stop) -> Result<TrainOutcome>;

}  // namespace mcullm::train

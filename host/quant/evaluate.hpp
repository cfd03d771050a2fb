// SPDX-License-Identifier: MIT
// How far the integer model is from the float model it came from, on given text.
#pragma once

#include <cstdint>
#include <span>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "checkpoint/float_model.hpp"
#include "image/model_image.hpp"
#include "quant/calibration.hpp"
#include "quant/stop.hpp"

namespace mcullm::quant {

struct Evaluation {
  std::uint64_t tokens = 0;       // positions compared
  std::uint64_t predictions = 0;  // of them, those whose next token the text tells
  double float_perplexity = 0.0, integer_perplexity = 0.0;
  double mean_kl = 0.0, max_kl = 0.0;  // KL(float || integer) of the next token, nats
  double top1_agreement = 0.0;         // share of positions at which both prefer the same token
};

// Runs both models over each sequence (begin it with bos), truncated to the shorter context, until
// `max_tokens` positions are compared. Fails with Exit::input when the models differ in vocabulary, a token
// is outside it, or there is no text.
auto evaluate(const image::ModelImage& image, const checkpoint::FloatModel& model,
              std::span<const Tokens> text, std::uint64_t max_tokens, const ProgressFn& progress,
              const StopFn& stop = never_stop) -> Result<Evaluation>;

}  // namespace mcullm::quant

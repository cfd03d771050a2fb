// SPDX-License-Identifier: MIT
// A model on this computer that continues a text: the forward pass with its sampler.
#pragma once

#include "chat/float_sampler.hpp"
#include "image/model_image.hpp"
#include "reference/float_transformer.hpp"
#include "reference/integer_sampler.hpp"
#include "reference/integer_transformer.hpp"

namespace mcullm::chat {

struct SamplerSettings {
  double temperature = 0.7;  // 0: greedy
  double top_p = 0.9;        // (0, 1]
  std::uint64_t seed = 1;    // never 0
};

class Engine {
 public:
  virtual ~Engine() = default;

  // Positions are run in order from 0, each below the model's context.
  virtual void feed(int token, int pos) = 0;
  // Runs `token` and chooses its successor.
  virtual auto next(int token, int pos) -> int = 0;
};

// llama2.c's arithmetic and sampler. The model must outlive it.
class FloatEngine : public Engine {
 public:
  FloatEngine(const checkpoint::FloatModel& model, const SamplerSettings& settings)
      : transformer_(model),
        sampler_(static_cast<float>(settings.temperature), static_cast<float>(settings.top_p),
                 settings.seed) {}

  void feed(int token, int pos) override { transformer_.forward(token, pos); }
  auto next(int token, int pos) -> int override { return sampler_.choose(transformer_.forward(token, pos)); }

 private:
  reference::FloatTransformer transformer_;
  FloatSampler sampler_;
};

// What a device computes: proto/ARITHMETIC.md. The image must outlive it.
class IntegerEngine : public Engine {
 public:
  IntegerEngine(const image::ModelImage& image, const SamplerSettings& settings)
      : transformer_(image), sampler_(integer_sampler(settings)) {}

  void feed(int token, int pos) override { transformer_.prefill(token, pos); }
  auto next(int token, int pos) -> int override {
    return sampler_.choose(transformer_.forward(token, pos).logits);
  }

  // The settings in a device's units.
  static auto integer_sampler(const SamplerSettings& settings) -> reference::IntegerSampler {
    const bool greedy = settings.temperature == 0;
    return {greedy ? 0 : reference::inv_temperature(settings.temperature),
            reference::top_p_fixed(settings.top_p), settings.seed};
  }

 private:
  reference::IntegerTransformer transformer_;
  reference::IntegerSampler sampler_;
};

}  // namespace mcullm::chat

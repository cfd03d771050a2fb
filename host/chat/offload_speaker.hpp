// SPDX-License-Identifier: MIT
// A conversation with a board that multiplies and this computer that does the rest.
#pragma once

#include "chat/speaker.hpp"
#include "image/model_image.hpp"
#include "offload/board_product.hpp"
#include "reference/integer_transformer.hpp"

namespace mcullm::chat {

// Answers as a board that runs the model would: the same numbers, from products made on the board. Its ticks
// are those of the products.
class OffloadSpeaker : public Speaker {
 public:
  // `product` must outlive the speaker.
  OffloadSpeaker(offload::BoardProduct& product, const image::ModelImage& image)
      : product_(product),
        end_tokens_{image.identity.bos_token, image.identity.eos_token},
        transformer_(image, [&product](const auto& w, const auto& a) { return product.multiply(w, a); }) {}

  auto prefill(int pos, std::span<const int> tokens) -> Result<link::PrefillResult> override;
  auto generate(const link::GenerateRequest& request, const link::TokenFn& on_token)
      -> Result<link::GenerateResult> override;
  // A product survives a restart of the board by itself.
  auto recover() -> Result<bool> override { return false; }

 private:
  offload::BoardProduct& product_;
  int end_tokens_[2];
  reference::IntegerTransformer transformer_;
};

}  // namespace mcullm::chat

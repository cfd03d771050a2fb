// SPDX-License-Identifier: MIT
// A board without a board: the reference answers, and misbehaves when told to.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "chat/speaker.hpp"
#include "image/model_image.hpp"
#include "reference/integer_transformer.hpp"

namespace mcullm::tests {

auto small_model() -> image::ModelImage;  // vocabulary 40, context 48

class ReferenceBoard : public chat::Speaker {
 public:
  explicit ReferenceBoard(const image::ModelImage& image) : image_(image), transformer_(image) {}

  auto prefill(int pos, std::span<const int> tokens) -> Result<link::PrefillResult> override;
  auto generate(const link::GenerateRequest& request, const link::TokenFn& on_token)
      -> Result<link::GenerateResult> override;
  auto recover() -> Result<bool> override;

  // Misbehaviour, by the count of tokens run so far (0 first).
  std::vector<int> restart_at;         // the board restarts instead of running this token
  int cancel_at = -1;                  // the request is stopped instead
  int lose_events_from = -1;           // events of these tokens never arrive
  std::map<int, std::uint32_t> flips;  // xor-ed to the CRC of this token
  std::map<int, int> wrong_choices;    // told instead of the chosen token
  bool unplugged = false;

  int tokens_run = 0, prefills = 0, restarts = 0;
  std::vector<link::GenerateRequest> requests;

 private:
  // The fate of the next token: an error, or nothing.
  auto trouble() -> std::optional<Error>;

  const image::ModelImage& image_;
  reference::IntegerTransformer transformer_;
  bool restarted_ = false;
};

}  // namespace mcullm::tests

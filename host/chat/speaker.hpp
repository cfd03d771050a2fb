// SPDX-License-Identifier: MIT
// What a conversation needs of a board; a board behind link::Board is one, a stand-in of a test another.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.hpp"
#include "link/board.hpp"

namespace mcullm::chat {

class Speaker {
 public:
  virtual ~Speaker() = default;

  // As the functions of link::Board of the same names.
  virtual auto prefill(int pos, std::span<const int> tokens) -> Result<link::PrefillResult> = 0;
  virtual auto generate(const link::GenerateRequest& request, const link::TokenFn& on_token)
      -> Result<link::GenerateResult> = 0;

  // After an error of the above. true: the board had restarted, runs the same model again and has an empty
  // cache. false: the error stands.
  virtual auto recover() -> Result<bool> = 0;
};

class BoardSpeaker : public Speaker {
 public:
  // `board` is connected and runs a model; it must outlive the speaker.
  explicit BoardSpeaker(link::Board& board) : board_(board), model_(board.hello().model.header_crc) {}

  auto prefill(int pos, std::span<const int> tokens) -> Result<link::PrefillResult> override {
    return board_.prefill(pos, tokens);
  }
  auto generate(const link::GenerateRequest& request, const link::TokenFn& on_token)
      -> Result<link::GenerateResult> override {
    return board_.generate(request, on_token);
  }
  auto recover() -> Result<bool> override;

 private:
  link::Board& board_;
  std::uint32_t model_;  // header_crc
};

}  // namespace mcullm::chat

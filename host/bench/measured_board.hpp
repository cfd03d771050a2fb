// SPDX-License-Identifier: MIT
// A board that runs one model after the other and tells what its tokens cost.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "link/board.hpp"
#include "plan/calibrate.hpp"
#include "sim/open_port.hpp"

namespace mcullm::bench {

class MeasuredBoard {
 public:
  // `board` is connected; `port` and `options` are what it was opened with, for opening it again.
  MeasuredBoard(std::unique_ptr<link::Board> board, std::string port, sim::PortOptions options,
                std::atomic<bool>* cancel);
  ~MeasuredBoard();
  MeasuredBoard(const MeasuredBoard&) = delete;
  auto operator=(const MeasuredBoard&) -> MeasuredBoard& = delete;

  // The board now runs this model image (a whole one). One that cannot program its storage is started anew
  // with it. Exit::refused when it does not fit: the board can be given another one.
  auto run(std::span<const std::byte> image, const ProgressFn& progress) -> Result<Ok>;

  auto board() -> link::Board& { return *board_; }

  // Precondition of the rest: run() succeeded with this model.
  // So that position `pos` can be run: a random text, the same in each call, fills the cache up to it.
  auto fill(const plan::ModelSize& model, int pos) -> Result<Ok>;
  // The cache holds the text up to `pos` alone: something else was written from there on.
  void spoilt_from(int pos) { filled_ = std::min(filled_, pos); }

  // Fills the cache, runs the token at `token.pos` with its logits, and asks for its profile.
  auto profile_token(const plan::TokenAt& token) -> Result<plan::ProfiledToken>;

 private:
  auto open(const std::filesystem::path& model) -> Result<Ok>;
  auto start_with(std::span<const std::byte> image) -> Result<Ok>;

  std::string port_;
  sim::PortOptions options_;
  std::atomic<bool>* cancel_;
  std::unique_ptr<link::Board> board_;
  std::filesystem::path scratch_;  // for the image of a board that is started with it
  int filled_ = 0;                 // positions of the cache that hold the text
};

// The token at a position of the text.
auto random_token(const plan::ModelSize& model, int pos) -> int;

}  // namespace mcullm::bench

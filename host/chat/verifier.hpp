// SPDX-License-Identifier: MIT
// Runs the reference beside a board, in a thread of its own, and compares every number that the board tells.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "image/model_image.hpp"
#include "link/board.hpp"
#include "reference/integer_transformer.hpp"

namespace mcullm::chat {

// Where board and reference part.
struct Disagreement {
  int position = 0;
  int token = 0;         // that ran there
  std::string quantity;  // "state CRC", "logits CRC", "chosen token", "random state"
  std::uint64_t expected = 0, got = 0;
};

class Verifier {
 public:
  // `image` must outlive the verifier.
  explicit Verifier(const image::ModelImage& image);
  ~Verifier();
  Verifier(const Verifier&) = delete;
  auto operator=(const Verifier&) -> Verifier& = delete;

  // What the board answered. Returns at once. Precondition: positions continue those handed in before, or go
  // back, and there is a CRC for each token.
  void prefilled(int pos, std::vector<int> tokens, std::vector<std::uint32_t> state_crcs);
  // `complete`: the random state of the result is the board's own.
  void generated(const link::GenerateRequest& request, link::GenerateResult result, bool complete);

  // Forgets counts, open work and a disagreement: a new text begins.
  void begin();

  // Waits until everything handed in is checked, until the first disagreement, or until `cancel` is set.
  void wait(const std::atomic<bool>& cancel);

  // Waits until the first `positions` of what was handed in are checked; false if one of them is wrong.
  // Whatever the speed of this computer, the answer is the same.
  auto right_up_to(int positions) -> bool;

  struct Count {
    int checked = 0, handed_in = 0;  // positions
  };
  auto count() const -> Count;
  // The first one since begin(); nothing is checked after it.
  auto disagreement() const -> std::optional<Disagreement>;

 private:
  using Check = std::function<std::optional<Disagreement>()>;  // of one position

  void hand_in(std::deque<Check> checks);
  void run();

  reference::IntegerTransformer transformer_;  // of the thread alone
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Check> open_;
  bool busy_ = false;  // a check is running
  bool quit_ = false;
  Count count_;
  std::optional<Disagreement> disagreement_;
  std::thread thread_;
};

}  // namespace mcullm::chat

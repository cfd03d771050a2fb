// SPDX-License-Identifier: MIT
// How simulated time relates to the wall clock. It normally runs free. It is held back to real time on
// request, and while a boot loader waits for a byte, since its time-out faces a program outside. After
// `quiet_after` without a byte, a pin change or a mark it crawls at 1/20 of real time, so that an idle board
// costs nothing, timers still advance, and the next byte finds it awake at once.
#pragma once

#include <chrono>

#include "sim/uno/board.hpp"
#include "sim/uno/byte_stream.hpp"

namespace mcullm::uno {

class Pace {
 public:
  static constexpr Cycles quiet_after = 2 * Cycles{clock_hz};

  explicit Pace(bool realtime) : realtime_(realtime) {}

  // Cycles to run before the next look at the outside.
  auto slice(const Board& board) const -> Cycles;
  // Takes in what has arrived at the stream, after the wait that is due.
  void wait(Board& board, ByteStream& stream);

 private:
  using Clock = std::chrono::steady_clock;

  auto quiet(const Board& board) const -> bool { return board.now() - board.last_activity() > quiet_after; }
  auto lead(const Board& board) const -> std::chrono::microseconds;
  void hold_to_real_time(Board& board, ByteStream& stream);

  bool realtime_;
  bool holding_ = false;
  Cycles origin_cycle_ = 0;  // where both clocks were set to zero
  Clock::time_point origin_time_;
};

}  // namespace mcullm::uno

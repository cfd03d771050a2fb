// SPDX-License-Identifier: MIT
#include "sim/uno/pace.hpp"

namespace mcullm::uno {

namespace {

constexpr Cycles busy_slice = clock_hz / 10'000;
constexpr Cycles quiet_slice = clock_hz / 1'000;
constexpr std::chrono::microseconds quiet_wait(20'000);
constexpr std::chrono::microseconds stall(10'000);

}  // namespace

auto Pace::slice(const Board& board) const -> Cycles { return quiet(board) ? quiet_slice : busy_slice; }

auto Pace::lead(const Board& board) const -> std::chrono::microseconds {
  const std::chrono::microseconds simulated((board.now() - origin_cycle_) / (clock_hz / 1'000'000));
  return simulated - std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - origin_time_);
}

void Pace::wait(Board& board, ByteStream& stream) {
  const bool waiting_boot_loader =
      board.in_boot_section() && board.line().idle() && !board.uart().sending() && !stream.has_input();
  if (realtime_ || waiting_boot_loader) {
    hold_to_real_time(board, stream);
    return;
  }
  holding_ = false;
  stream.poll(quiet(board) ? quiet_wait : std::chrono::microseconds(0));
}

void Pace::hold_to_real_time(Board& board, ByteStream& stream) {
  // after a stall there is no debt to run off: the time-outs of the chip would shrink
  if (!holding_ || lead(board) < -stall) {
    holding_ = true;
    origin_cycle_ = board.now();
    origin_time_ = Clock::now();
  }
  stream.poll(std::max(lead(board), std::chrono::microseconds(0)));
}

}  // namespace mcullm::uno

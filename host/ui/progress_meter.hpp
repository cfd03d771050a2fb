// SPDX-License-Identifier: MIT
// How progress looks: a bar that redraws itself on a terminal; elsewhere a line per ten percent, at most one
// a second, so that short work is one line.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/progress.hpp"

namespace mcullm::ui {

enum class ProgressStyle { off, bar, lines };

class ProgressMeter {
 public:
  using Clock = std::chrono::steady_clock;

  ProgressMeter(ProgressStyle style, int width) : style_(style), width_(width) {}

  // The bytes to write for this event; empty when nothing needs to be shown.
  auto update(const Progress& event, Clock::time_point now) -> std::string;

  // The bytes that take an unfinished bar off the screen, and those that put it back, so that other lines
  // can be written between.
  auto hide() const -> std::string;
  auto show() const -> std::string { return bar_; }
  // Ends an unfinished bar: its last state stays, and the next text starts on a line of its own.
  auto finish() -> std::string;

 private:
  void begin(const Progress& event, Clock::time_point now);
  auto bar_line(const Progress& event, double seconds) const -> std::string;
  auto percent_line(const Progress& event, Clock::time_point now) -> std::string;

  ProgressStyle style_;
  int width_;
  std::string phase_;
  std::string bar_;  // on the screen now, without newline
  bool complete_ = true;
  std::uint64_t tenths_shown_ = 0;
  Clock::time_point started_, drawn_;
};

}  // namespace mcullm::ui

// SPDX-License-Identifier: MIT
#include "ui/progress_meter.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "ui/quantity.hpp"

namespace mcullm::ui {
namespace {

constexpr auto redraw_interval = std::chrono::milliseconds(100);
constexpr auto line_interval = std::chrono::seconds(1);
constexpr std::string_view erase_line = "\r\033[K";

auto fraction_of(const Progress& event) -> double {
  return std::min(1.0, static_cast<double>(event.done) / static_cast<double>(event.total));
}

auto rate_text(const Progress& event, double seconds) -> std::string {
  if (seconds <= 0 || event.done == 0) return "";
  return quantity_text(static_cast<double>(event.done) / seconds, event.unit) + "/s";
}

auto remaining_text(const Progress& event, double seconds) -> std::string {
  const double fraction = fraction_of(event);
  if (seconds <= 0 || fraction <= 0) return "";
  const auto left = static_cast<std::uint64_t>(seconds * (1 - fraction) / fraction + 0.5);
  if (left >= 3600) return fmt::format("ETA {}:{:02}:{:02}", left / 3600, left / 60 % 60, left % 60);
  return fmt::format("ETA {}:{:02}", left / 60, left % 60);
}

auto summary_line(const Progress& event, double seconds) -> std::string {
  return fmt::format("{}: {} in {}\n", event.phase,
                     quantity_text(static_cast<double>(event.done), event.unit), duration_text(seconds));
}

}  // namespace

void ProgressMeter::begin(const Progress& event, Clock::time_point now) {
  phase_ = event.phase;
  complete_ = false;
  tenths_shown_ = 0;
  started_ = now;
  drawn_ = style_ == ProgressStyle::bar ? now - redraw_interval : now;
}

auto ProgressMeter::update(const Progress& event, Clock::time_point now) -> std::string {
  if (style_ == ProgressStyle::off) return "";
  std::string text;
  if (complete_ || event.phase != phase_) {
    if (complete_ && event.phase == phase_ && event.total != 0 && event.done >= event.total) return "";
    text = finish();
    begin(event, now);
  }
  const double seconds = std::chrono::duration<double>(now - started_).count();
  if (event.total != 0 && event.done >= event.total) {
    text += hide() + summary_line(event, seconds);
    bar_.clear();
    complete_ = true;
    return text;
  }
  if (style_ == ProgressStyle::lines) return text + percent_line(event, now);
  if (now - drawn_ < redraw_interval) return text;
  drawn_ = now;
  bar_ = bar_line(event, seconds);
  return text + std::string(erase_line) + bar_;
}

auto ProgressMeter::bar_line(const Progress& event, double seconds) const -> std::string {
  const std::string rate = rate_text(event, seconds);
  if (event.total == 0)
    return fmt::format("{}  {}  {}", event.phase, quantity_text(static_cast<double>(event.done), event.unit),
                       rate);
  const double fraction = fraction_of(event);
  const std::string numbers =
      fmt::format("{:3.0f} %  {}  {}", fraction * 100, rate, remaining_text(event, seconds));
  const int room = width_ - static_cast<int>(event.phase.size() + numbers.size()) - 6;
  if (room < 8) return fmt::format("{}  {}", event.phase, numbers);
  const auto cells = static_cast<std::size_t>(std::min(room, 40));
  const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(cells));
  return fmt::format("{}  [{}{}] {}", event.phase, std::string(filled, '#'), std::string(cells - filled, '.'),
                     numbers);
}

auto ProgressMeter::percent_line(const Progress& event, Clock::time_point now) -> std::string {
  if (event.total == 0) return "";
  const auto tenths = static_cast<std::uint64_t>(fraction_of(event) * 10);
  if (tenths <= tenths_shown_ || now - drawn_ < line_interval) return "";
  tenths_shown_ = tenths;
  drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  return fmt::format("{}: {} %, {}, {}\n", event.phase, tenths * 10, rate_text(event, seconds),
                     remaining_text(event, seconds));
}

auto ProgressMeter::hide() const -> std::string { return bar_.empty() ? "" : std::string(erase_line); }

auto ProgressMeter::finish() -> std::string {
  complete_ = true;
  if (bar_.empty()) return "";
  bar_.clear();
  return "\n";
}

}  // namespace mcullm::ui

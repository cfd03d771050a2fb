// SPDX-License-Identifier: MIT
#include "sim/uno/serial_line.hpp"

#include <cmath>

namespace mcullm::uno {

namespace {

constexpr int frame_bits = 10;  // start, eight data, stop

}  // namespace

auto sample_frame(std::uint8_t byte, double sender_bit, double receiver_bit) -> std::optional<SampledFrame> {
  // the frame as a word, first bit lowest; an idle line is high
  const unsigned frame = ~0x3ffu | 0x200u | static_cast<unsigned>(byte) << 1;
  const auto level = [&](int receiver_index) {
    const auto at = static_cast<int>((receiver_index + 0.5) * receiver_bit / sender_bit);
    return at >= frame_bits ? 1u : frame >> at & 1u;
  };
  if (level(0) != 0) return std::nullopt;
  unsigned sampled = 0;
  for (int bit = 0; bit < 8; bit++) sampled |= level(1 + bit) << bit;
  return SampledFrame{static_cast<std::uint8_t>(sampled), level(9) == 1};
}

auto SerialLine::bit_cycles() const -> double {
  std::optional<std::uint32_t> baud;
  if (speed_.source == LineSpeed::Source::fixed) baud = speed_.baud;
  if (speed_.source == LineSpeed::Source::terminal) baud = stream_.terminal_baud();
  return baud ? static_cast<double>(clock_hz) / *baud : uart_->bit_cycles();
}

void SerialLine::feed() {
  if (in_flight_ || !stream_.has_input()) return;
  frame_end_ = static_cast<double>(avr_.cycle);
  begin_frame();
  const auto done = [](avr_t*, avr_cycle_count_t, void* self) {
    return static_cast<SerialLine*>(self)->end_frame();
  };
  avr_cycle_timer_register(&avr_, static_cast<Cycles>(std::ceil(frame_end_)) - avr_.cycle, done, this);
}

void SerialLine::begin_frame() {
  in_flight_ = stream_.take();
  frame_end_ += frame_bits * bit_cycles();
  uart_->start_bit();
}

auto SerialLine::end_frame() -> Cycles {
  const auto frame = sample_frame(*in_flight_, bit_cycles(), uart_->bit_cycles());
  if (frame) uart_->receive(frame->byte, frame->stop_bit_seen);
  in_flight_.reset();
  if (!stream_.has_input()) return 0;
  begin_frame();
  return static_cast<Cycles>(std::ceil(frame_end_));
}

void SerialLine::deliver(std::uint8_t byte) {
  const auto frame = sample_frame(byte, uart_->bit_cycles(), bit_cycles());
  if (frame) stream_.put(frame->byte);
}

}  // namespace mcullm::uno

// SPDX-License-Identifier: MIT
// The wire between the host's bytes and the chip's UART: one frame after the other, at the speed of the line.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/uno/byte_stream.hpp"
#include "sim/uno/uart.hpp"

namespace mcullm::uno {

struct LineSpeed {
  enum class Source { chip, terminal, fixed } source = Source::chip;
  std::uint32_t baud = 0;  // for `fixed`
};

// What a receiver whose bits last `receiver_bit` makes of a frame whose bits last `sender_bit`: it samples
// the middle of each of its own bits. Nothing when it does not even see the start bit.
struct SampledFrame {
  std::uint8_t byte;
  bool stop_bit_seen;
};
auto sample_frame(std::uint8_t byte, double sender_bit, double receiver_bit) -> std::optional<SampledFrame>;

class SerialLine {
 public:
  SerialLine(avr_t& avr, ByteStream& stream, LineSpeed speed) : avr_(avr), stream_(stream), speed_(speed) {}
  void connect(Uart& uart) { uart_ = &uart; }
  void after_reset() { in_flight_.reset(); }

  // Puts the next byte of the stream on an idle line.
  void feed();
  auto idle() const -> bool { return !in_flight_; }
  // A byte that the chip has sent.
  void deliver(std::uint8_t byte);

 private:
  auto bit_cycles() const -> double;
  void begin_frame();
  auto end_frame() -> Cycles;

  avr_t& avr_;
  ByteStream& stream_;
  LineSpeed speed_;
  Uart* uart_ = nullptr;
  std::optional<std::uint8_t> in_flight_;
  double frame_end_ = 0;  // exact: 115,200 baud is not a whole number of cycles
};

}  // namespace mcullm::uno

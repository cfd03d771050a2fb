// SPDX-License-Identifier: MIT
// The board: the chip with its flash, the card on SPI with chip select on PB2 (D10), the serial line on
// UART0.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sim/uno/byte_stream.hpp"
#include "sim/uno/program.hpp"
#include "sim/uno/sd_card.hpp"
#include "sim/uno/serial_line.hpp"
#include "sim/uno/simavr.hpp"
#include "sim/uno/spi.hpp"
#include "sim/uno/uart.hpp"
#include "sim/uno/watch.hpp"

namespace mcullm::uno {

struct BoardSetup {
  std::vector<Program> programs;            // loaded in this order over an erased flash
  std::optional<std::uint32_t> boot_start;  // resets go here (fuse BOOTRST)
  std::uint32_t static_end = 0;             // see Watch
  unsigned spi_overhead = 1;                // see SpiMaster
  std::uint32_t ram_seed = 1;               // what the RAM holds at power-on
  LineSpeed line_speed{};
};

enum class CpuState { running, finished, crashed };

class Board {
 public:
  using Mark = std::function<void(Cycles when, std::uint8_t value)>;  // a write to GPIOR0

  // One in a process: libsimavr has no way to end a chip.
  Board(const BoardSetup& setup, ByteStream& stream, std::optional<SdCard> card, Mark mark);
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  // Runs for that many cycles, and a few more to finish the instruction. `finished`: the chip sleeps with
  // interrupts off, which only a reset could end.
  auto run(Cycles cycles) -> CpuState;
  // The reset button, or DTR. RAM, flash and card keep what they hold.
  void press_reset();

  auto now() const -> Cycles { return avr_->cycle; }
  auto in_boot_section() const -> bool { return avr_->pc >= boot_start_; }
  // When something last crossed a pin, or the program left a mark.
  auto last_activity() const -> Cycles;
  auto resets() const -> std::uint64_t { return resets_; }
  auto flash() const -> std::span<const std::uint8_t> { return {avr_->flash, flash_bytes}; }

  auto line() -> SerialLine& { return line_; }
  auto uart() const -> const Uart& { return *uart_; }
  auto spi() const -> const SpiMaster& { return *spi_; }
  auto watch() const -> const Watch& { return *watch_; }
  auto card() -> std::optional<SdCard>& { return card_; }

 private:
  void connect_card(unsigned spi_overhead);
  void step(Cycles until);
  void serve_interrupt();
  void after_reset();
  void write_mark(Address address, std::uint8_t value);
  auto exchange(std::uint8_t mosi, Cycles now) -> std::uint8_t;

  avr_t* avr_;
  std::uint32_t boot_start_;
  std::optional<SdCard> card_;
  Mark mark_;
  std::unique_ptr<Watch> watch_;
  SerialLine line_;
  std::unique_ptr<Uart> uart_;
  std::unique_ptr<SpiMaster> spi_;
  Cycles last_pin_change_ = 0;
  std::uint64_t resets_ = 0;
};

}  // namespace mcullm::uno

// SPDX-License-Identifier: MIT
// The SPI master of the chip with its real timing. libsimavr 1.6 finishes every byte after 100 us, whatever
// the clock, knows no write collision, and clears SPIF at the wrong time.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/uno/simavr.hpp"
#include "sim/uno/watch.hpp"

namespace mcullm::uno {

class SpiMaster {
 public:
  // Eight clocks on the bus: MOSI in, MISO out.
  using Bus = std::function<std::uint8_t(std::uint8_t mosi, Cycles now)>;

  // A byte occupies the shift register for 8 bit times plus `overhead` cycles after the write to SPDR.
  SpiMaster(avr_t& avr, Watch& watch, unsigned overhead, Bus bus);
  void after_reset();

  auto transfers() const -> std::uint64_t { return transfers_; }
  auto last_activity() const -> Cycles { return start_; }

 private:
  void write_control(Address address, std::uint8_t value);
  auto read_status(Address address) -> std::uint8_t;
  void write_status(Address address, std::uint8_t value);
  auto read_data(Address address) -> std::uint8_t;
  void write_data(Address address, std::uint8_t value);

  // A finished transfer is noticed when the program looks: nothing else depends on the moment.
  void settle();
  void touch_data();
  auto byte_cycles() const -> Cycles;

  avr_t& avr_;
  Watch& watch_;
  unsigned overhead_;
  Bus bus_;
  Cycles start_ = 0, end_ = 0;
  bool shifting_ = false;
  std::uint8_t incoming_ = 0;     // complete when the transfer ends
  std::uint8_t received_ = 0;     // what SPDR reads
  std::uint8_t flags_ = 0;        // SPIF, WCOL
  bool flags_were_read_ = false;  // the next access to SPDR clears them
  std::uint64_t transfers_ = 0;
};

}  // namespace mcullm::uno

// SPDX-License-Identifier: MIT
#include "sim/uno/spi.hpp"

#include <fmt/format.h>

namespace mcullm::uno {

namespace {

constexpr std::uint8_t spie = 0x80, spe = 0x40, dord = 0x20, mstr = 0x10, cpol = 0x08, cpha = 0x04;
constexpr std::uint8_t spif = 0x80, wcol = 0x40, spi2x = 0x01;

}  // namespace

SpiMaster::SpiMaster(avr_t& avr, Watch& watch, unsigned overhead, Bus bus)
    : avr_(avr), watch_(watch), overhead_(overhead), bus_(std::move(bus)) {
  on_write<&SpiMaster::write_control>(avr_, reg::spcr, this);
  on_write<&SpiMaster::write_status>(avr_, reg::spsr, this);
  on_read<&SpiMaster::read_status>(avr_, reg::spsr, this);
  on_write<&SpiMaster::write_data>(avr_, reg::spdr, this);
  on_read<&SpiMaster::read_data>(avr_, reg::spdr, this);
}

void SpiMaster::after_reset() {
  shifting_ = false;
  flags_ = 0;
  flags_were_read_ = false;
}

void SpiMaster::write_control(Address address, std::uint8_t value) {
  avr_.data[address] = value;
  const bool mode_0_or_3 = !(value & cpol) == !(value & cpha);
  if ((value & spe) && (!(value & mstr) || (value & (spie | dord)) || !mode_0_or_3))
    watch_.violate("spi-mode",
                   fmt::format("SPCR {:#04x}: only a polled master in mode 0 or 3, high bit first, "
                               "talks to the card",
                               value));
}

auto SpiMaster::byte_cycles() const -> Cycles {
  constexpr unsigned dividers[] = {4, 16, 64, 128};
  const unsigned divider = dividers[avr_.data[reg::spcr] & 3];
  return 8 * (avr_.data[reg::spsr] & spi2x ? divider / 2 : divider) + overhead_;
}

void SpiMaster::settle() {
  if (!shifting_ || avr_.cycle < end_) return;
  shifting_ = false;
  received_ = incoming_;
  flags_ |= spif;
}

void SpiMaster::touch_data() {
  if (flags_were_read_) flags_ = 0;
  flags_were_read_ = false;
}

auto SpiMaster::read_status(Address address) -> std::uint8_t {
  settle();
  if (flags_) flags_were_read_ = true;
  return static_cast<std::uint8_t>(flags_ | (avr_.data[address] & spi2x));
}

void SpiMaster::write_status(Address address, std::uint8_t value) { avr_.data[address] = value & spi2x; }

auto SpiMaster::read_data(Address) -> std::uint8_t {
  settle();
  touch_data();
  return received_;
}

void SpiMaster::write_data(Address, std::uint8_t value) {
  constexpr std::uint8_t on = spe | mstr;
  if ((avr_.data[reg::spcr] & on) != on) return;
  settle();
  touch_data();
  if (shifting_) {
    flags_ |= wcol;
    watch_.violate("spi-collision", fmt::format("SPDR written {} cycles after the last byte, which takes {}",
                                                avr_.cycle - start_, end_ - start_));
    return;
  }
  start_ = avr_.cycle;
  end_ = start_ + byte_cycles();
  shifting_ = true;
  transfers_++;
  incoming_ = bus_(value, start_);
}

}  // namespace mcullm::uno

// SPDX-License-Identifier: MIT
// libsimavr as the rest of this room sees it, and a way to put own code behind an IO register.
#pragma once

extern "C" {
#include <simavr/avr_ioport.h>
#include <simavr/avr_watchdog.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_core.h>
#include <simavr/sim_cycle_timers.h>
#include <simavr/sim_interrupts.h>
#include <simavr/sim_io.h>
}

#include <cstdint>

namespace mcullm::uno {

using Cycles = std::uint64_t;  // of the 16 MHz clock, since power-on
using Address = avr_io_addr_t;

constexpr std::uint32_t clock_hz = 16'000'000;
constexpr std::uint32_t flash_bytes = 32 * 1024;
constexpr std::uint32_t ram_start = 0x100;
constexpr std::uint32_t ram_end = 0x8ff;  // the last byte

constexpr auto cycles_from_us(std::uint64_t microseconds) -> Cycles {
  return microseconds * (clock_hz / 1'000'000);
}

// Registers of the ATmega328P by data address.
namespace reg {
constexpr Address ddrb = 0x24, portb = 0x25, gpior0 = 0x3e;
constexpr Address spcr = 0x4c, spsr = 0x4d, spdr = 0x4e;
constexpr Address mcusr = 0x54, spl = 0x5d, sph = 0x5e;
constexpr Address ucsr0a = 0xc0, ucsr0b = 0xc1, ucsr0c = 0xc2, ubrr0l = 0xc4, ubrr0h = 0xc5, udr0 = 0xc6;
}  // namespace reg

// The table is written directly: avr_register_io_write() would keep the library's own handler beside ours,
// and avr_register_io_read() aborts where one exists.
template <auto method, class T>
void on_write(avr_t& avr, Address address, T* self) {
  auto& slot = avr.io[AVR_DATA_TO_IO(address)].w;
  slot.param = self;
  slot.c = [](avr_t*, avr_io_addr_t at, std::uint8_t value, void* that) {
    (static_cast<T*>(that)->*method)(at, value);
  };
}

template <auto method, class T>
void on_read(avr_t& avr, Address address, T* self) {
  auto& slot = avr.io[AVR_DATA_TO_IO(address)].r;
  slot.param = self;
  slot.c = [](avr_t*, avr_io_addr_t at, void* that) -> std::uint8_t {
    return (static_cast<T*>(that)->*method)(at);
  };
}

}  // namespace mcullm::uno

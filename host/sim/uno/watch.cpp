// SPDX-License-Identifier: MIT
#include "sim/uno/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

namespace mcullm::uno {

namespace {

constexpr std::size_t kept_violations = 20;

Watch* listener = nullptr;

// libsimavr reports accesses outside the memory and invalid opcodes to its log.
void listen(avr_t*, int level, const char* format, va_list arguments) {
  if (!listener || level > LOG_ERROR) return;
  std::array<char, 256> text{};
  std::vsnprintf(text.data(), text.size(), format, arguments);
  std::string line(text.data());
  if (line.find("avr_sadly_crashed") != std::string::npos) return;
  const auto start = line.find("*** ");
  if (start != std::string::npos) line.erase(0, start + 4);
  line.resize(std::min(line.size(), line.find_first_of("\n\x1b")));
  listener->violate("memory", line);
}

struct Range {
  Address first, last;
};
// Data addresses that the data sheet calls reserved.
constexpr Range reserved[] = {
    {0x20, 0x22}, {0x2c, 0x34}, {0x38, 0x3a}, {0x49, 0x49}, {0x4f, 0x4f}, {0x51, 0x52}, {0x56, 0x56},
    {0x58, 0x5c}, {0x62, 0x63}, {0x65, 0x65}, {0x67, 0x67}, {0x6a, 0x6a}, {0x71, 0x77}, {0x7d, 0x7d},
    {0x83, 0x83}, {0x8c, 0xaf}, {0xb5, 0xb5}, {0xb7, 0xb7}, {0xbe, 0xbf}, {0xc3, 0xc3}, {0xc7, 0xff}};

constexpr bool is_out_to(std::uint16_t opcode, Address address) {
  const unsigned io = address - 0x20u;
  return (opcode & 0xfe0f) == (0xb800u | (io & 0x30) << 5 | (io & 0x0f));
}

}  // namespace

Watch::Watch(avr_t& avr, std::uint32_t boot_start, std::uint32_t static_end)
    : avr_(avr), boot_start_(boot_start), static_end_(static_end) {
  listener = this;
  avr_global_logger_set(listen);
  on_write<&Watch::write_spl>(avr_, reg::spl, this);
  on_write<&Watch::write_sph>(avr_, reg::sph, this);
  for (const auto& range : reserved) {
    for (unsigned address = range.first; address <= range.last; address++) {
      on_read<&Watch::read_reserved>(avr_, static_cast<Address>(address), this);
      on_write<&Watch::write_reserved>(avr_, static_cast<Address>(address), this);
    }
  }
}

Watch::~Watch() { listener = nullptr; }

void Watch::violate(const std::string& kind, const std::string& detail) {
  counts_[kind]++;
  if (first_ones_.size() < kept_violations) first_ones_.push_back({kind, detail, avr_.pc, avr_.cycle});
}

void Watch::after_reset() {
  lowest_sp_ = std::min(lowest_sp_, lowest_sp_since_reset_);
  lowest_sp_since_reset_ = ram_end;
  overflowed_ = false;
}

auto Watch::opcode() const -> std::uint16_t {
  const auto at = avr_.pc & (flash_bytes - 2);
  return static_cast<std::uint16_t>(avr_.flash[at] | avr_.flash[at + 1] << 8);
}

// Calls and pushes write the low half first, programs the high half (with interrupts off): the pointer is
// whole after the second one.
void Watch::write_spl(Address address, std::uint8_t value) {
  avr_.data[address] = value;
  if (is_out_to(opcode(), reg::spl)) sample_stack();
}

void Watch::write_sph(Address address, std::uint8_t value) {
  avr_.data[address] = value;
  if (!is_out_to(opcode(), reg::sph)) sample_stack();
}

void Watch::sample_stack() {
  if (avr_.pc >= boot_start_) return;
  const std::uint32_t sp = avr_.data[reg::spl] | static_cast<std::uint32_t>(avr_.data[reg::sph]) << 8;
  lowest_sp_since_reset_ = std::min(lowest_sp_since_reset_, sp);
  if (sp + 1 < std::max(static_end_, ram_start) && !overflowed_) {
    overflowed_ = true;
    violate("stack-overflow",
            fmt::format("SP {:#x} is below the end of the variables {:#x}", sp, static_end_));
  }
}

auto Watch::read_reserved(Address address) -> std::uint8_t {
  violate("reserved-register", fmt::format("read of {:#x}", address));
  return 0;
}

void Watch::write_reserved(Address address, std::uint8_t value) {
  violate("reserved-register", fmt::format("write of {:#04x} to {:#x}", value, address));
}

}  // namespace mcullm::uno

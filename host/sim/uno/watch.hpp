// SPDX-License-Identifier: MIT
// Notices what a real chip would suffer in silence: a stack in the variables, access to memory that is not
// there, registers that do nothing. Also the depth of the stack.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/uno/simavr.hpp"

namespace mcullm::uno {

struct Violation {
  std::string kind;    // "spi-collision", "uart-overrun", "stack-overflow", "memory", ...
  std::string detail;  // what exactly, with values
  std::uint32_t pc;    // byte address in the flash
  Cycles cycle;
};

class Watch {
 public:
  // Stack depth is measured while the program counter is below `boot_start`. The stack must stay above
  // `static_end`, the first address after .bss (0: not known). One Watch at a time: libsimavr's log is
  // global.
  Watch(avr_t& avr, std::uint32_t boot_start, std::uint32_t static_end);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void violate(const std::string& kind, const std::string& detail);
  void after_reset();

  auto static_end() const -> std::uint32_t { return static_end_; }
  // Bytes of stack used at the deepest point: since power-on, and since the last reset.
  auto stack_bytes() const -> std::uint32_t { return ram_end - std::min(lowest_sp_, lowest_sp_since_reset_); }
  auto stack_bytes_since_reset() const -> std::uint32_t { return ram_end - lowest_sp_since_reset_; }

  auto counts() const -> const std::map<std::string, std::uint64_t>& { return counts_; }
  auto first_ones() const -> const std::vector<Violation>& { return first_ones_; }

 private:
  void write_spl(Address address, std::uint8_t value);
  void write_sph(Address address, std::uint8_t value);
  auto read_reserved(Address address) -> std::uint8_t;
  void write_reserved(Address address, std::uint8_t value);
  auto opcode() const -> std::uint16_t;
  void sample_stack();

  avr_t& avr_;
  std::uint32_t boot_start_;
  std::uint32_t static_end_;
  std::uint32_t lowest_sp_ = ram_end;
  std::uint32_t lowest_sp_since_reset_ = ram_end;
  bool overflowed_ = false;
  std::map<std::string, std::uint64_t> counts_;
  std::vector<Violation> first_ones_;
};

}  // namespace mcullm::uno

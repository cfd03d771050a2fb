// SPDX-License-Identifier: MIT
// The command line of mcullm-sim-uno.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "sim/uno/board.hpp"

namespace mcullm::uno {

struct Options {
  std::string firmware, boot, flash;
  std::uint32_t static_end = 0;
  unsigned spi_overhead = 1;
  std::uint32_t ram_seed = 0;

  bool pty = false;
  std::string line_baud = "auto";
  bool realtime = false;
  std::uint64_t max_cycles = 0;
  std::string report, marks;

  std::string card;
  std::uint32_t card_create_mib = 0;
  std::string card_type = "sdhc";
  CardTiming card_timing;
  CardFaults card_faults;
};

void add_options(CLI::App& app, Options& options);

}  // namespace mcullm::uno

// SPDX-License-Identifier: MIT
// Where the time goes when a board makes the products and this computer the rest.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "link/session.hpp"
#include "offload/board_product.hpp"

namespace mcullm::cli {

struct OffloadReport {
  offload::ProductCount count;
  std::uint64_t bytes = 0;                // both ways
  double waiting_seconds = 0;             // for replies, as measured here
  std::optional<double> compute_seconds;  // of the board's own clock
  std::optional<double> line_seconds;     // estimated from the bytes, where the board has a serial line
  std::uint32_t rate_baud = 0;            // of that line
  bool simulated = false;                 // then the waiting is that for the simulator
};

// `--offload matmul`
void add_offload_option(CLI::App& command, std::string& offload);

// `boards_file`: over the register, which knows the rate of the board's line.
auto report_offload(const mcl_hello_t& board, const offload::ProductCount& count,
                    const link::LinkStatistics& before, const link::LinkStatistics& after, bool simulated,
                    const std::string& boards_file) -> OffloadReport;

// One line.
auto offload_text(const OffloadReport& report) -> std::string;
auto offload_json(const OffloadReport& report) -> nlohmann::ordered_json;

}  // namespace mcullm::cli

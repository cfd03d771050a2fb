// SPDX-License-Identifier: MIT
// A sweep as a table, as JSON, and back.
#pragma once

#include <string>
#include <vector>

#include "bench/sweep.hpp"
#include "ui/console.hpp"

namespace mcullm::cli {

// `format`: "table", "md", "csv", "json".
void print_sweep(const bench::SweepReport& report, const std::string& format, ui::Console& console);

// The JSON of several shards of one sweep as one report, rows in the order of the set. Exit::input when a
// file is none, when they are of different sweeps, or when a model stands in two of them.
auto merge_sweeps(const std::vector<std::string>& files) -> Result<bench::SweepReport>;

// The costs of the board for the register, as TOML, and how well they fit.
void print_costs(const bench::SweepReport& report, ui::Console& console);

}  // namespace mcullm::cli

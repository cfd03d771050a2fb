// SPDX-License-Identifier: MIT
// A bench report as tables and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "bench/bench.hpp"
#include "ui/console.hpp"

namespace mcullm::cli {

// `format`: "table", "md", "csv", "json", "jsonl" (one object per test).
void print_bench(const bench::BenchReport& report, const std::string& format, ui::Console& console);

// The object that -o json prints, without its schema.
auto bench_json(const bench::BenchReport& report) -> nlohmann::ordered_json;

}  // namespace mcullm::cli

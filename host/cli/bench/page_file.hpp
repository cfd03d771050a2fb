// SPDX-License-Identifier: MIT
// A bench report as a page for a browser and for paper.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "bench/bench.hpp"

namespace mcullm::cli {

// `evals`: files that `mcullm eval --json` wrote, of images to compare. `command`: what was typed.
auto write_bench_page(const std::string& file, const bench::BenchReport& report,
                      const std::vector<std::string>& evals, const std::string& command) -> Result<Ok>;

}  // namespace mcullm::cli

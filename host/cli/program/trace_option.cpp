// SPDX-License-Identifier: MIT
#include "cli/program/trace_option.hpp"

#include <utility>

#include "sim/open_port.hpp"

namespace mcullm::cli {

void add_trace_option(CLI::App& app, std::string& file) {
  app.add_option("--trace", file, "Record every byte to and from boards; see mcullm help replay")
      ->type_name("FILE");
}

auto start_trace(const std::string& file, std::vector<std::string> command_line) -> Result<Ok> {
  if (file.empty()) return Ok{};
  command_line[0] = "mcullm";  // where it is installed is nobody's business
  auto recorder = trace::Recorder::open(file, MCULLM_VERSION, command_line);
  if (!recorder) return recorder.error();
  sim::record_ports(std::move(*recorder));
  return Ok{};
}

}  // namespace mcullm::cli

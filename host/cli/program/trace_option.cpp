// SPDX-License-Identifier: MIT
#include "cli/program/trace_option.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "cli/program/shell_quoted.hpp"
#include "cli/replay/recorded_command.hpp"
#include "sim/open_port.hpp"

namespace mcullm::cli {

namespace {

// The word of the command line that is the file as well, apart from --trace itself; empty: none.
auto same_file(const std::string& file, const std::vector<std::string>& words) -> std::string {
  std::error_code failed;
  for (std::size_t i = 1; i < words.size(); ++i)
    if (words[i - 1] != "--trace" && std::filesystem::equivalent(words[i], file, failed)) return words[i];
  return "";
}

}  // namespace

void add_trace_option(CLI::App& app, std::string& file) {
  app.add_option("--trace", file, "Record every byte to and from boards; see mcullm help replay")
      ->type_name("FILE");
}

auto start_trace(const std::string& file, std::vector<std::string> command_line) -> Result<Ok> {
  if (file.empty()) return Ok{};
  if (const auto read = same_file(file, command_line); !read.empty())
    return Error{Exit::usage, fmt::format("--trace {} would overwrite a file that this command reads", read),
                 "record into another file"};
  command_line[0] = "mcullm";  // where it is installed is nobody's business
  auto recorder = trace::Recorder::open(file, MCULLM_VERSION, command_line);
  if (!recorder) return recorder.error();
  sim::record_ports(std::move(*recorder));
  return Ok{};
}

auto is_unexpected(const Error& error) -> bool {
  return error.exit == Exit::internal || error.exit == Exit::link;
}

auto report_advice(const std::vector<std::string>& words) -> std::string {
  std::string command;
  constexpr std::array<std::string_view, 1> trace = {"--trace"};
  for (const auto& word : without_options(words, trace)) {
    if (word == "report" || word == "replay") return "";
    command += ' ' + shell_quoted(word);
  }
  return fmt::format("to report it: mcullm report{} runs it again, recorded, and packs what is needed",
                     command);
}

}  // namespace mcullm::cli

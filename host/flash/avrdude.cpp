// SPDX-License-Identifier: MIT
#include "flash/avrdude.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "base/intel_hex.hpp"
#include "base/run_program.hpp"

namespace mcullm::flash {

namespace {

constexpr int usual_baud = 115200;              // of optiboot
constexpr std::uint64_t page_bytes = 128;       // ATmega328P data sheet, memory programming
constexpr std::uint64_t page_frame_bytes = 14;  // around a page: STK500 commands and their answers
constexpr double page_write_seconds = 0.009;    // erase and write, 4.5 ms each
constexpr double start_seconds = 1.5;           // avrdude opens, resets, asks for the signature
constexpr std::uint64_t bar_cells = 50;
constexpr int most_attempts = 3;

auto avrdude_path() -> Result<std::filesystem::path> {
  if (auto found = program_in_path("avrdude")) return *found;
  return Error{Exit::no_device, "avrdude is not installed; it puts the agent on the chip",
               "sudo apt-get install avrdude"};
}

auto flash_bytes(const std::filesystem::path& agent) -> Result<std::uint64_t> {
  const auto file = read_file(agent, 1 << 20);
  if (!file) return file.error();
  const auto segments = parse_intel_hex(*file);
  if (!segments)
    return Error{Exit::input, fmt::format("{}: no Intel HEX file, or damaged", agent.string()), ""};
  std::uint64_t end = 0;
  for (const auto& segment : *segments) end = std::max(end, segment.address + segment.bytes.size());
  return end;
}

auto contains(const std::string& text, const char* part) -> bool {
  return text.find(part) != std::string::npos;
}

// The last line that says something.
auto last_words(const std::string& output) -> std::string {
  std::string words;
  for (std::size_t at = 0; at < output.size();) {
    const auto end = std::min(output.find('\n', at), output.size());
    const auto line = output.substr(at, end - at);
    const bool chatter = contains(line, "Thank you") || contains(line, "TIOCM");
    if (!chatter && line.find_first_not_of(" \r") != std::string::npos) words = line;
    at = end + 1;
  }
  return words;
}

}  // namespace

auto plan_avrdude(const AgentJob& job) -> Result<AgentPlan> {
  const auto bytes = flash_bytes(job.agent);
  if (!bytes) return bytes.error();
  const auto tool = avrdude_path();
  if (!tool) return tool.error();
  const int baud = job.rate_baud == 0 ? usual_baud : job.rate_baud;
  const auto pages = static_cast<double>((*bytes + page_bytes - 1) / page_bytes);
  const double page_seconds = static_cast<double>(page_bytes + page_frame_bytes) * 10 / baud;
  return AgentPlan{
      .bytes = *bytes,
      .block_bytes = page_bytes,
      .seconds = start_seconds + pages * (2 * page_seconds + page_write_seconds),
      .commands = {{tool->string(), "-p", "m328p", "-c", "arduino", "-P", job.port, "-b",
                    std::to_string(baud), "-D", "-U", fmt::format("flash:w:{}:i", job.agent.string())}}};
}

void AvrdudeProgress::feed(std::string_view text) {
  for (const char c : text) {
    if (c == '\n') {
      line_.clear();
      phase_ = nullptr;
      continue;
    }
    line_ += c;
    if (line_ == "Writing | ") phase_ = "writing the agent";
    if (line_ == "Reading | ") phase_ = "comparing the agent";
    if (phase_ == nullptr) continue;
    if (c == '|') cells_ = 0;
    if (c != '#' || cells_ == bar_cells) continue;
    ++cells_;
    progress_({phase_, bytes_ * cells_ / bar_cells, bytes_, "B"});
  }
}

auto avrdude_error(const std::string& port, int exit_code, const std::string& output) -> Error {
  if (contains(output, "verification error") || contains(output, "verification mismatch"))
    return {Exit::mismatch, "the flash does not hold what avrdude wrote",
            "flash once more; if it happens again, the chip's flash is worn or its supply too weak"};
  if (contains(output, "xpected signature"))
    return {Exit::refused, fmt::format("the chip at {} is no ATmega328P: {}", port, last_words(output)),
            "--board names the board that is plugged in"};
  if (contains(output, "can't open device") || contains(output, "cannot open port") ||
      contains(output, "unable to open port"))
    return {Exit::no_device, fmt::format("avrdude cannot open {}", port),
            "is the board plugged in, and does no other program use the port?"};
  if (contains(output, "not in sync") || contains(output, "not responding") || contains(output, "stk500"))
    return {Exit::no_device, fmt::format("no boot loader answers at {}", port),
            "is this the Uno's port? some boards talk at 57600: --boot-baud 57600"};
  return {Exit::link, fmt::format("avrdude ended with code {}: {}", exit_code, last_words(output)),
          "mcullm -v flash ... shows all that avrdude says"};
}

// Once, from reset to reset.
static auto attempt(const AgentPlan& plan, const AgentJob& job, const ProgressFn& progress) -> Result<Ok> {
  AvrdudeProgress bars(plan.bytes, progress);
  const auto run = run_program(
      plan.commands.front(),
      [&](std::string_view text) {
        bars.feed(text);
        if (job.on_output) job.on_output(text);
      },
      job.cancel);
  if (!run) return run.error();
  if (run->exit_code == 0) return Ok{};
  return avrdude_error(job.port, run->exit_code, run->output);
}

// The boot loader listens for a second after the reset; a busy computer may come too late for that.
auto program_by_avrdude(const AgentJob& job, const ProgressFn& progress) -> Result<Ok> {
  const auto plan = plan_avrdude(job);
  if (!plan) return plan.error();
  for (int attempts = 1;; ++attempts) {
    auto done = attempt(*plan, job, progress);
    if (done || done.error().exit != Exit::no_device || attempts == most_attempts) return done;
  }
}

}  // namespace mcullm::flash

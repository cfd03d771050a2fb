// SPDX-License-Identifier: MIT
#include "flash/dfu.hpp"

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/run_program.hpp"

namespace mcullm::flash {

namespace {

using Command = std::vector<std::string>;

constexpr double bytes_per_second =
    25'000;  // erasing included: DS8626 table 40, 16 KB in 0.25 s, 16 us a word
constexpr std::uint64_t transfer_bytes = 2048;  // of a DFU block (AN3156)

auto address_of_model(const boards::Board& board) -> std::uint64_t {
  return board.flashing.base + board.agent.model_offset;
}

// One run for each piece: between them the flash keeps what it has. The last one starts the agent.
auto dfu_util(const AgentJob& job, const std::string& tool) -> std::vector<Command> {
  const auto run = [&](std::uint64_t address, const char* leave, const std::filesystem::path& file) {
    return Command{
        tool, "-d",         "0483:df11", "-a", "0", "-s", fmt::format("0x{:08x}{}", address, leave),
        "-D", file.string()};
  };
  std::vector<Command> commands;
  if (!job.image.empty()) commands.push_back(run(address_of_model(job.board), "", job.image_file));
  commands.push_back(run(job.board.flashing.base, ":leave", job.agent));
  return commands;
}

auto openocd(const AgentJob& job, const std::string& tool) -> std::vector<Command> {
  Command command = {tool, "-f", "interface/stlink.cfg", "-f", "target/stm32f4x.cfg"};
  const auto program = [&](const std::filesystem::path& file, std::uint64_t address, const char* then) {
    command.insert(command.end(),
                   {"-c", fmt::format("program {{{}}} 0x{:08x} verify{}", file.string(), address, then)});
  };
  if (!job.image.empty()) program(job.image_file, address_of_model(job.board), "");
  program(job.agent, job.board.flashing.base, " reset exit");
  return {command};
}

auto commands_of(const AgentJob& job) -> Result<std::vector<Command>> {
  const auto dfu = program_in_path("dfu-util"), ocd = program_in_path("openocd");
  if (job.tool == "openocd" ? !ocd : job.tool == "dfu-util" ? !dfu : !dfu && !ocd)
    return Error{Exit::no_device,
                 fmt::format("{} not installed; it puts the agent on the chip",
                             job.tool.empty() ? "neither dfu-util nor openocd is" : job.tool + " is"),
                 fmt::format("sudo apt-get install {}", job.tool.empty() ? "dfu-util" : job.tool)};
  if (job.tool == "openocd" || !dfu) return openocd(job, ocd->string());
  return dfu_util(job, dfu->string());
}

auto contains(const std::string& text, const char* part) -> bool {
  return text.find(part) != std::string::npos;
}

auto explain(const Command& command, const ProgramRun& run) -> Error {
  if (contains(run.output, "No DFU capable USB device"))
    return {Exit::no_device, "no STM32 in DFU mode is there",
            "hold BOOT0 while you press reset, or use an ST-Link: --tool openocd"};
  if (contains(run.output, "open failed") || contains(run.output, "No device found"))
    return {Exit::no_device, "openocd finds no ST-Link",
            "plug it in; without one: --tool dfu-util and BOOT0"};
  if (contains(run.output, "Cannot open DFU device") || contains(run.output, "LIBUSB_ERROR_ACCESS"))
    return {Exit::no_device, "the STM32 is there and you may not open it",
            "mcullm doctor --udev tells the rule that helps"};
  if (contains(run.output, "Verify Failed") || contains(run.output, "checksum mismatch"))
    return {Exit::mismatch, "the flash does not hold what openocd wrote", "flash once more"};
  return {Exit::link, fmt::format("{} ended with code {}", command.front(), run.exit_code),
          "mcullm -v flash ... shows all that it says"};
}

}  // namespace

auto plan_dfu(const AgentJob& job) -> Result<AgentPlan> {
  const auto agent = read_file(job.agent, 1U << 26);
  if (!agent) return agent.error();
  const auto& board = job.board;
  const auto room = job.image.empty() ? board.memory.flash_bytes : board.agent.model_offset;
  if (agent->size() > room || board.agent.model_offset + job.image.size() > board.memory.flash_bytes)
    return Error{Exit::refused,
                 fmt::format("agent ({} bytes) and model ({} bytes) do not fit the flash of {}",
                             agent->size(), job.image.size(), board.id),
                 "mcullm plan tells what fits"};
  auto commands = commands_of(job);
  if (!commands) return commands.error();
  AgentPlan plan;
  plan.block_bytes = transfer_bytes;
  plan.pieces.push_back({"agent", board.flashing.base, agent->size()});
  if (!job.image.empty()) plan.pieces.push_back({"model", address_of_model(board), job.image.size()});
  plan.bytes = agent->size() + job.image.size();
  plan.seconds = static_cast<double>(plan.bytes) / bytes_per_second;
  plan.commands = std::move(*commands);
  return plan;
}

auto program_by_dfu(const AgentJob& job, const ProgressFn& progress) -> Result<Ok> {
  const auto plan = plan_dfu(job);
  if (!plan) return plan.error();
  std::uint64_t done = 0;
  for (const auto& command : plan->commands) {
    const auto run = run_program(command, job.on_output, job.cancel);
    if (!run) return run.error();
    if (run->exit_code != 0) return explain(command, *run);
    progress({"writing agent and model", ++done, plan->commands.size(), "steps"});
  }
  return Ok{};
}

}  // namespace mcullm::flash

// SPDX-License-Identifier: MIT
#include "sim/qemu_boards.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "base/installed_file.hpp"
#include "base/run_program.hpp"

namespace mcullm::sim {

namespace {

struct QemuBoard {
  const char* emulator;
  const char* package;  // of Debian, that has it
  std::vector<std::string> machine;
  const char* agent;
  std::uint32_t entropy_at;  // the word that makes each start another one (device/port/bare_metal/entropy.c)
  std::uint32_t model_at;    // where the agent looks for a model
};

// A comma ends an option's value; two are one.
auto option_value(const std::string& text) -> std::string {
  std::string value;
  for (const char c : text) value.append(c == ',' ? 2 : 1, c);
  return value;
}

// A shell starts the emulator to hand it its own process number, which no other start of this board has.
auto qemu_command(const QemuBoard& board, const BoardOptions& options) -> Result<std::vector<std::string>> {
  if (!program_in_path(board.emulator)) {
    return Error{Exit::no_device, fmt::format("{} is not installed", board.emulator),
                 fmt::format("apt-get install {}", board.package)};
  }
  const auto agent = find_installed(board.agent);
  if (!agent) return agent.error();
  std::vector<std::string> command = {
      "/bin/sh", "-c",
      fmt::format("exec \"$@\" -device loader,addr={:#x},data=$$,data-len=4", board.entropy_at), "sh",
      board.emulator};
  command.insert(command.end(), board.machine.begin(), board.machine.end());
  const std::vector<std::string> common = {"-kernel",  agent->string(), "-serial",    "/dev/tty",
                                           "-display", "none",          "-monitor",   "none",
                                           "-icount",  "shift=0",       "-nodefaults"};
  command.insert(command.end(), common.begin(), common.end());
  if (!options.model.empty()) {
    command.insert(command.end(),
                   {"-device", fmt::format("loader,file={},addr={:#x},force-raw=on",
                                           option_value(options.model.string()), board.model_at)});
  }
  return command;
}

}  // namespace

auto musca_b1_command(const BoardOptions& options) -> Result<std::vector<std::string>> {
  return qemu_command({.emulator = "qemu-system-arm",
                       .package = "qemu-system-arm",
                       .machine = {"-M", "musca-b1"},
                       .agent = "agent-musca-b1.elf",
                       .entropy_at = 0x3007fff8,
                       .model_at = 0x10010000},
                      options);
}

}  // namespace mcullm::sim

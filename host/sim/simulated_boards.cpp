// SPDX-License-Identifier: MIT
#include "sim/simulated_boards.hpp"

#include <fmt/format.h>

#include <array>
#include <csignal>

#include "base/installed_file.hpp"
#include "base/suggestion.hpp"
#include "sim/qemu_boards.hpp"

namespace mcullm::sim {

namespace {

auto native_command(const BoardOptions& options) -> Result<std::vector<std::string>> {
  const auto agent = find_installed("mcullm-agent-posix");
  if (!agent) return agent.error();
  return std::vector<std::string>{agent->string(), "--store", options.store.string()};
}

// The store is the image of the SD card.
auto uno_command(const BoardOptions& options) -> Result<std::vector<std::string>> {
  const auto simulator = find_installed("mcullm-sim-uno");
  if (!simulator) return simulator.error();
  const auto program =
      options.empty ? find_installed("optiboot.hex", "install gcc-avr and arduino-core-avr, then build again")
                    : find_installed("agent-atmega328p.elf");
  if (!program) return program.error();
  std::vector<std::string> command = {simulator->string(), options.empty ? "--boot" : "--firmware",
                                      program->string()};
  command.insert(command.end(), {"--sd", options.store.string(), "--sd-create-mib", "64"});
  if (options.realtime) command.emplace_back("--realtime");
  command.insert(command.end(), {"--report", options.report.string()});
  return command;
}

// The store is the whole flash of the board; the agent is copied to it like to its USB drive.
auto pico_with(const std::string& line, const BoardOptions& options) -> Result<std::vector<std::string>> {
  const auto simulator =
      find_installed("sim-pico/main.mjs", "install nodejs and npm, configure and build again");
  if (!simulator) return simulator.error();
  std::vector<std::string> command = {
      "node",     simulator->string(),    "--flash", options.store.string(), "--link", line,
      "--report", options.report.string()};
  if (!options.volume.empty()) command.insert(command.end(), {"--volume", options.volume.string()});
  if (options.empty) return command;
  const auto program =
      options.uf2.empty()
          ? find_installed("agent-rp2040.uf2", "install gcc-arm-none-eabi, configure and build again")
          : Result(options.uf2);
  if (!program) return program.error();
  command.insert(command.end(), {"--firmware", program->string()});
  return command;
}

auto pico_command(const BoardOptions& options) -> Result<std::vector<std::string>> {
  return pico_with("usb", options);
}

auto pico_uart_command(const BoardOptions& options) -> Result<std::vector<std::string>> {
  return pico_with("uart", options);
}

constexpr std::array boards = {
    SimulatedBoard{
        .name = "native", .description = "the agent built for this computer", .command = native_command},
    SimulatedBoard{.name = "uno",
                   .description = "an Arduino Uno with an SD card, simulated",
                   .has_boot_loader = true,
                   .keeps_time = true,
                   .reports = true,
                   .reset_signal = SIGHUP,
                   .command = uno_command},
    SimulatedBoard{.name = "musca-b1",
                   .description = "a Cortex-M33 with 32 MB of flash, by QEMU",
                   .rom = true,
                   .command = musca_b1_command},
    SimulatedBoard{.name = "stm32f405",
                   .description = "an STM32F405, Cortex-M4, by QEMU",
                   .rom = true,
                   .command = stm32f405_command},
    SimulatedBoard{.name = "microbit",
                   .description = "a BBC micro:bit, Cortex-M0, by QEMU",
                   .rom = true,
                   .command = microbit_command},
    SimulatedBoard{.name = "rv32", .description = "a RISC-V core, rv32imc, by QEMU", .command = rv32_command},
    SimulatedBoard{.name = "rv32-zb",
                   .description = "a RISC-V core, rv32imac with bit manipulation, by QEMU",
                   .command = rv32_zb_command},
    SimulatedBoard{.name = "xtensa",
                   .description = "an lx106, the core of the ESP8266, by QEMU",
                   .command = xtensa_command},
    SimulatedBoard{.name = "pico",
                   .description = "a Raspberry Pi Pico, simulated by rp2040js",
                   .has_boot_loader = true,
                   .reports = true,
                   .has_drive = true,
                   .command = pico_command},
    SimulatedBoard{.name = "pico-uart",
                   .description = "the same, by its serial pins instead of USB",
                   .has_boot_loader = true,
                   .reports = true,
                   .has_drive = true,
                   .command = pico_uart_command},
};

}  // namespace

auto simulated_boards() -> std::span<const SimulatedBoard> { return boards; }

auto names_of_simulated_boards() -> std::string {
  std::string names;
  for (const auto& board : boards) names += fmt::format("{}sim:{}", names.empty() ? "" : ", ", board.name);
  return names;
}

auto find_simulated_board(const std::string& name) -> Result<const SimulatedBoard*> {
  for (const auto& board : boards) {
    if (board.name == name) return &board;
  }
  std::vector<std::string> names;
  for (const auto& board : boards) names.emplace_back(board.name);
  const auto meant = nearest(name, names);
  return Error{Exit::usage, fmt::format("sim:{}: no such simulated board", name),
               fmt::format("{}there is {}", meant ? fmt::format("did you mean 'sim:{}'? ", *meant) : "",
                           names_of_simulated_boards())};
}

}  // namespace mcullm::sim

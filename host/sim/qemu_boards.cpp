// SPDX-License-Identifier: MIT
#include "sim/qemu_boards.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/installed_file.hpp"
#include "base/run_program.hpp"

namespace mcullm::sim {

namespace fs = std::filesystem;

namespace {

using Arguments = std::vector<std::string>;

struct QemuBoard {
  const char* emulator;
  const char* package;  // of Debian, that has it
  Arguments machine;
  const char* agent;
  std::uint32_t entropy_at;       // the word that makes each start another one (port/bare_metal/entropy.c)
  std::uint32_t model_at = 0;     // where the agent looks for a model, if its store is a ROM,
  std::uint32_t model_bytes = 0;  // and how much of it is there
  std::uint32_t flash_bytes = 0;  // of the flash bank that is the store, if it is not a ROM
  int flash_unit = 0;
};

// A comma ends an option's value; two are one.
auto option_value(const std::string& text) -> std::string {
  std::string value;
  for (const char c : text) value.append(c == ',' ? 2 : 1, c);
  return value;
}

// A new flash is made with the model in it. The emulator wants its whole length, most of which takes no room
// on the disk.
auto make_flash(const fs::path& flash, const fs::path& model, std::uint32_t bytes) -> Result<Ok> {
  std::error_code error;
  if (fs::exists(flash, error)) return Ok{};
  if (model.empty())
    std::ofstream(flash, std::ios::binary).close();
  else
    fs::copy_file(model, flash, error);
  if (!error) fs::permissions(flash, fs::perms::owner_write, fs::perm_options::add, error);
  if (!error && fs::file_size(flash, error) < bytes) fs::resize_file(flash, bytes, error);
  if (!error) return Ok{};
  return Error{Exit::input,
               fmt::format("cannot make the flash of the board, {}: {}", flash.string(), error.message()),
               ""};
}

// The emulator would end at once, without a word to the board's line.
auto check_room(const QemuBoard& board, const fs::path& model) -> Result<Ok> {
  const std::uint32_t room = board.flash_bytes != 0 ? board.flash_bytes : board.model_bytes;
  std::error_code error;
  const auto size = model.empty() ? 0 : fs::file_size(model, error);
  if (error || size <= room) return Ok{};
  return Error{
      Exit::refused,
      fmt::format("{} has {} bytes, the flash of the board has room for {}", model.string(), size, room),
      "mcullm plan tells which boards hold a model"};
}

// What brings the model to where the agent looks for it.
auto storage_arguments(const QemuBoard& board, const BoardOptions& options) -> Result<Arguments> {
  if (auto fits = check_room(board, options.model); !fits) return fits.error();
  if (board.flash_bytes != 0) {
    if (auto made = make_flash(options.store, options.model, board.flash_bytes); !made) return made.error();
    return Arguments{"-drive", fmt::format("if=pflash,unit={},format=raw,file={}", board.flash_unit,
                                           option_value(options.store.string()))};
  }
  if (options.model.empty()) return Arguments{};
  return Arguments{"-device", fmt::format("loader,file={},addr={:#x},force-raw=on",
                                          option_value(options.model.string()), board.model_at)};
}

// A shell starts the emulator to hand it its own process number, which no other start of this board has.
auto qemu_command(const QemuBoard& board, const BoardOptions& options) -> Result<Arguments> {
  if (!program_in_path(board.emulator)) {
    return Error{Exit::no_device, fmt::format("{} is not installed", board.emulator),
                 fmt::format("apt-get install {}", board.package)};
  }
  const auto agent = find_installed(board.agent);
  if (!agent) return agent.error();
  const auto storage = storage_arguments(board, options);
  if (!storage) return storage.error();
  Arguments command = {
      "/bin/sh", "-c",
      fmt::format("exec \"$@\" -device loader,addr={:#x},data=$$,data-len=4", board.entropy_at), "sh",
      board.emulator};
  // with a second flash bank, -kernel would be kept for a firmware in it
  const auto program = board.flash_unit != 0
                           ? Arguments{"-device", "loader,file=" + option_value(agent->string())}
                           : Arguments{"-kernel", agent->string()};
  const Arguments common = {"-serial", "/dev/tty", "-display", "none",       "-monitor",
                            "none",    "-icount",  "shift=0",  "-nodefaults"};
  for (const auto* part : {&board.machine, &program, &common, &*storage})
    command.insert(command.end(), part->begin(), part->end());
  return command;
}

auto rv32(const char* agent, const char* cpu, const BoardOptions& options) -> Result<Arguments> {
  return qemu_command({.emulator = "qemu-system-riscv32",
                       .package = "qemu-system-misc",
                       .machine = {"-M", "virt", "-bios", "none", "-cpu", cpu},
                       .agent = agent,
                       .entropy_at = 0x8008fff8,
                       .flash_bytes = 32U << 20,
                       .flash_unit = 1},
                      options);
}

}  // namespace

auto musca_b1_command(const BoardOptions& options) -> Result<Arguments> {
  return qemu_command({.emulator = "qemu-system-arm",
                       .package = "qemu-system-arm",
                       .machine = {"-M", "musca-b1"},
                       .agent = "agent-musca-b1.elf",
                       .entropy_at = 0x3007fff8,
                       .model_at = 0x10010000,
                       .model_bytes = (32U << 20) - (64U << 10)},
                      options);
}

auto stm32f405_command(const BoardOptions& options) -> Result<Arguments> {
  return qemu_command({.emulator = "qemu-system-arm",
                       .package = "qemu-system-arm",
                       .machine = {"-M", "netduinoplus2"},
                       .agent = "agent-stm32f405.elf",
                       .entropy_at = 0x2001fff8,
                       .model_at = 0x08020000,
                       .model_bytes = 896U << 10},
                      options);
}

auto xtensa_command(const BoardOptions& options) -> Result<Arguments> {
  return qemu_command({.emulator = "qemu-system-xtensa",
                       .package = "qemu-system-misc",
                       .machine = {"-M", "lx60-nommu", "-cpu", "lx106"},
                       .agent = "agent-xtensa.elf",
                       .entropy_at = 0x3fffbff8,
                       .flash_bytes = 4U << 20},
                      options);
}

auto microbit_command(const BoardOptions& options) -> Result<Arguments> {
  return qemu_command({.emulator = "qemu-system-arm",
                       .package = "qemu-system-arm",
                       .machine = {"-M", "microbit"},
                       .agent = "agent-microbit.elf",
                       .entropy_at = 0x20003ff8,
                       .model_at = 0x00020000,
                       .model_bytes = 128U << 10},
                      options);
}

// What a chip of this class lacks is off, so that it would be missed.
auto rv32_command(const BoardOptions& options) -> Result<Arguments> {
  return rv32("agent-rv32.elf", "rv32,a=off,f=off,d=off,zba=off,zbb=off,zbc=off,zbs=off", options);
}

auto rv32_zb_command(const BoardOptions& options) -> Result<Arguments> {
  return rv32("agent-rv32-zb.elf", "rv32,f=off,d=off,zba=on,zbb=on,zbs=on", options);
}

}  // namespace mcullm::sim

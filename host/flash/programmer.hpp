// SPDX-License-Identifier: MIT
// How the agent gets onto a chip that has none: one way per family of boards, each in a file of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "base/run_program.hpp"
#include "boards/board.hpp"

namespace mcullm::flash {

struct AgentJob {
  boards::Board board;
  std::filesystem::path agent;  // the file that is put there
  std::string port;             // a serial port or a pty; a way that needs none ignores it
  int rate_baud = 0;            // of the boot loader; 0: the usual one
  // A way that can takes the model in the same go.
  std::vector<std::byte> image{};
  std::filesystem::path image_file{};  // where it was read from
  std::filesystem::path volume{};      // of a board that shows one; empty: found by its label
  std::string tool{};  // "dfu-util" or "openocd" for a board that both can write; empty: either
  const std::atomic<bool>* cancel = nullptr;
  OutputFn on_output{};  // what a tool says while it works
};

// Bytes that go to one place of the chip's memory.
struct PlannedPiece {
  const char* what = "";  // "agent", "model"
  std::uint64_t address = 0, bytes = 0;
};

struct AgentPlan {
  std::uint64_t bytes = 0;                           // of the program, and of the model where it goes along
  std::uint64_t block_bytes = 0;                     // what the chip writes at once
  double seconds = 0;                                // estimated, verification included
  std::vector<PlannedPiece> pieces{};                // where they are known
  std::vector<std::vector<std::string>> commands{};  // of the tool that will run, if one will
};

struct Programmer {
  boards::FlashMethod method;  // of the boards that it is for
  const char* way;             // "avrdude, through the boot loader"
  bool takes_image = false;    // writes AgentJob::image as well
  bool needs_port = false;     // a serial port to write through
  // Looks at the file and the tools, and changes nothing.
  Result<AgentPlan> (*plan)(const AgentJob& job);
  // Writes the agent and compares what was written.
  Result<Ok> (*program)(const AgentJob& job, const ProgressFn& progress);
};

// Exit::usage when there is no way to flash that board.
auto find_programmer(const boards::Board& board) -> Result<const Programmer*>;

}  // namespace mcullm::flash

// SPDX-License-Identifier: MIT
// Runs mcullm-sim-uno as a process and collects what it leaves.
#pragma once

#include <termios.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace uno {

using Arguments = std::vector<std::string>;

// A new folder that disappears with this object.
class Folder {
 public:
  Folder();
  ~Folder();
  auto operator/(const std::string& name) const -> std::string { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

auto firmware(const std::string& name) -> std::string;

// A running program with pipes to its three streams. Killed when this object goes.
class Process {
 public:
  // `input` (less than a pipe holds, 64 KB) waits for the program when it starts: however busy this computer
  // is, no byte of it is late.
  explicit Process(const Arguments& command, const std::string& input = "");
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void write(const std::string& bytes);
  void close_input();
  // Reads from stdout until `count` bytes are there or time is up.
  auto read(std::size_t count, std::chrono::milliseconds limit = std::chrono::seconds(10)) -> std::string;
  auto read_error_line(std::chrono::milliseconds limit = std::chrono::seconds(10)) -> std::string;
  void signal(int number) const;
  // The exit code, or -1 when it had to be killed.
  auto wait(std::chrono::milliseconds limit = std::chrono::seconds(20)) -> int;
  // Processor time used so far.
  auto cpu_seconds() const -> double;

 private:
  int pid_ = -1, in_ = -1, out_ = -1, error_ = -1;
};

// A pseudo terminal, opened as a host would.
class Port {
 public:
  explicit Port(const std::string& path);
  ~Port();
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  void set_speed(speed_t speed);
  void write(const std::string& bytes);
  auto read(std::size_t count, std::chrono::milliseconds limit = std::chrono::seconds(5)) -> std::string;

 private:
  int fd_;
};

struct Outcome {
  int exit_code;
  std::string output;  // of the serial line
  nlohmann::json report;
  std::vector<std::pair<std::uint64_t, int>> marks;  // cycle, value

  auto mark_values() const -> std::vector<int>;
  // The cycle of the first mark with that value.
  auto cycle_of(int value) const -> std::uint64_t;
};

// One run from power-on to its end, with `input` on the serial line, which then ends.
auto run(Arguments arguments, const std::string& input = "") -> Outcome;

}  // namespace uno

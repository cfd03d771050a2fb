// SPDX-License-Identifier: MIT
// A program that runs beside this one.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace mcullm {

// What the program begins with: descriptors as its standard streams (-1: it shares ours), and more.
struct ChildSetup {
  int in = -1, out = -1, error = -1;
  int terminal = -1;       // becomes its controlling terminal: a hang-up ends the program
  int ignored_signal = 0;  // until the program asks for it; 0: none
};

class ChildProcess {
 public:
  // argv[0] is found as execvp finds it. The program is in a session of its own, so that Ctrl-C in our
  // terminal is not for it, and gets SIGTERM when we end. Exit::no_device when it cannot be started.
  static auto start(const std::vector<std::string>& argv, const ChildSetup& setup) -> Result<ChildProcess>;

  ChildProcess(ChildProcess&& other) noexcept;
  auto operator=(ChildProcess&& other) noexcept -> ChildProcess&;
  ~ChildProcess() { kill(); }

  void signal(int number) const;
  // Its exit code, or 128 and the signal that ended it; nothing when it still runs after `limit`.
  auto wait(std::chrono::milliseconds limit) -> std::optional<int>;
  // At once, with what it started.
  void kill();

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}

  static constexpr pid_t none = -1;
  pid_t pid_ = none;
};

}  // namespace mcullm

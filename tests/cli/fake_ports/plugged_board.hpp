// SPDX-License-Identifier: MIT
// Boards that seem to be plugged in: agents of this computer behind ptys, which the program under test finds
// where libserialport lists ports (fake_serialport.c).
#pragma once

#include <sys/types.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "cli/program.hpp"

namespace mcullm::tests {

// An agent behind a pty, as a port: it waits for whoever opens the pty, one after another.
class PluggedBoard {
 public:
  // Options of mcullm-agent-posix.
  explicit PluggedBoard(std::vector<std::string> agent_options = {});
  ~PluggedBoard();
  PluggedBoard(const PluggedBoard&) = delete;
  auto operator=(const PluggedBoard&) -> PluggedBoard& = delete;

  auto path() const -> const std::string& { return path_; }

 private:
  void carry();  // bytes, both ways

  std::string path_;
  int line_ = -1, agent_line_ = -1;
  pid_t agent_ = -1;
  std::atomic<bool> unplugged_ = false;
  std::thread carrier_;
};

// What the program sees as ports while this exists.
class PortList {
 public:
  PortList();
  // Ids in hexadecimal, "0" when it is not USB.
  void add(const std::string& path, const std::string& vendor, const std::string& product,
           const std::string& serial = "", const std::string& name = "");

 private:
  ScratchFolder scratch_;
  Variable list_, preload_, asan_;
};

}  // namespace mcullm::tests

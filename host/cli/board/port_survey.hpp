// SPDX-License-Identifier: MIT
// What is plugged in: the serial ports, what they may be, who uses them, and what answers there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "boards/usb_match.hpp"
#include "cli/board/agent_found.hpp"
#include "cli/command.hpp"
#include "link/serial_ports.hpp"

namespace mcullm::cli {

struct PortFinding {
  link::SerialPort port;
  std::vector<boards::UsbMatch> matches;
  std::vector<link::PortHolder> holders;
  bool accessible = false;
  std::optional<AgentFound> agent;
  std::string silent;  // why there is no agent: not asked, no access, no answer; empty when there is one
};

// Without asking anybody anything.
auto find_ports(const boards::BoardRegister& known) -> std::vector<PortFinding>;

// May this port be opened, to ask whether an agent is there? Not where another program works with it, and not
// where an unknown device would get bytes that it does not understand. The reason, or nothing.
auto reason_not_to_ask(const PortFinding& finding) -> std::optional<std::string>;

// Says HELLO where that is allowed, to all of them at once; a board may restart when its port opens.
void ask_ports(std::vector<PortFinding>& findings, int rate_baud, CommandContext& context);

// "uno", "pico?", "CH340 serial bridge": the agent's word, else what the USB ids tell.
auto board_text(const PortFinding& finding, const boards::BoardRegister& known) -> std::string;
// "agent 1a2b3c4d, tales260k runs", or why there is none.
auto state_text(const PortFinding& finding) -> std::string;

}  // namespace mcullm::cli

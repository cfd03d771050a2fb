// SPDX-License-Identifier: MIT
// What the doctor looks at: collected by the command (cli/doctor), or written down by a test.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boards/usb_match.hpp"
#include "link/serial_ports.hpp"
#include "proto/message.h"

namespace mcullm::doctor {

struct AgentFacts {
  mcl_hello_t hello{};
  std::string board;  // id in the register; empty: it has no such board
  std::optional<std::uint32_t>
      expected_build;         // of the agent that this tool would flash; none: not built here
  std::string model_name;     // of the image that runs; empty: it does not tell
  std::string stored_damage;  // a section whose CRC is not that of the header; empty: all are
};

struct PortFacts {
  std::string path;
  bool usb = false;
  int usb_vendor = 0, usb_product = 0;
  std::vector<boards::UsbMatch> matches;
  bool accessible = false;
  std::string group;  // that may open it; empty: none but root
  std::vector<link::PortHolder> holders;
  std::optional<AgentFacts> agent;
  std::optional<Error> silent;  // why no agent answered, when it was asked
};

// A chip that shows its boot loader's volume.
struct VolumeFacts {
  std::string label, device, board;
};

struct ProgramFacts {
  std::string name, package, purpose;
  bool found = false;
};

struct SimulatorFacts {
  std::string port;            // "sim:uno"
  std::optional<Error> lacks;  // what keeps it from being started
};

struct ModelFacts {
  std::string file, name;
  std::uint32_t header_crc = 0;
};

struct Facts {
  std::optional<Error> config;  // what is wrong with it
  std::string user;
  bool root = false;
  std::vector<std::string> groups;  // of this process
  bool modem_manager = false;       // runs
  bool rules_installed = false;     // our udev rules
  std::vector<PortFacts> ports;
  std::vector<VolumeFacts> volumes;
  std::vector<ProgramFacts> programs;
  std::vector<SimulatorFacts> simulators;
  std::optional<ModelFacts> model;  // that the board should run, when one was named
};

}  // namespace mcullm::doctor

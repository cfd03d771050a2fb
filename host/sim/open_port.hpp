// SPDX-License-Identifier: MIT
// From what --port says to a line with a board at its other end.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "link/serial_transport.hpp"
#include "link/transport.hpp"
#include "trace/recorder.hpp"

namespace mcullm::sim {

struct PortOptions {
  std::string fault{};            // of the line, as link::parse_fault_spec reads it; empty: none
  std::filesystem::path store{};  // simulated boards: file that keeps the flash; empty: forgotten at the end
  std::filesystem::path model{};  // simulated boards: found in a flash that begins with this start, where the
                                  // board can begin with one; empty: none
  int rate_baud = link::fast_rate_baud;  // serial ports
};

// Does --port name a simulated board?
auto is_simulated(const std::string& spec) -> bool;

// Does a program of some computer play the board, so that no time it tells was measured on a chip? "sim:",
// "exec:", what is behind a pty, and recordings of these.
auto is_played(const std::string& spec) -> bool;

// "/dev/..." a serial port or a pty; "id:SERIAL" the port of the USB device with this serial number;
// "sim:NAME" a simulated board, started here and ended with the line, with its options behind commas
// ("sim:uno,store=card.img"); "exec:COMMAND" any program that talks the wire protocol on its standard input
// and output (a shell runs the command); "replay:FILE" a board that answers from a recording, each time from
// the next of its lines. Exit::usage for anything else, Exit::no_device when it cannot be opened or started.
auto open_port(const std::string& spec, const PortOptions& options = {})
    -> Result<std::unique_ptr<link::Transport>>;

// Every line that is opened from now on is recorded: this is the one door that lines come through, and no
// command can forget it. Null ends it.
void record_ports(std::shared_ptr<trace::Recorder> recorder);
// A note in the recording; nothing without one.
void note_in_recording(std::string_view key, std::string_view text);

// Why the recording is not complete, as on a full disk; empty when it is, or when there is none.
auto recording_loss() -> std::string;

}  // namespace mcullm::sim

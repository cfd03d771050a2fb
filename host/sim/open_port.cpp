// SPDX-License-Identifier: MIT
#include "sim/open_port.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "link/faulty_transport.hpp"
#include "link/process_transport.hpp"
#include "link/serial_ports.hpp"
#include "link/serial_transport.hpp"
#include "link/tty_transport.hpp"
#include "sim/board_command.hpp"
#include "trace/replay.hpp"

namespace mcullm::sim {

namespace {

using Line = std::unique_ptr<link::Transport>;

auto open_simulated(const std::string& text, const PortOptions& options) -> Result<Line> {
  auto parsed = parse_simulated_port(text);
  if (!parsed) return parsed.error();
  auto& [board, board_options] = *parsed;
  if (board_options.store.empty()) board_options.store = options.store;
  if (board_options.model.empty()) board_options.model = options.model;
  auto command = board_command(*board, board_options);
  if (!command) return command.error();
  return link::start_process(std::move(command->argv), fmt::format("sim:{}", board->name),
                             std::move(command->files));
}

auto is_replay(const std::string& spec) -> bool { return spec.starts_with("replay:"); }

auto recording_of(const std::string& spec) -> Result<trace::Recording> {
  return trace::read_recording(spec.substr(std::string_view("replay:").size()));
}

auto open_replay(const std::string& spec) -> Result<Line> {
  static std::map<std::string, std::size_t> opened;  // lines of each recording
  const auto recording = recording_of(spec);
  if (!recording) return recording.error();
  return trace::replay_recording(*recording, opened[spec]++, spec);
}

auto& recorder_of_ports() {
  static std::shared_ptr<trace::Recorder> recorder;
  return recorder;
}

auto open_line(const std::string& spec, const PortOptions& options) -> Result<Line> {
  if (is_simulated(spec)) return open_simulated(spec.substr(4), options);
  if (spec.starts_with("exec:")) {
    const auto command = spec.substr(5);
    if (command.empty()) return Error{Exit::usage, "--port exec: without a command", ""};
    return link::start_process({"/bin/sh", "-c", command}, spec);
  }
  if (is_replay(spec)) return open_replay(spec);
  if (spec.starts_with("id:")) {
    const auto path = link::port_of_serial_number(spec.substr(3));
    return path ? link::open_serial(*path, options.rate_baud) : Result<Line>(path.error());
  }
  if (spec.find('/') == std::string::npos) {
    if (spec.starts_with("tty"))
      return Error{Exit::usage, fmt::format("--port {}: not a port", spec),
                   fmt::format("did you mean --port /dev/{}?", spec)};
    return Error{
        Exit::usage, fmt::format("--port {}: not a port", spec),
        fmt::format("write a device such as /dev/ttyACM0, id:SERIAL, a simulated board ({}), or exec:COMMAND",
                    names_of_simulated_boards())};
  }
  return link::is_serial_port(spec) ? link::open_serial(spec, options.rate_baud) : link::open_tty(spec);
}

}  // namespace

auto is_simulated(const std::string& spec) -> bool { return spec.starts_with("sim:"); }

auto is_played(const std::string& spec) -> bool {
  if (is_replay(spec)) {
    const auto recording = recording_of(spec);
    // a recording of a replay is not followed: it might name itself
    return recording && std::ranges::any_of(recording->lines, [](const auto& line) {
             return is_replay(line.name) || is_played(line.name);
           });
  }
  std::error_code missing;
  const auto device = std::filesystem::weakly_canonical(spec, missing).string();
  return is_simulated(spec) || spec.starts_with("exec:") || device.starts_with("/dev/pts/");
}

auto open_port(const std::string& spec, const PortOptions& options) -> Result<Line> {
  std::optional<link::FaultSpec> fault;
  if (!options.fault.empty()) {
    const auto parsed = link::parse_fault_spec(options.fault);
    if (!parsed) return parsed.error();
    fault = *parsed;
  }
  auto opened = open_line(spec, options);
  if (!opened) return opened.error();
  auto line = std::move(opened).value();
  if (fault) line = link::make_faulty(std::move(line), *fault);
  if (recorder_of_ports()) line = trace::make_recorded(std::move(line), recorder_of_ports());
  return line;
}

void record_ports(std::shared_ptr<trace::Recorder> recorder) { recorder_of_ports() = std::move(recorder); }

auto recording_loss() -> std::string { return recorder_of_ports() ? recorder_of_ports()->loss() : ""; }

void note_in_recording(std::string_view key, std::string_view text) {
  if (recorder_of_ports()) recorder_of_ports()->note(key, text);
}

}  // namespace mcullm::sim

// SPDX-License-Identifier: MIT
#include "sim/open_port.hpp"

#include <fmt/format.h>

#include <utility>

#include "link/faulty_transport.hpp"
#include "link/process_transport.hpp"
#include "link/serial_ports.hpp"
#include "link/serial_transport.hpp"
#include "link/tty_transport.hpp"
#include "sim/board_command.hpp"

namespace mcullm::sim {

namespace {

using Line = std::unique_ptr<link::Transport>;

auto open_simulated(const std::string& text, const PortOptions& options) -> Result<Line> {
  auto parsed = parse_simulated_port(text);
  if (!parsed) return parsed.error();
  auto& [board, board_options] = *parsed;
  if (board_options.store.empty()) board_options.store = options.store;
  board_options.model = options.model;
  auto command = board_command(*board, board_options);
  if (!command) return command.error();
  return link::start_process(std::move(command->argv), fmt::format("sim:{}", board->name),
                             std::move(command->files));
}

auto open_line(const std::string& spec, const PortOptions& options) -> Result<Line> {
  if (is_simulated(spec)) return open_simulated(spec.substr(4), options);
  if (spec.starts_with("exec:")) {
    const auto command = spec.substr(5);
    if (command.empty()) return Error{Exit::usage, "--port exec: without a command", ""};
    return link::start_process({"/bin/sh", "-c", command}, spec);
  }
  if (spec.starts_with("id:")) {
    const auto path = link::port_of_serial_number(spec.substr(3));
    return path ? link::open_serial(*path, options.rate_baud) : Result<Line>(path.error());
  }
  if (spec.find('/') == std::string::npos) {
    return Error{
        Exit::usage, fmt::format("--port {}: not a port", spec),
        fmt::format("write a device such as /dev/ttyACM0, id:SERIAL, a simulated board ({}), or exec:COMMAND",
                    names_of_simulated_boards())};
  }
  return link::is_serial_port(spec) ? link::open_serial(spec, options.rate_baud) : link::open_tty(spec);
}

}  // namespace

auto is_simulated(const std::string& spec) -> bool { return spec.starts_with("sim:"); }

auto open_port(const std::string& spec, const PortOptions& options) -> Result<Line> {
  if (options.fault.empty()) return open_line(spec, options);
  const auto fault = link::parse_fault_spec(options.fault);
  if (!fault) return fault.error();
  auto line = open_line(spec, options);
  if (!line) return line.error();
  return link::make_faulty(std::move(line).value(), *fault);
}

}  // namespace mcullm::sim

// SPDX-License-Identifier: MIT
#include "sim/open_port.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "link/faulty_transport.hpp"
#include "link/process_transport.hpp"
#include "link/serial_ports.hpp"
#include "link/serial_transport.hpp"
#include "link/tty_transport.hpp"
#include "sim/simulated_boards.hpp"

namespace mcullm::sim {

namespace fs = std::filesystem;

namespace {

using Line = std::unique_ptr<link::Transport>;

// A folder for the flash of a board that nobody wants to keep.
class ScratchFolder {
 public:
  explicit ScratchFolder(fs::path path) : path_(std::move(path)) {}
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  auto operator=(const ScratchFolder&) -> ScratchFolder& = delete;
  auto path() const -> const fs::path& { return path_; }

 private:
  fs::path path_;
};

auto make_scratch() -> Result<std::shared_ptr<const ScratchFolder>> {
  std::error_code error;
  auto name = (fs::temp_directory_path(error) / "mcullm-sim-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr)
    return Error{Exit::input,
                 fmt::format("cannot make a temporary folder {}: {}", name, std::strerror(errno)),
                 "set TMPDIR to a folder that can be written"};
  return std::make_shared<const ScratchFolder>(name);
}

auto names_of_boards() -> std::string {
  std::string names;
  for (const auto& board : simulated_boards())
    names += fmt::format("{}sim:{}", names.empty() ? "" : ", ", board.name);
  return names;
}

auto start_board(const SimulatedBoard& board, const PortOptions& options) -> Result<Line> {
  std::shared_ptr<const ScratchFolder> scratch;
  BoardFiles files{.store = options.store, .model = options.model};
  if (files.store.empty()) {
    auto made = make_scratch();
    if (!made) return made.error();
    scratch = *made;
    files.store = scratch->path() / "flash";
  }
  auto command = board.command(files);
  if (!command) return command.error();
  return link::start_process(std::move(command).value(), fmt::format("sim:{}", board.name), scratch);
}

auto open_simulated(const std::string& name, const PortOptions& options) -> Result<Line> {
  for (const auto& board : simulated_boards()) {
    if (board.name == name) return start_board(board, options);
  }
  return Error{Exit::usage, fmt::format("--port sim:{}: no such simulated board", name),
               fmt::format("there is {}", names_of_boards())};
}

auto open_line(const std::string& spec, const PortOptions& options) -> Result<Line> {
  if (spec.starts_with("sim:")) return open_simulated(spec.substr(4), options);
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
                    names_of_boards())};
  }
  return link::is_serial_port(spec) ? link::open_serial(spec, options.rate_baud) : link::open_tty(spec);
}

}  // namespace

auto open_port(const std::string& spec, const PortOptions& options) -> Result<Line> {
  if (options.fault.empty()) return open_line(spec, options);
  const auto fault = link::parse_fault_spec(options.fault);
  if (!fault) return fault.error();
  auto line = open_line(spec, options);
  if (!line) return line.error();
  return link::make_faulty(std::move(line).value(), *fault);
}

}  // namespace mcullm::sim

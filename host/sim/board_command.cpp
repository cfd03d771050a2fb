// SPDX-License-Identifier: MIT
#include "sim/board_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace mcullm::sim {

namespace fs = std::filesystem;

namespace {

// A folder for the files of a board that nobody wants to keep.
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

auto check_options(const SimulatedBoard& board, const BoardOptions& options) -> Result<Ok> {
  const auto refused = [&](const char* why) {
    return Error{Exit::usage, fmt::format("sim:{} {}", board.name, why), "mcullm sim lists the boards"};
  };
  if (options.empty && !board.has_boot_loader) return refused("has no boot loader: it cannot start empty");
  if (board.rom && !options.store.empty())
    return refused(
        "keeps no store: its flash is made anew at each start, with the model of the command in it");
  if (options.realtime && !board.keeps_time) return refused("has no clock that could be held to real time");
  if ((!options.uf2.empty() || !options.volume.empty()) && !board.has_drive)
    return refused("has no USB drive");
  if (options.empty && board.has_drive && options.volume.empty())
    return refused("needs a folder for the drive of its boot loader when it is empty: --volume FOLDER");
  if (!options.report.empty() && !board.reports) return refused("writes no report");
  return Ok{};
}

auto apply_option(BoardOptions& options, const std::string& text) -> bool {
  if (text == "empty") return options.empty = true;
  if (text == "realtime") return options.realtime = true;
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size()) return false;
  const auto key = text.substr(0, equals), value = text.substr(equals + 1);
  if (key == "store") {
    options.store = value;
  } else if (key == "report") {
    options.report = value;
  } else if (key == "model") {
    options.model = value;
  } else if (key == "uf2") {
    options.uf2 = value;
  } else if (key == "volume") {
    options.volume = value;
  } else {
    return false;
  }
  return true;
}

}  // namespace

auto board_command(const SimulatedBoard& board, BoardOptions options) -> Result<BoardCommand> {
  if (auto known = check_options(board, options); !known) return known.error();
  BoardCommand command;
  // a store that somebody keeps gets its model by an upload
  if (!options.store.empty()) options.model.clear();
  // what nobody asked for goes where nobody sees it
  const bool scratch_store = options.store.empty() && !board.rom;
  const bool scratch_report = board.reports && options.report.empty();
  if (scratch_store || scratch_report) {
    auto made = make_scratch();
    if (!made) return made.error();
    if (scratch_store) options.store = (*made)->path() / "flash";
    if (scratch_report) options.report = (*made)->path() / "report";
    command.files = *made;
  }
  auto argv = board.command(options);
  if (!argv) return argv.error();
  command.argv = std::move(argv).value();
  return command;
}

auto parse_simulated_port(const std::string& text) -> Result<std::pair<const SimulatedBoard*, BoardOptions>> {
  const auto name_end = std::min(text.find(','), text.size());
  const auto board = find_simulated_board(text.substr(0, name_end));
  if (!board) return board.error();
  BoardOptions options;
  for (auto at = name_end; at < text.size();) {
    const auto end = std::min(text.find(',', at + 1), text.size());
    const auto option = text.substr(at + 1, end - at - 1);
    if (!apply_option(options, option))
      return Error{
          Exit::usage, fmt::format("sim:{}: no option '{}'", text, option),
          "there is empty, realtime, store=FILE, model=FILE, uf2=FILE, volume=FOLDER and report=FILE"};
    at = end;
  }
  return std::pair{*board, options};
}

}  // namespace mcullm::sim

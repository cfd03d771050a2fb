// SPDX-License-Identifier: MIT
// Lines from a person or a pipe.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace mcullm::ui {

struct Line {
  enum class Kind { text, end, interrupted } kind = Kind::text;
  std::string text;  // without its newline; of an interrupted line what was typed, where that is known
};

class LineSource {
 public:
  virtual ~LineSource() = default;
  // The prompt is shown to a person only, on stderr. Ctrl-C gives an interrupted line.
  virtual auto read(const std::string& prompt) -> Line = 0;
};

// Standard input: with line editing and history when a person sits at it and the build has libedit. An empty
// path keeps no history.
auto open_standard_input(const std::filesystem::path& history) -> std::unique_ptr<LineSource>;

// Is standard input a terminal?
auto input_is_interactive() -> bool;

// $XDG_STATE_HOME/mcullm/NAME, its folder made; empty when there is no place for it or MCULLM_NOHISTORY is
// set.
auto history_file(const std::string& name) -> std::filesystem::path;

}  // namespace mcullm::ui

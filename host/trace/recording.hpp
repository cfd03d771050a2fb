// SPDX-License-Identifier: MIT
// A recorded conversation (README.md of this folder), read from a file that may be anybody's.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mcullm::trace {

struct Event {
  enum class Kind { sent, received, reset, gone };
  double seconds = 0;  // since the recording began
  Kind kind = Kind::sent;
  std::vector<std::byte> bytes{};  // of `sent` (by the host) and `received`
};

struct Line {
  std::string name;
  std::vector<Event> events{};
  bool closed = false;  // by the command; else the recording was cut off

  auto answered() const -> bool;
};

struct Note {
  double seconds = 0;
  std::string key, text;
};

struct Recording {
  std::string version;               // of the program that made it
  std::vector<std::string> command;  // its command line
  std::vector<Line> lines{};         // in the order in which they were opened
  std::vector<Note> notes{};
};

// `name` is for errors: Exit::input, with the number of the line that is wrong. A last line without its end
// is left out: that is how a crash leaves a file.
auto parse_recording(std::string_view text, const std::string& name) -> Result<Recording>;

auto read_recording(const std::filesystem::path& path) -> Result<Recording>;

}  // namespace mcullm::trace

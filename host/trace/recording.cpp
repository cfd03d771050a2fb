// SPDX-License-Identifier: MIT
#include "trace/recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "trace/hex.hpp"

namespace mcullm::trace {
namespace {

using nlohmann::json;

constexpr auto schema = "mcullm.trace.v1";
// What no recording of ours exceeds.
constexpr std::size_t most_lines = 256, most_text_bytes = std::size_t{1} << 20;
constexpr std::uint64_t most_file_bytes = std::uint64_t{1} << 30;

// A problem in words, or empty.
using Problem = std::string;

auto text_of(const json& object, const char* key) -> std::optional<std::string> {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

// A name appears on terminals.
auto without_controls(std::string text) -> std::string {
  std::ranges::replace_if(text, [](char c) { return (c >= 0 && c < ' ') || c == 127; }, '?');
  return text;
}

class Parser {
 public:
  auto header(const json& object) -> Problem;
  auto record(const json& object) -> Problem;
  auto take() -> Recording { return std::move(recording_); }

 private:
  auto open(const json& object, std::size_t number) -> Problem;
  auto bytes(Line& line, Event::Kind kind, const json& hex) -> Problem;
  auto line_event(const json& object) -> Problem;

  Recording recording_;
  double seconds_ = 0;
};

auto Parser::header(const json& object) -> Problem {
  if (text_of(object, "schema") != schema)
    return fmt::format("not a recording: no \"schema\":\"{}\"", schema);
  recording_.version = text_of(object, "version").value_or("");
  const auto command = object.find("command");
  if (command == object.end() || !command->is_array()) return "the command line is missing";
  for (const auto& word : *command) {
    if (!word.is_string()) return "a word of the command line is not a text";
    recording_.command.push_back(word.get<std::string>());
  }
  return "";
}

auto Parser::open(const json& object, std::size_t number) -> Problem {
  const auto name = text_of(object, "open");
  if (!name) return "\"open\" has no name";
  if (number != recording_.lines.size() + 1) return "lines are opened in order, from 1";
  if (number > most_lines) return fmt::format("more than {} lines", most_lines);
  recording_.lines.push_back({.name = without_controls(*name)});
  return "";
}

auto Parser::bytes(Line& line, Event::Kind kind, const json& hex) -> Problem {
  auto decoded = hex.is_string() ? from_hex(hex.get_ref<const std::string&>()) : std::nullopt;
  if (!decoded) return "bytes are pairs of hexadecimal digits";
  line.events.push_back({seconds_, kind, std::move(*decoded)});
  return "";
}

auto Parser::line_event(const json& object) -> Problem {
  const auto found = object.find("line");
  if (found == object.end() || !found->is_number_unsigned()) return "\"line\" is not a number";
  const auto number = found->get<std::size_t>();
  if (object.contains("open")) return open(object, number);
  if (number < 1 || number > recording_.lines.size()) return fmt::format("line {} is not open", number);
  auto& line = recording_.lines[number - 1];
  if (line.closed) return fmt::format("line {} is closed already", number);
  if (const auto sent = object.find("to"); sent != object.end()) return bytes(line, Event::Kind::sent, *sent);
  if (const auto received = object.find("from"); received != object.end())
    return bytes(line, Event::Kind::received, *received);
  if (object.contains("reset")) {
    line.events.push_back({seconds_, Event::Kind::reset});
  } else if (object.contains("gone")) {
    line.events.push_back({seconds_, Event::Kind::gone});
  } else if (object.contains("close")) {
    line.closed = true;
  } else {
    return "nothing that is known happens here";
  }
  return "";
}

auto Parser::record(const json& object) -> Problem {
  const auto time = object.find("t");
  if (time == object.end() || !time->is_number()) return "\"t\" is not a number of seconds";
  const auto seconds = time->get<double>();
  if (!std::isfinite(seconds) || seconds < seconds_) return "time goes back";
  seconds_ = seconds;
  if (!object.contains("note")) return line_event(object);
  const auto key = text_of(object, "note"), text = text_of(object, "text");
  if (!key || !text) return "a note needs \"note\" and \"text\"";
  recording_.notes.push_back({seconds, *key, *text});
  return "";
}

auto bad(const std::string& name, std::size_t number, const Problem& problem) -> Error {
  return {Exit::input, fmt::format("{}: line {}: {}", name, number, problem),
          number == 1 ? "a recording is made by mcullm --trace FILE COMMAND"
                      : "the file is damaged; ask for it again, or cut it off before this line"};
}

}  // namespace

auto Line::answered() const -> bool {
  return std::ranges::any_of(events, [](const Event& event) { return event.kind == Event::Kind::received; });
}

auto parse_recording(std::string_view text, const std::string& name) -> Result<Recording> {
  Parser parser;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    if (end == std::string_view::npos && number > 0) break;  // cut off while it was written
    const auto row = text.substr(begin, end == std::string_view::npos ? end : end - begin);
    ++number;
    if (row.size() > most_text_bytes) return bad(name, number, "longer than any that is written");
    const auto object = json::parse(row, nullptr, false);
    if (!object.is_object()) return bad(name, number, "not a JSON object");
    const auto problem = number == 1 ? parser.header(object) : parser.record(object);
    if (!problem.empty()) return bad(name, number, problem);
    begin = end == std::string_view::npos ? text.size() : end + 1;
  }
  if (number == 0) return bad(name, 1, "the file is empty");
  return parser.take();
}

auto read_recording(const std::filesystem::path& path) -> Result<Recording> {
  const auto bytes = read_file(path, most_file_bytes);
  if (!bytes) return bytes.error();
  return parse_recording({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path.string());
}

}  // namespace mcullm::trace

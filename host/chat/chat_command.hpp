// SPDX-License-Identifier: MIT
// What a line of a chat asks for: a prompt, or one of the commands that begin with a slash.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "chat/conversation.hpp"

namespace mcullm::chat {

struct ChatCommand {
  enum class Kind { help, reset, set, show_settings, stats, save, load, bye };
  Kind kind = Kind::help;
  std::string argument;  // file of save and load, name of set
  std::string value;     // of set
};

// nullopt: the line is a prompt. Exit::usage for an unknown command or a missing argument.
auto parse_command(std::string_view line) -> Result<std::optional<ChatCommand>>;

// Applies "/set name value". The seed is not part of the settings: it goes to `random_state`.
auto apply_setting(const ChatCommand& command, Settings& settings, std::uint64_t& random_state) -> Result<Ok>;

auto help_text() -> std::string_view;

// Collects the lines of one prompt: """ opens and closes a text of several lines.
class PromptLines {
 public:
  // The prompt, once it is complete.
  auto add(const std::string& line) -> std::optional<std::string>;
  auto open() const -> bool { return open_; }
  void clear() { open_ = false, text_.clear(); }

 private:
  bool open_ = false;
  std::string text_;
};

}  // namespace mcullm::chat

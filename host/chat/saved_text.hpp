// SPDX-License-Identifier: MIT
// A conversation in a file: JSON that a person can read and a program can check.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "chat/conversation.hpp"

namespace mcullm::chat {

struct SavedText {
  std::string model;  // SHA-256 of the source checkpoint and header_crc, as model_key() makes it
  std::string text;   // for people
  std::vector<int> tokens;
  Settings settings;
  std::uint64_t random_state = 1;
};

auto save_text(const std::filesystem::path& path, const SavedText& saved) -> Result<Ok>;

// Exit::input when it is no such text, or of another model than `model`. `name` stands in the messages.
auto parse_text(std::span<const std::byte> bytes, std::string_view name, const std::string& model)
    -> Result<SavedText>;
auto load_text(const std::filesystem::path& path, const std::string& model) -> Result<SavedText>;

}  // namespace mcullm::chat

// SPDX-License-Identifier: MIT
// A conversation in a file: JSON that a person can read and a program can check.
#pragma once

#include <filesystem>
#include <string>
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

// Exit::input when the file is no such text, or of another model than `model`.
auto load_text(const std::filesystem::path& path, const std::string& model) -> Result<SavedText>;

}  // namespace mcullm::chat

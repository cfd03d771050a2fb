// SPDX-License-Identifier: MIT
// The flash between two runs: 32,768 bytes in a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "sim/uno/program.hpp"

namespace mcullm::uno {

class FlashFile {
 public:
  explicit FlashFile(std::filesystem::path path) : path_(std::move(path)) {}

  // What the last run left, as a program; nothing when there is no file yet.
  auto load() -> Result<std::optional<Program>>;
  auto save_if_changed(std::span<const std::uint8_t> flash) -> Result<Ok>;

 private:
  std::filesystem::path path_;
  std::vector<std::byte> saved_;
};

}  // namespace mcullm::uno

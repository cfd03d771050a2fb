// SPDX-License-Identifier: MIT
// The blocks of a card, kept in a file.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "base/result.hpp"

namespace mcullm::uno {

constexpr std::uint32_t block_bytes = 512;
using Block = std::array<std::uint8_t, block_bytes>;

class CardImage {
 public:
  // Opens the file for reading and writing. A missing file is created with `create_mib` MiB of zeros when
  // that is not 0. Fails unless the length is a multiple of 512 KiB, the unit in which a card states its
  // capacity.
  static auto open(const std::filesystem::path& path, std::uint32_t create_mib) -> Result<CardImage>;

  CardImage(CardImage&& other) noexcept;
  CardImage& operator=(CardImage&& other) noexcept;
  ~CardImage();

  auto blocks() const -> std::uint32_t { return blocks_; }
  // false: the file refused. `block` must be below blocks().
  auto read(std::uint32_t block, Block& into) const -> bool;
  auto write(std::uint32_t block, const Block& from) -> bool;

 private:
  CardImage(int fd, std::uint32_t blocks) : fd_(fd), blocks_(blocks) {}
  int fd_;
  std::uint32_t blocks_;
};

}  // namespace mcullm::uno

// SPDX-License-Identifier: MIT
#include "sim/uno/flash_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "sim/uno/simavr.hpp"

namespace mcullm::uno {

auto FlashFile::load() -> Result<std::optional<Program>> {
  if (!std::filesystem::exists(path_)) return std::optional<Program>();
  auto bytes = read_file(path_, flash_bytes);
  if (!bytes) return bytes.error();
  if (bytes->size() != flash_bytes)
    return Error{Exit::input,
                 fmt::format("{}: {} bytes, a flash has {}", path_.string(), bytes->size(), flash_bytes),
                 "remove the file to start with an empty chip"};
  saved_ = *bytes;
  return std::optional(Program{{{0, std::move(*bytes)}}, 0});
}

auto FlashFile::save_if_changed(std::span<const std::uint8_t> flash) -> Result<Ok> {
  const auto bytes = std::as_bytes(flash);
  if (std::ranges::equal(bytes, saved_)) return Ok{};
  saved_.assign(bytes.begin(), bytes.end());
  return write_file(path_, saved_);
}

}  // namespace mcullm::uno

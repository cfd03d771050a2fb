// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace mcullm {

// The whole file. Fails with Exit::input when it is missing, not a regular file, unreadable, or
// longer than `limit_bytes`.
auto read_file(const std::filesystem::path& path, std::uint64_t limit_bytes = std::uint64_t{4} << 30)
    -> Result<std::vector<std::byte>>;

// Writes beside the target and renames, so that a reader never meets half a file. A link stays a link; a
// device or a pipe is written to as it is.
auto write_file(const std::filesystem::path& path, std::span<const std::byte> bytes) -> Result<Ok>;

// No output is an input as well, nor named twice: something would be lost. Exit::usage, with the file. Empty
// paths are files that the user does not want.
auto check_apart(const std::vector<std::filesystem::path>& inputs,
                 const std::vector<std::filesystem::path>& outputs) -> Result<Ok>;

}  // namespace mcullm

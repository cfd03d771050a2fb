// SPDX-License-Identifier: MIT
// Several texts in one file that everybody can open: a compressed tar archive.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace mcullm::report {

struct Entry {
  std::string name;  // at most 100 bytes, relative
  std::string content;
};

// `time` is that of all entries, in seconds since 1970. Exit::internal when the compressor fails.
auto make_tar_gz(const std::vector<Entry>& entries, std::int64_t time) -> Result<std::vector<std::byte>>;

}  // namespace mcullm::report

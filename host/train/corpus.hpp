// SPDX-License-Identifier: MIT
// A training text as a list of stories.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mcullm::train {

struct Corpus {
  std::vector<std::string> stories;  // trimmed, none empty, lines end in \n
};

// Stories are separated by lines that hold only <|endoftext|>, or, where no such line exists, by blank
// lines. `name` stands in the error messages. Refuses an empty text and bytes that no text has.
auto parse_corpus(std::span<const std::byte> bytes, std::string_view name) -> Result<Corpus>;

}  // namespace mcullm::train

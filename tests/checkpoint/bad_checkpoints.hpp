// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "tests/checkpoint/bad_file.hpp"

namespace mcullm::tests {

auto bad_checkpoints() -> std::vector<BadFile>;  // of all versions, called "bad.bin"

inline constexpr int bad_tokenizer_vocab_size = 32;
auto bad_tokenizers() -> std::vector<BadFile>;  // called "tok.bin"

}  // namespace mcullm::tests

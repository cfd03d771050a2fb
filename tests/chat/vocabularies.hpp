// SPDX-License-Identifier: MIT
// Vocabularies to test with, laid out as llama2.c's.
#pragma once

#include <fmt/core.h>

#include <string>
#include <vector>

#include "image/model_image.hpp"

namespace mcullm::test {

inline constexpr int bos = 1;

// <unk>, bos, eos, `bytes` byte pieces, then `pieces`, later ones merged first.
inline auto vocabulary(const std::vector<std::string>& pieces, int bytes = 256) -> std::vector<image::Token> {
  std::vector<image::Token> tokens = {{"<unk>", 0}, {"\n<s>\n", 0}, {"\n</s>\n", 0}};
  for (int b = 0; b < bytes; ++b) tokens.push_back({fmt::format("<0x{:02X}>", b), 0});
  std::uint16_t rank = 1;
  for (const auto& piece : pieces) tokens.push_back({piece, rank++});
  return tokens;
}

}  // namespace mcullm::test

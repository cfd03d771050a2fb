// SPDX-License-Identifier: MIT
// Where a board spends the time of one token.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "image/model_image.hpp"
#include "link/board.hpp"

namespace mcullm::verify {

struct ProfilePart {
  std::string name;
  std::uint64_t ticks = 0;
  std::uint64_t macs = 0;  // multiplications with accumulation; 0 where that is not what it does
};

struct TokenProfile {
  int pos = 0;
  std::uint64_t ticks = 0;           // of the whole token, greedy
  std::vector<ProfilePart> ops;      // as PROFILE counts them (proto/WIRE.md), those without ticks left out
  std::vector<ProfilePart> parts;    // the same as a person thinks of them, and sampling
  std::uint64_t streamed_bytes = 0;  // weights, and keys and values, that the token reads
  link::DeviceStatistics memory;
};

// Runs `pos` tokens of a text that the reference writes, then the one at `pos`, once greedy and once sampled.
// Every state and all logits are compared: Exit::mismatch when one differs.
auto profile_token(link::Board& board, const image::ModelImage& image, int pos, const ProgressFn& progress)
    -> Result<TokenProfile>;

}  // namespace mcullm::verify

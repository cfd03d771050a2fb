// SPDX-License-Identifier: MIT
// Layers and tokens of a board against the integer reference, and the search for the first op that differs.
#pragma once

#include <cstdint>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "image/model_image.hpp"
#include "link/board.hpp"
#include "verify/outcome.hpp"

namespace mcullm::verify {

// Feeds `positions` random residual states to one layer, position after position, and compares every state
// that comes back. A difference is searched down to op and element.
auto check_layer(link::Board& board, const image::ModelImage& image, int layer, int positions,
                 std::uint64_t seed) -> Result<Outcome>;

// proto/ARITHMETIC.md section 10; the default is greedy.
struct SamplerSettings {
  std::uint32_t inv_temperature = 0;
  std::uint32_t top_p = 65536;
};

struct TokenCheck {
  std::vector<int> prompt;  // token ids, at least one; the first is usually bos
  int tokens = 64;          // to run in all, the prompt included; the context ends it earlier
  SamplerSettings sampler;
  std::uint64_t random_state = 1;  // never 0
};

// Runs the prompt and generates on the board. The reference follows and compares the state after the last
// layer of every prompt token, the CRC of all logits of every generated token, and every choice of the
// sampler. Outcome::text stays empty; `tokens_out` receives the sequence.
auto check_tokens(link::Board& board, const image::ModelImage& image, const TokenCheck& check,
                  const ProgressFn& progress, std::vector<int>* tokens_out) -> Result<Outcome>;

}  // namespace mcullm::verify

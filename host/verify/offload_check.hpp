// SPDX-License-Identifier: MIT
// Whole tokens of which a board makes the products, against the integer reference.
#pragma once

#include "base/progress.hpp"
#include "base/result.hpp"
#include "image/model_image.hpp"
#include "link/board.hpp"
#include "offload/board_product.hpp"
#include "verify/model_check.hpp"
#include "verify/outcome.hpp"

namespace mcullm::verify {

// As check_tokens(), but the board holds no model: each product is compared as it comes back, and the state
// and the logits of each token at its end. `count` receives what was multiplied.
auto check_offloaded_tokens(link::Board& board, const image::ModelImage& image, const TokenCheck& check,
                            const ProgressFn& progress, std::vector<int>* tokens_out,
                            offload::ProductCount* count) -> Result<Outcome>;

}  // namespace mcullm::verify

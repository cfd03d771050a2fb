// SPDX-License-Identifier: MIT
// Byte-pair encoding, trained for llama2.c's tokenizer.bin.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "checkpoint/float_model.hpp"
#include "train/corpus.hpp"

namespace mcullm::train {

inline constexpr int smallest_vocab = 128 + 3;
inline constexpr int largest_vocab = 4096;

// Ids 0 <unk>, 1 <s>, 2 </s>, then one id per byte, then characters beyond ASCII that the text uses
// often, then merges with falling scores. The id of a printable byte carries the character itself, so no
// second piece is spent on it. Below 259 pieces only the 128 ASCII bytes have an id, and a text with
// other characters is refused. The same text always gives the same pieces.
auto train_tokenizer(const Corpus& corpus, int vocab_size) -> Result<checkpoint::Vocabulary>;

}  // namespace mcullm::train

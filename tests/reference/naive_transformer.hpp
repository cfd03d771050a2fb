// SPDX-License-Identifier: MIT
// ARITHMETIC.md once more, sentence by sentence, with loops over 128-bit integers and nothing shared with the
// reference: where both agree, neither misread the document in its own way.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "image/model_image.hpp"
#include "proto/message.h"

namespace mcullm::tests {

__extension__ using Int = __int128;
using Ints = std::vector<Int>;

class NaiveTransformer {
 public:
  explicit NaiveTransformer(const image::ModelImage& image) : image_(image) {}

  // Runs a token at the next position; returns the logits.
  auto forward(int token) -> Ints;
  // One layer on x at the next position.
  void run_layer(int layer, Ints& x);

  // Vectors of the last token, by op and layer.
  std::map<std::pair<mcl_op_t, int>, Ints> trace;

 private:
  auto norm(const Ints& x, const std::vector<std::int16_t>& gains, int shift) const -> Ints;
  auto attention(int layer, const Ints& query) -> Ints;

  const image::ModelImage& image_;
  int pos_ = 0;
  std::map<int, std::vector<Ints>> keys_, values_;  // by layer
};

}  // namespace mcullm::tests

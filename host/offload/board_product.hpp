// SPDX-License-Identifier: MIT
// The matrix products of a forward pass, made by a board that need not hold the model: weights and
// activations cross the link, the sums come back. A transformer that is given such a product does the rest
// here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "image/model_image.hpp"
#include "link/board.hpp"
#include "reference/integer_ops.hpp"

namespace mcullm::offload {

// Where a product of the board and one made here part.
struct Difference {
  std::string matrix;  // "wq", as proto/IMAGE.md names it in lower case
  int layer = -1;      // -1: outside the layers
  int row = 0;         // the first that differs
  std::int64_t expected = 0, got = 0;
  std::size_t differing = 0, compared = 0;  // rows
};

// What a product throws: a forward pass has no other way to end early.
struct ProductFailed {
  Error error;
  std::optional<Difference> difference;
};

struct ProductCount {
  std::uint64_t products = 0, multiplications = 0;
  std::uint64_t ticks = 0;  // of the board, for the sums alone
};

class BoardProduct {
 public:
  // `board` is connected. `verify`: every product is compared with the reference's. All must outlive it.
  BoardProduct(link::Board& board, const image::ModelImage& image, bool verify)
      : board_(board), image_(image), verify_(verify) {}

  // acc of proto/ARITHMETIC.md section 2. A board that restarts is met again and the product repeated. Throws
  // ProductFailed.
  auto multiply(const image::Matrix& w, const reference::IntVector& a) -> reference::IntVector;

  auto count() const -> const ProductCount& { return count_; }

 private:
  auto on_board(const image::Matrix& w, const reference::IntVector& a) -> Result<link::MatmulResult>;
  void compare(const image::Matrix& w, const reference::IntVector& a, const reference::IntVector& got) const;

  link::Board& board_;
  const image::ModelImage& image_;
  const bool verify_;
  ProductCount count_;
};

}  // namespace mcullm::offload

// SPDX-License-Identifier: MIT
#include "reference/matmul.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace mcullm::tests {
namespace {

using Cells = std::vector<std::int32_t>;

TEST_CASE("matmul: a product by hand", "[matmul]") {
  REQUIRE(reference::matmul({2, 3, 2}, Cells{1, 2, 3, -4, 5, -6}, Cells{7, 8, 9, 10, 11, 12}) ==
          Cells{58, 64, -49, -54});
}

TEST_CASE("matmul: both modes wrap", "[matmul]") {
  REQUIRE(reference::matmul({1, 2, 1}, Cells{-128, -128}, Cells{-128, -128}) == Cells{32768});
  REQUIRE(reference::matmul({1, 2, 1}, Cells{-128, -128}, Cells{-128, -128}, true) == Cells{-32768});
  const int inner = 520;  // 520 * 2^22 is beyond 2^31
  REQUIRE(reference::matmul({1, inner, 1}, Cells(inner, -128), Cells(inner, -32768)) == Cells{-2113929216});
}

TEST_CASE("matmul: operands that do not fit the shape are an error", "[matmul]") {
  REQUIRE_THROWS_AS(reference::matmul({2, 2, 2}, Cells(4), Cells(3)), std::out_of_range);
}

}  // namespace
}  // namespace mcullm::tests

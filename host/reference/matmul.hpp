// SPDX-License-Identifier: MIT
// ARITHMETIC.md section 11: the matrix product on its own.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mcullm::reference {

struct MatmulShape {
  int rows = 0, inner = 0, cols = 0;  // A is rows x inner, B inner x cols
};

// Row-major rows x cols result. Elements of A are int8, of B int8 or int16; int32 cells wrap modulo 2^32,
// and with `narrow` each is then the int16 congruent to it.
auto matmul(const MatmulShape& shape, std::span<const std::int32_t> a, std::span<const std::int32_t> b,
            bool narrow = false) -> std::vector<std::int32_t>;

}  // namespace mcullm::reference

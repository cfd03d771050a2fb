// SPDX-License-Identifier: MIT
// Comparing vectors bit for bit, and showing the place of a difference as a person wants to read it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "verify/outcome.hpp"

namespace mcullm::verify {

struct Comparison {
  std::size_t first = 0;      // index of the first difference
  std::size_t differing = 0;  // how many differ
};

// Nothing when both are equal. A different length counts every missing value as differing.
auto compare(std::span<const std::int32_t> expected, std::span<const std::int32_t> got)
    -> std::optional<Comparison>;

// A window of a row-major matrix (`cols` wide; a vector is one row) around element `at`: expected values, and
// below each row the values got, with the differing ones marked.
auto excerpt(std::span<const std::int32_t> expected, std::span<const std::int32_t> got, std::size_t cols,
             std::size_t at) -> std::string;

// Fills expected, got, counts and excerpt of `mismatch` from two vectors that differ; names nothing.
void describe(Mismatch& mismatch, std::span<const std::int32_t> expected, std::span<const std::int32_t> got,
              std::size_t cols, const Comparison& difference);

}  // namespace mcullm::verify

// SPDX-License-Identifier: MIT
// MATMUL of a board against the Eigen product.
#pragma once

#include <cstdint>
#include <string>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "link/board.hpp"
#include "verify/outcome.hpp"

namespace mcullm::verify {

// A (rows x inner, int8) times B (inner x cols, int8 or int16).
struct MatmulCase {
  int rows = 16, inner = 16, cols = 16;
  bool b_int16 = false;    // operand B holds int16
  bool out_int16 = false;  // results wrap to int16, as in the ATmega write-up this project grew from
  bool tape = false;       // A stands in the board's storage

  auto name() const -> std::string;
};

// "16x16" (A 16x16, B 16x16: a square product, or R x K times K x R) or "RxKxC". Exit::usage otherwise.
auto parse_matmul(const std::string& text) -> Result<MatmulCase>;

// Operands are random over the whole range -128..127 by seed; both ends always occur.
auto check_matmul(link::Board& board, const MatmulCase& shape, std::uint64_t seed,
                  const ProgressFn& progress = no_progress) -> Result<Outcome>;

// All size^3 shapes 1..size, stopping at the first that differs.
auto check_matmul_sweep(link::Board& board, int size, const MatmulCase& modes, std::uint64_t seed,
                        const ProgressFn& progress) -> Result<Outcome>;

}  // namespace mcullm::verify

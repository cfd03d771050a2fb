// SPDX-License-Identifier: MIT
// What a check against the reference found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mcullm::verify {

// The first value in which a board disagrees with the reference, and where it stands in the model.
struct Mismatch {
  std::string op{};       // name of the operation: "gate", "matmul", "sampler", "frame crc", ...
  int token = -1;         // index in the checked sequence; -1: not of a token
  int position = -1;      // in the cache
  int layer = -1;         // -1: outside the layers
  std::string element{};  // "row 5", "head 2, key 17", "row 3, column 4"
  std::int64_t expected = 0;
  std::int64_t got = 0;
  std::size_t differing = 0;  // values of this vector that differ
  std::size_t compared = 0;   // values of this vector
  std::string excerpt{};      // lines around the place, for a person
  std::string note{};         // what follows from it, e.g. that a repeat was right
};

struct Outcome {
  std::string what{};          // "matmul 16x16x16", "tokens 256", ...
  std::uint64_t compared = 0;  // values compared, those under a compared CRC included
  std::uint64_t ticks = 0;     // of the board, in its unit
  std::uint64_t items = 0;     // shapes, positions or tokens checked
  std::string text{};          // generated text, where there is one
  std::optional<Mismatch> mismatch{};
};

}  // namespace mcullm::verify

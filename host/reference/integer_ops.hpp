// SPDX-License-Identifier: MIT
// The operations of ARITHMETIC.md sections 2 to 8 on whole vectors. Every vector is int32 here, whatever
// narrower range its elements keep to.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "image/model_image.hpp"

namespace mcullm::reference {

using IntVector = Eigen::Matrix<std::int32_t, Eigen::Dynamic, 1>;

// Section 2: acc, int32[rows].
auto product(const image::Matrix& w, const IntVector& a) -> IntVector;

// Who makes these products; another one makes them elsewhere, and owes the same numbers.
using Product = std::function<IntVector(const image::Matrix& w, const IntVector& a)>;

// Section 2: y, int32[rows], in the range of int16 or wrapped.
auto gemv16(const image::Matrix& w, const IntVector& a, const Product& multiply = product) -> IntVector;
auto gemv32(const image::Matrix& w, const IntVector& a, const Product& multiply = product) -> IntVector;

// Section 3: row `token`, int32[cols].
auto embedding(const image::Matrix& e, int token, int embed_shift) -> IntVector;

// Section 4, with the norm parameters of the image.
auto rms_norm(const IntVector& x, std::span<const std::int16_t> gains, int gain_shift,
              const image::ModelImage& image) -> IntVector;

// Section 6: every pair of every head turned by its phase at `pos`, in Q14 of the unit of x.
auto rotated(const IntVector& x, std::span<const std::uint32_t> rope_step, int pos)
    -> std::vector<std::int64_t>;

// One head's part of the cache: `positions` rows of `size` numbers, `stride` apart.
struct CacheView {
  const std::int16_t* data = nullptr;
  int positions = 0, size = 0, stride = 0;
};

// Section 7, first half: s for every key, log2 in Q8.
auto attention_scores(std::span<const std::int32_t> query, const CacheView& keys, bool wide_keys)
    -> IntVector;

// Section 7, second half: o, int32[size], the values weighted by the scores in the order of the keys.
auto attention_output(std::span<const std::int32_t> scores, const CacheView& values, bool wide_values)
    -> IntVector;

// Section 8: h from gate g and up u.
auto gated(const IntVector& g, const IntVector& u, int gate_frac, int hidden_shift) -> IntVector;

}  // namespace mcullm::reference

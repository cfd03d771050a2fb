// SPDX-License-Identifier: MIT
// The arbiter: ARITHMETIC.md with Eigen, written from the document alone. What a device computes is right
// when it equals what this class computes, bit for bit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/model_image.hpp"
#include "reference/integer_ops.hpp"
#include "reference/observer.hpp"

namespace mcullm::reference {

// CRC-32 of the values as little-endian int32, in index order: state_crc and logits_crc.
auto vector_crc(std::span<const std::int32_t> values) -> std::uint32_t;

class IntegerTransformer {
 public:
  // `image` must outlive the transformer and be well-formed (parse_model_image and quantize make it so).
  // What `multiply` throws comes out of the call that runs; that position is then to be run again.
  explicit IntegerTransformer(const image::ModelImage& image, Product multiply = product);

  // Forgets all positions and clears the cache.
  void reset();
  // Positions in the cache.
  auto positions() const -> int { return positions_; }

  struct TokenResult {
    int argmax = 0;  // the lowest index among the greatest logits
    std::uint32_t logits_crc = 0, state_crc = 0;
    std::span<const std::int32_t> logits;  // int32[vocab] in Q16, valid until the next call
  };

  // Runs `token` at `pos` <= positions(), pos < context; a lower pos overwrites from there. Throws
  // std::out_of_range otherwise.
  auto forward(int token, int pos, Observer* observer = nullptr) -> TokenResult;
  // The same without classifier. Returns state_crc.
  auto prefill(int token, int pos, Observer* observer = nullptr) -> std::uint32_t;
  // One layer on x, int32[dim], in place: LAYER of WIRE.md. Writes the cache of (layer, pos), reads earlier
  // positions as they are (zero if never written) and leaves positions() alone.
  void run_layer(int layer, int pos, std::span<std::int32_t> x, Observer* observer = nullptr);

 private:
  struct Cache {
    std::vector<std::int16_t> keys, values;  // (positions, kv_dim)
  };

  auto attend(int layer, int pos, const IntVector& x, Observer* observer) -> IntVector;
  auto feed_forward(int layer, const IntVector& x, Observer* observer) -> IntVector;
  auto cache_position(int layer, int pos, const IntVector& k, const IntVector& v, Observer* observer) -> void;

  const image::ModelImage& image_;
  Product multiply_;
  std::vector<Cache> caches_;
  int positions_ = 0;
  IntVector x_, logits_;
};

}  // namespace mcullm::reference

// SPDX-License-Identifier: MIT
// Random models, and llama2.c's newer checkpoint layouts written independently of the reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "checkpoint/float_model.hpp"

namespace mcullm::tests {

// Every legal extreme of a shape, then `count` random small ones: odd sizes, MHA, GQA and MQA.
auto sample_shapes(int count) -> std::vector<checkpoint::ModelShape>;

// dim 8, hidden 6, 2 layers, 4 heads on 2, vocab 32, context 4
auto small_shape() -> checkpoint::ModelShape;

auto sample_model(const checkpoint::ModelShape& shape, bool shared_classifier, std::uint32_t seed)
    -> checkpoint::FloatModel;

// Scores with ties, an empty piece, bytes that are not UTF-8.
auto sample_vocabulary(int vocab_size, std::uint32_t seed) -> checkpoint::Vocabulary;

auto write_v1(const checkpoint::FloatModel& model) -> std::vector<std::byte>;

// Q8_0: the bytes, and what they mean. `group_size` divides every tensor.
struct Quantized {
  std::vector<std::byte> bytes;
  checkpoint::FloatModel meaning;
};
auto write_v2(const checkpoint::FloatModel& model, int group_size) -> Quantized;

}  // namespace mcullm::tests

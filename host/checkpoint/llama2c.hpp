// SPDX-License-Identifier: MIT
// llama2.c checkpoints: v0 (legacy, fp32), v1 (fp32) and v2 (Q8_0), as written by llama2.c's export.py.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "checkpoint/float_model.hpp"

namespace mcullm::checkpoint {

struct Checkpoint {
  FloatModel model;
  int version = 0;     // 0, 1 or 2
  int group_size = 0;  // of Q8_0, version 2 only
};

// `name` stands in the error messages. Refuses truncated, oversized, inconsistent and non-finite files.
auto parse_checkpoint(std::span<const std::byte> bytes, std::string_view name) -> Result<Checkpoint>;

// The v0 layout, including the two rope tables that old readers skip.
auto write_checkpoint_v0(const FloatModel& model) -> std::vector<std::byte>;

inline constexpr int max_piece_bytes = 255;  // of a token: what an image can store

// llama2.c's tokenizer.bin does not carry its length: `vocab_size` comes from the checkpoint and must be
// met exactly.
auto parse_tokenizer(std::span<const std::byte> bytes, int vocab_size, std::string_view name)
    -> Result<Vocabulary>;

// How many tokens the bytes hold when they are a tokenizer.bin from the first to the last.
auto tokenizer_vocab_size(std::span<const std::byte> bytes) -> std::optional<int>;

auto write_tokenizer(const Vocabulary& vocabulary) -> std::vector<std::byte>;

}  // namespace mcullm::checkpoint

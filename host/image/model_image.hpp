// SPDX-License-Identifier: MIT
// The two kinds of .mcm file in memory (proto/IMAGE.md). Parsing refuses whatever the document does not
// allow; writing lays out offsets, CRCs and padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/sha256.hpp"
#include "checkpoint/float_model.hpp"
#include "image/kv_format.hpp"

namespace mcullm::image {

using mcullm::Sha256;

inline constexpr std::size_t max_name_bytes = 31;

// A token as an image keeps it: the merge score survives as its dense rank.
struct Token {
  std::string text;
  std::uint16_t rank = 0;
};

// What both kinds carry besides numbers.
struct Identity {
  std::string name;  // UTF-8, at most max_name_bytes
  Sha256 source{};   // of the checkpoint file
  int bos_token = 1;
  int eos_token = 2;
};

struct FloatImage {
  Identity identity;
  checkpoint::FloatModel model;
  std::vector<Token> tokens;
};

// Row-wise quantized matrix; 4-bit storage holds the same int8 numbers.
struct Matrix {
  int rows = 0;
  int cols = 0;
  int bits = 8;                            // of storage: 8 or 4
  int shift = 24;                          // 8, 16, 24 or 32
  std::vector<std::int8_t> weights;        // (rows, cols)
  std::vector<std::uint16_t> multipliers;  // (rows)
};

struct Layer {
  int att_gain_shift = 0, ffn_gain_shift = 0, hidden_shift = 0;
  std::vector<std::int16_t> att_gains, ffn_gains;  // (dim)
  Matrix wq, wk, wv, wo;                           // (dim|kv_dim, dim)
  std::vector<std::int16_t> k_centre;              // (kv_dim)
  Matrix w1, w3;                                   // (hidden, dim): gate, up
  Matrix w2;                                       // (dim, hidden): down
};

struct ModelImage {
  Identity identity;
  checkpoint::ModelShape shape;
  float rms_eps = 1e-5F;  // of the source, for information
  float rope_theta = 10000.0F;
  KvFormat kv_format = KvFormat::k16v8;
  int resid_frac = 16, gate_frac = 12, norm_frac = 12, embed_shift = 0, final_gain_shift = 0;
  std::uint32_t norm_numerator = 0;
  std::uint64_t norm_eps = 0;
  std::vector<std::uint32_t> rope_step;  // (head_size / 2)
  std::vector<Layer> layers;
  std::vector<std::int16_t> final_gains;  // (dim)
  Matrix classifier;                      // (vocab, dim)
  std::optional<Matrix> embedding;        // (vocab, dim); none: the classifier's
  std::vector<Token> tokens;

  auto embedding_matrix() const -> const Matrix& { return embedding ? *embedding : classifier; }
};

// Where the bytes of an image go, for `info` and planning.
struct Section {
  std::string name;  // "header", "layers" or "tensors", "classifier", "embedding", "tokenizer"
  std::uint32_t offset = 0, bytes = 0;
};

enum class Kind { float_image, model_image };

// The kind by magic and header alone, so that a command can say "this is a float image, quantize it first".
auto image_kind(std::span<const std::byte> bytes, std::string_view name) -> Result<Kind>;

auto parse_float_image(std::span<const std::byte> bytes, std::string_view name) -> Result<FloatImage>;
auto parse_model_image(std::span<const std::byte> bytes, std::string_view name) -> Result<ModelImage>;

// Precondition: the image was parsed without a fault.
auto sections(std::span<const std::byte> image) -> std::vector<Section>;

// Precondition: the members agree with the shape (quantize and convert make them so).
auto write_float_image(const FloatImage& image) -> std::vector<std::byte>;
auto write_model_image(const ModelImage& image) -> std::vector<std::byte>;

// Tokens from llama2.c's vocabulary: dense ranks of the scores.
auto ranked_tokens(const checkpoint::Vocabulary& vocabulary) -> std::vector<Token>;

}  // namespace mcullm::image

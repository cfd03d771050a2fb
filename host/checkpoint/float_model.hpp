// SPDX-License-Identifier: MIT
// A Llama of the llama2.c family in fp32, as read from a checkpoint or a float image.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mcullm::checkpoint {

struct ModelShape {
  int dim = 0;         // width of the residual stream
  int hidden_dim = 0;  // width of the feed-forward layer
  int n_layers = 0;
  int n_heads = 0;
  int n_kv_heads = 0;  // divides n_heads: MHA when equal, GQA below, MQA when 1
  int vocab_size = 0;
  int context = 0;  // positions 0 .. context-1

  auto head_size() const -> int { return dim / n_heads; }
  auto kv_dim() const -> int { return head_size() * n_kv_heads; }
  auto operator==(const ModelShape&) const -> bool = default;
};

// Row-major tensors; the shape stands beside each.
struct FloatModel {
  ModelShape shape;
  bool shared_classifier = true;  // wcls is tok_emb
  float norm_eps = 1e-5F;
  float rope_theta = 10000.0F;

  std::vector<float> tok_emb;     // (vocab, dim)
  std::vector<float> att_norm;    // (layers, dim)
  std::vector<float> wq;          // (layers, dim, dim)
  std::vector<float> wk;          // (layers, kv_dim, dim)
  std::vector<float> wv;          // (layers, kv_dim, dim)
  std::vector<float> wo;          // (layers, dim, dim)
  std::vector<float> ffn_norm;    // (layers, dim)
  std::vector<float> w1;          // (layers, hidden, dim)   gate
  std::vector<float> w2;          // (layers, dim, hidden)   down
  std::vector<float> w3;          // (layers, hidden, dim)   up
  std::vector<float> final_norm;  // (dim)
  std::vector<float> wcls;        // (vocab, dim), empty when shared

  auto classifier() const -> const std::vector<float>& { return shared_classifier ? tok_emb : wcls; }
};

// One entry of llama2.c's tokenizer.bin.
struct Piece {
  std::string text;
  float score = 0.0F;
};

struct Vocabulary {
  std::uint32_t max_token_length = 0;  // bytes
  std::vector<Piece> pieces;           // index is the token id
};

}  // namespace mcullm::checkpoint

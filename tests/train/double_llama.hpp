// SPDX-License-Identifier: MIT
// The plainest Llama in double precision, position by position: what the trainer is measured against.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkpoint/float_model.hpp"

namespace mcullm::train::testing {

struct DoubleModel {
  checkpoint::ModelShape shape;
  std::vector<double> tok_emb, att_norm, wq, wk, wv, wo, ffn_norm, w1, w2, w3, final_norm;

  explicit DoubleModel(const checkpoint::FloatModel& model);
};

// Sum over positions of -log p(next token).
auto loss_of(const DoubleModel& model, std::span<const std::uint16_t> tokens) -> double;

// One head of causal attention: q, k, v and the result are (length, head_size).
auto attention_of(int length, int head_size, const std::vector<double>& q, const std::vector<double>& k,
                  const std::vector<double>& v) -> std::vector<double>;

}  // namespace mcullm::train::testing

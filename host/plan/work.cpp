// SPDX-License-Identifier: MIT
#include "plan/work.hpp"

#include <fmt/format.h>

#include <numeric>

#include "proto/message.h"

namespace mcullm::plan {

namespace {

auto ops_of(Work work) -> std::vector<mcl_op_t> {
  switch (work) {
    case Work::embedding:
      return {MCL_OP_EMBED};
    case Work::norms:
      return {MCL_OP_ATT_NORM, MCL_OP_FFN_NORM, MCL_OP_FINAL_NORM};
    case Work::matrices:
      return {MCL_OP_Q, MCL_OP_K, MCL_OP_V, MCL_OP_ATT_RESIDUAL, MCL_OP_FFN_RESIDUAL};
    case Work::rotation:
      return {MCL_OP_Q_ROPE, MCL_OP_K_CACHE, MCL_OP_V_CACHE};
    case Work::attention:
      return {MCL_OP_SCORE, MCL_OP_ATTENTION};
    case Work::gate_up:
      return {MCL_OP_GATE, MCL_OP_UP, MCL_OP_HIDDEN};
    case Work::classifier:
      return {MCL_OP_LOGITS};
    case Work::other:
      return {};
  }
  return {};
}

}  // namespace

auto title(Work work) -> const char* {
  switch (work) {
    case Work::embedding:
      return "embedding";
    case Work::norms:
      return "norms";
    case Work::matrices:
      return "q k v o down";
    case Work::rotation:
      return "rotation";
    case Work::attention:
      return "attention";
    case Work::gate_up:
      return "gate up";
    case Work::classifier:
      return "classifier";
    case Work::other:
      return "other";
  }
  return "";
}

auto counts(Work work, const TokenAt& token) -> std::vector<double> {
  const auto& s = token.model.shape;
  const double layers = s.n_layers, dim = s.dim, kv = s.kv_dim(), hidden = s.hidden_dim;
  const double heads = s.n_heads, vocab = s.vocab_size, keys = token.pos + 1.0, elsewhere = 1 - token.kept;
  switch (work) {
    case Work::embedding:
      return {dim, static_cast<double>(s.head_size()), 1};
    case Work::norms:
      return {(2 * layers + 1) * dim, 2 * layers + 1};
    case Work::matrices: {
      const double weights = layers * (2 * dim * dim + 2 * kv * dim + hidden * dim);
      return {weights, elsewhere * weights, layers * (3 * dim + 2 * kv), layers};
    }
    case Work::rotation:
      return {layers * (dim + 2 * kv), layers};
    case Work::attention:
      return {layers * keys * dim, layers * keys * heads, layers * keys, layers * dim, layers};
    case Work::gate_up: {
      const double weights = layers * 2 * hidden * dim;
      return {weights, elsewhere * weights, layers * hidden, layers};
    }
    case Work::classifier:
      return {vocab * dim, elsewhere * vocab * dim, vocab, 1};
    case Work::other:
      return {1};
  }
  return {};
}

auto cost_names(Work work, const ModelSize& model) -> std::vector<std::string> {
  switch (work) {
    case Work::embedding:
      return {"embedding"};
    case Work::norms:
      return {"norms"};
    case Work::matrices:
      return {fmt::format("matrices_w{}", model.layer_bits)};
    case Work::rotation:
      return {"rotation"};
    case Work::attention: {
      const auto any = fmt::format("attention_{}", name(model.kv_format));
      if (model.shape.n_heads == 2 * model.shape.n_kv_heads) return {any + "_pairs", any};
      return {any};
    }
    case Work::gate_up:
      return {fmt::format("gate_up_w{}", model.layer_bits)};
    case Work::classifier:
      return {fmt::format("classifier_w{}", model.classifier_bits)};
    case Work::other:
      return {"other"};
  }
  return {};
}

auto ticks_of(Work work, std::span<const std::uint32_t> by_op, std::uint64_t total) -> std::uint64_t {
  if (work == Work::other) {
    const auto known = std::accumulate(by_op.begin(), by_op.end(), std::uint64_t{0});
    return total > known ? total - known : 0;
  }
  std::uint64_t ticks = 0;
  for (const auto op : ops_of(work)) {
    if (static_cast<std::size_t>(op) < by_op.size()) ticks += by_op[static_cast<std::size_t>(op)];
  }
  return ticks;
}

}  // namespace mcullm::plan

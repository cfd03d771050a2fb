// SPDX-License-Identifier: MIT
#include "checkpoint/shape.hpp"

#include <fmt/format.h>

namespace mcullm::checkpoint {

namespace {

auto outside(std::string_view field, int value, int least, int most) -> std::optional<ShapeFault> {
  if (value >= least && value <= most) return std::nullopt;
  return ShapeFault{field, value, fmt::format("{}..{}", least, most)};
}

}  // namespace

auto shape_fault(const ModelShape& shape) -> std::optional<ShapeFault> {
  if (auto fault = outside("dim", shape.dim, 2, 4096)) return fault;
  if (auto fault = outside("hidden_dim", shape.hidden_dim, 1, 16384)) return fault;
  if (auto fault = outside("n_layers", shape.n_layers, 1, 64)) return fault;
  if (auto fault = outside("n_heads", shape.n_heads, 1, 128)) return fault;
  if (shape.n_kv_heads < 1 || shape.n_heads % shape.n_kv_heads != 0)
    return ShapeFault{"n_kv_heads", shape.n_kv_heads,
                      fmt::format("a divisor of n_heads = {}", shape.n_heads)};
  if (shape.dim % shape.n_heads != 0)
    return ShapeFault{"dim", shape.dim, fmt::format("a multiple of n_heads = {}", shape.n_heads)};
  if (auto fault = outside("head_size", shape.head_size(), 2, 128)) return fault;
  if (shape.head_size() % 2 != 0) return ShapeFault{"head_size", shape.head_size(), "even"};
  if (auto fault = outside("vocab_size", shape.vocab_size, 32, 65536)) return fault;
  return outside("context", shape.context, 1, max_context);
}

auto weight_macs(const ModelShape& shape) -> std::uint64_t {
  const auto dim = static_cast<std::uint64_t>(shape.dim), kv_dim = static_cast<std::uint64_t>(shape.kv_dim());
  const auto hidden = static_cast<std::uint64_t>(shape.hidden_dim);
  const auto per_layer = 2 * dim * dim + 2 * kv_dim * dim + 3 * hidden * dim;
  return static_cast<std::uint64_t>(shape.n_layers) * per_layer +
         static_cast<std::uint64_t>(shape.vocab_size) * dim;
}

auto attention_macs(const ModelShape& shape, int positions) -> std::uint64_t {
  // every query head meets each key and each value once
  return 2 * static_cast<std::uint64_t>(shape.n_layers) * static_cast<std::uint64_t>(shape.dim) *
         static_cast<std::uint64_t>(positions);
}

}  // namespace mcullm::checkpoint

// SPDX-License-Identifier: MIT
#include "bench/op_profile.hpp"

namespace mcullm::bench {
namespace {

// A residual state of the size that real ones have.
auto some_state(int dim) -> std::vector<std::int32_t> {
  std::vector<std::int32_t> state;
  for (int i = 0; i < dim; ++i)
    state.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(i + 1) * 2654435761U) >> 13);
  return state;
}

auto profile_layer(link::Board& board, int dim, int layer, int position) -> Result<OpTicks> {
  // the layer leaves its own state there
  if (auto put = board.put_int32(0, some_state(dim)); !put) return put.error();
  const auto ran = board.layer(layer, position);
  if (!ran) return ran.error();
  auto profile = board.profile();
  if (!profile) return profile.error();
  return OpTicks{ran->ticks, std::move(profile->by_op)};
}

}  // namespace

auto profile_ops(MeasuredBoard& board, const plan::ModelSize& model, int position) -> Result<OpProfile> {
  auto token = board.profile_token({.model = model, .pos = position, .kept = 0});
  if (!token) return token.error();
  OpProfile profile{.position = position, .token = {token->ticks, std::move(token->by_op)}, .layers = {}};
  for (int layer = 0; layer < model.shape.n_layers; ++layer) {
    auto ticks = profile_layer(board.board(), model.shape.dim, layer, position);
    if (!ticks) return ticks.error();
    profile.layers.push_back(std::move(*ticks));
  }
  board.spoilt_from(position);
  return profile;
}

}  // namespace mcullm::bench

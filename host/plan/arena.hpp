// SPDX-License-Identifier: MIT
// How much memory a model takes on a device, computed here from device/engine/engine.h's drawing of the arena
// and not from its code; the tests compare the two.
#pragma once

#include <cstdint>
#include <optional>

#include "boards/board.hpp"
#include "plan/model_size.hpp"

namespace mcullm::plan {

struct ArenaUse {
  std::uint64_t vectors_bytes = 0;  // of a token
  std::uint64_t logits_bytes = 0;   // 0 when they are on a card
  std::uint64_t kv_bytes = 0;       // 0 when the cache is on a card

  auto total() const -> std::uint64_t { return vectors_bytes + logits_bytes + kv_bytes; }
};

auto arena_use(const ModelSize& model, const boards::Places& places) -> ArenaUse;

// How much of the weights stands in the memory that the model leaves free of an arena of this size, on a
// board that keeps them there (device/port/rp2040/kept.h); 0 on others.
auto kept_share(const ModelSize& model, const boards::Places& places, std::uint64_t arena_bytes) -> double;

// Bytes of card that the cache takes; nothing when a position does not fit a block.
auto card_cache_bytes(const ModelSize& model) -> std::optional<std::uint64_t>;

}  // namespace mcullm::plan

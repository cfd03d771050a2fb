// SPDX-License-Identifier: MIT
#include "plan/arena.hpp"

#include <algorithm>

namespace mcullm::plan {

namespace {

using std::uint64_t;

constexpr uint64_t card_block = 512, card_group = 8;  // device/port/atmega328p/cache.h

auto whole_words(uint64_t bytes) -> uint64_t { return (bytes + 3) / 4 * 4; }

auto key_width(image::KvFormat format) -> uint64_t { return format == image::KvFormat::k8v8 ? 1 : 2; }
auto value_width(image::KvFormat format) -> uint64_t { return format == image::KvFormat::k16v16 ? 2 : 1; }

// Keys and values of one position of one layer.
auto record_bytes(const ModelSize& m) -> uint64_t {
  return static_cast<uint64_t>(m.shape.kv_dim()) * (key_width(m.kv_format) + value_width(m.kv_format));
}

// What attention keeps of the heads: a sum, a maximum, a score, a weight each; where the cache comes from a
// card, sum, maximum and three bytes, and the weights of a group of positions for two heads, which may take
// the place of the projected values.
auto heads_bytes(const ModelSize& m, bool card) -> uint64_t {
  const auto heads = static_cast<uint64_t>(m.shape.n_heads);
  if (!card) return 16 * heads;
  const uint64_t weights = 62;
  return 9 * heads + (weights <= 2 * static_cast<uint64_t>(m.shape.kv_dim()) ? 0 : weights);
}

// The vectors of a token; attention, the feed-forward layer and the classifier share their place.
auto vectors_bytes(const ModelSize& m, const boards::Places& places) -> uint64_t {
  const bool card = places.kv == boards::Place::card;
  const auto dim = static_cast<uint64_t>(m.shape.dim), kv = static_cast<uint64_t>(m.shape.kv_dim());
  const uint64_t shared = 4 * dim + 2 * static_cast<uint64_t>(m.shape.head_size());  // behind x and rotation
  const uint64_t sums = shared + 4 * kv + 2 * dim;                                   // behind k, v and q
  const uint64_t attention = sums + 4 * dim + (places.heads_elsewhere ? 0 : heads_bytes(m, card));
  const uint64_t hidden = shared + whole_words(2 * static_cast<uint64_t>(m.shape.hidden_dim));
  const uint64_t rows = shared + 4 * 64;  // logits at a stretch
  const uint64_t outputs = std::max({sums, hidden, rows}) + 2 * dim;
  const uint64_t block =
      card ? shared + record_bytes(m) + card_block : 0;  // put together behind the new record
  const uint64_t sampler = (2 + 100) * 8;                // its sums stand where x was
  return whole_words(std::max({attention, outputs, block, sampler}));
}

}  // namespace

auto arena_use(const ModelSize& model, const boards::Places& places) -> ArenaUse {
  ArenaUse use;
  const bool cache_on_card = places.kv == boards::Place::card;
  use.vectors_bytes = vectors_bytes(model, places);
  if (places.logits != boards::Place::card)
    use.logits_bytes = 4 * static_cast<uint64_t>(model.shape.vocab_size);
  if (!cache_on_card) {
    use.kv_bytes = static_cast<uint64_t>(model.shape.context) * static_cast<uint64_t>(model.shape.n_layers) *
                   whole_words(record_bytes(model));
  }
  return use;
}

auto kept_share(const ModelSize& model, const boards::Places& places, uint64_t arena_bytes) -> double {
  if (!places.keeps_weights) return 0;
  const auto& s = model.shape;
  // a word of table for each matrix, and for each stretch of the classifier: offset, place, count
  const uint64_t entries =
      6 * static_cast<uint64_t>(s.n_layers) + (static_cast<uint64_t>(s.vocab_size) + 63) / 64;
  const uint64_t taken = arena_use(model, places).total() + 12 * entries;
  if (taken >= arena_bytes) return 0;
  const auto weights = static_cast<double>(model.layers_bytes() + model.classifier_bytes());
  return std::min(1.0, static_cast<double>(arena_bytes - taken) / weights);
}

auto card_cache_bytes(const ModelSize& model) -> std::optional<uint64_t> {
  const uint64_t record = record_bytes(model);
  if (record > card_block) return std::nullopt;
  const auto& s = model.shape;
  const bool in_groups =
      card_group * record <= card_block && s.n_heads == 2 * s.n_kv_heads && s.head_size() >= 4;
  uint64_t positions = card_block / record;  // in a block
  if (in_groups) positions = positions / card_group * card_group;
  const uint64_t blocks = (static_cast<uint64_t>(s.context) + positions - 1) / positions;
  return blocks * static_cast<uint64_t>(s.n_layers) * card_block;
}

}  // namespace mcullm::plan

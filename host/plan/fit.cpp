// SPDX-License-Identifier: MIT
#include "plan/fit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mcullm::plan {

namespace {

using boards::Place;

constexpr int context_limit = 4096;  // of a model image
constexpr int useful_context = 16;   // a shorter one is no remedy

auto store_place(const boards::Board& board) -> Budget {
  const auto& memory = board.memory;
  if (board.places.weights == Place::card) return {Place::card, 0, memory.card_bytes};
  const auto agent = std::min(memory.flash_bytes, board.agent.model_offset);
  return {board.places.weights, 0, memory.flash_bytes - agent};
}

// The memory of the arena is named after the cache, its largest part.
auto arena_place(const boards::Board& board) -> Place {
  return board.places.kv == Place::card ? Place::sram : board.places.kv;
}

auto budgets_of(const ModelSize& model, const boards::Board& board) -> std::vector<Budget> {
  auto store = store_place(board);
  store.used_bytes = model.image_bytes();
  std::vector<Budget> budgets = {
      store, {arena_place(board), arena_use(model, board.places).total(), board.memory.arena_bytes}};
  if (board.places.kv == Place::card) {
    // the other half of the card, and of that what half of its blocks hold
    const auto cache = card_cache_bytes(model);
    budgets.push_back({Place::card, cache.value_or(UINT64_MAX), board.memory.card_bytes / 2});
  }
  return budgets;
}

auto fits(const ModelSize& model, const boards::Board& board) -> bool {
  const auto budgets = budgets_of(model, board);
  return std::all_of(budgets.begin(), budgets.end(), [](const Budget& budget) { return budget.fits(); });
}

auto largest_context(ModelSize model, const boards::Board& board) -> int {
  int least = 0, beyond = context_limit + 1;  // least fits, beyond does not
  while (beyond - least > 1) {
    model.shape.context = (least + beyond) / 2;
    (fits(model, board) ? least : beyond) = model.shape.context;
  }
  return least;
}

auto parts_of(const ModelSize& model, const boards::Board& board) -> std::vector<Part> {
  const auto use = arena_use(model, board.places);
  const auto cache = board.places.kv == Place::card ? card_cache_bytes(model).value_or(0) : use.kv_bytes;
  const auto vectors = board.places.kv == Place::host ? Place::host : Place::sram;
  return {{"weights", board.places.weights, model.image_bytes()},
          {"keys and values", board.places.kv, cache},
          {"vectors of a token", vectors, use.vectors_bytes},
          {"logits", board.places.logits, 4 * static_cast<std::uint64_t>(model.shape.vocab_size)}};
}

auto obstacles_of(const std::vector<Budget>& budgets) -> std::vector<std::string> {
  std::vector<std::string> obstacles;
  for (std::size_t i = 0; i < budgets.size(); ++i) {
    const auto& b = budgets[i];
    if (b.fits()) continue;
    const char* what = i == 0 ? "the image" : i == 1 ? "vectors, logits and cache" : "the cache";
    if (b.used_bytes == UINT64_MAX)
      obstacles.emplace_back("keys and values of one position do not fit a block of the card");
    else
      obstacles.push_back(fmt::format("{}: {} bytes, and {} has {} for it", what, b.used_bytes,
                                      boards::name(b.place), b.available_bytes));
  }
  return obstacles;
}

// Changes of format, cheapest in quality first, each alone and then together with a shorter context.
auto remedies_of(const ModelSize& model, const boards::Board& board) -> std::vector<std::string> {
  struct Change {
    const char* options;
    bool kv, weights;
  };
  constexpr Change changes[] = {{"", false, false},
                                {"--kv k8v8", true, false},
                                {"--weights w4 --classifier w4", false, true},
                                {"--weights w4 --classifier w4 --kv k8v8", true, true}};
  std::vector<std::string> whole, shortened;
  for (const auto& change : changes) {
    const bool narrow = model.kv_format == image::KvFormat::k8v8;
    const bool nibbles = model.layer_bits == 4 && model.classifier_bits == 4;
    if ((change.kv && narrow) || (change.weights && nibbles)) continue;  // it is so already
    auto other = model;
    if (change.kv) other.kv_format = image::KvFormat::k8v8;
    if (change.weights) other.layer_bits = other.classifier_bits = 4;
    if (fits(other, board)) {
      whole.emplace_back(change.options);
      continue;
    }
    const int context = std::min(largest_context(other, board), model.shape.context);
    if (context >= useful_context)
      shortened.push_back(
          fmt::format("{}{}--context {}", change.options, *change.options == 0 ? "" : " ", context));
  }
  // what changes least: a shorter context alone, the first change that needs none; if all do, two of them
  std::vector<std::string> remedies;
  if (!shortened.empty() && shortened.front().starts_with("--context")) remedies.push_back(shortened.front());
  if (!whole.empty()) remedies.push_back(whole.front());
  for (std::size_t i = remedies.size(); whole.empty() && i < std::min<std::size_t>(2, shortened.size()); ++i)
    remedies.push_back(shortened[i]);
  return remedies;
}

}  // namespace

auto fit(const ModelSize& model, const boards::Board& board) -> Fit {
  Fit result;
  result.parts = parts_of(model, board);
  result.budgets = budgets_of(model, board);
  result.fits = fits(model, board);
  result.largest_context = largest_context(model, board);
  if (result.fits) return result;
  result.obstacles = obstacles_of(result.budgets);
  result.remedies = remedies_of(model, board);
  return result;
}

}  // namespace mcullm::plan

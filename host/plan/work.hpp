// SPDX-License-Identifier: MIT
// What a token costs, part by part, as sums of counts (weights, rows, keys, ...) times what one of them costs
// on a board. The counts follow from the shape; the costs stand in the register of boards and come from
// profiles of real runs (calibrate.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "plan/model_size.hpp"

namespace mcullm::plan {

enum class Work { embedding, norms, matrices, rotation, attention, gate_up, classifier, other };
inline constexpr std::array all_work = {Work::embedding, Work::norms,   Work::matrices,   Work::rotation,
                                        Work::attention, Work::gate_up, Work::classifier, Work::other};

// A token as planning sees it.
struct TokenAt {
  ModelSize model;
  int pos = 0;
  double kept = 0;  // share of the weights that stands in SRAM, of a board whose weights stand elsewhere
};

// "q k v o down", as a table or a picture shows it.
auto title(Work work) -> const char*;

// What is counted, in the order of the costs: boards::cost_kinds tells the names.
auto counts(Work work, const TokenAt& token) -> std::vector<double>;

// The names under which costs of this work may stand in the register, the best one first.
auto cost_names(Work work, const ModelSize& model) -> std::vector<std::string>;

// Ticks of a PROFILE reply (indexed by mcl_op_t) that belong to it; `total` is what the whole token took.
auto ticks_of(Work work, std::span<const std::uint32_t> by_op, std::uint64_t total) -> std::uint64_t;

}  // namespace mcullm::plan

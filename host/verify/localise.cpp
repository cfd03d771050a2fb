// SPDX-License-Identifier: MIT
#include "verify/localise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "verify/compare.hpp"

namespace mcullm::verify {

namespace {

using Vector = Recorder::Vector;

auto is_residual_end(mcl_op_t op) -> bool {
  return op == MCL_OP_EMBED || op == MCL_OP_FFN_RESIDUAL || op == MCL_OP_LOGITS;
}

// "head 2, channel 3" says more than "element 19".
auto element_name(const Vector& vector, const checkpoint::ModelShape& shape, std::size_t at) -> std::string {
  const auto head_size = static_cast<std::size_t>(shape.head_size());
  const auto keys = std::max<std::size_t>(vector.values.size() / static_cast<std::size_t>(shape.n_heads), 1);
  switch (vector.op) {
    case MCL_OP_Q:
    case MCL_OP_Q_ROPE:
    case MCL_OP_ATTENTION:
      return fmt::format("row {} (head {}, channel {})", at, at / head_size, at % head_size);
    case MCL_OP_K:
    case MCL_OP_V:
    case MCL_OP_K_CACHE:
    case MCL_OP_V_CACHE:
      return fmt::format("row {} (kv head {}, channel {})", at, at / head_size, at % head_size);
    case MCL_OP_SCORE:
      return fmt::format("head {}, key {}", at / keys, at % keys);
    case MCL_OP_LOGITS:
      return fmt::format("row {} (token id)", at);
    default:
      return fmt::format("row {}", at);
  }
}

// Vectors are shown as one row; scores as one row per head.
auto columns(const Vector& vector, const checkpoint::ModelShape& shape) -> std::size_t {
  if (vector.op != MCL_OP_SCORE) return std::max<std::size_t>(vector.values.size(), 1);
  return std::max<std::size_t>(vector.values.size() / static_cast<std::size_t>(shape.n_heads), 1);
}

class Search {
 public:
  Search(link::Board& board, const checkpoint::ModelShape& shape,
         const std::function<Result<Ok>()>& before_trace)
      : board_(board), shape_(shape), before_trace_(before_trace) {}

  // The whole vector from the board, window by window.
  auto fetch(const Vector& wanted) -> Result<std::vector<std::int32_t>> {
    std::vector<std::int32_t> values;
    do {
      if (auto ready = before_trace_(); !ready) return ready.error();
      auto window = board_.trace(wanted.op, wanted.layer, static_cast<std::uint32_t>(values.size()));
      if (!window) return window.error();
      if (window->values.empty()) break;
      values.insert(values.end(), window->values.begin(), window->values.end());
      if (values.size() >= window->total) break;
    } while (values.size() < wanted.values.size());
    return values;
  }

  auto check(const Vector& wanted) -> Result<std::optional<Mismatch>> {
    const auto got = fetch(wanted);
    if (!got) return got.error();
    const auto difference = compare(wanted.values, *got);
    if (!difference) return std::optional<Mismatch>{};
    Mismatch mismatch{.op = op_name(wanted.op)};
    const bool in_layer = wanted.op != MCL_OP_EMBED && wanted.op < MCL_OP_FINAL_NORM;
    mismatch.layer = in_layer ? wanted.layer : -1;
    mismatch.element = element_name(wanted, shape_, difference->first);
    describe(mismatch, wanted.values, *got, columns(wanted, shape_), *difference);
    return std::optional<Mismatch>{std::move(mismatch)};
  }

 private:
  link::Board& board_;
  const checkpoint::ModelShape& shape_;
  const std::function<Result<Ok>()>& before_trace_;
};

}  // namespace

auto op_name(mcl_op_t op) -> const char* {
  static constexpr std::array<const char*, MCL_OP_COUNT> names = {
      "embed",        "att_norm",   "q",       "k",     "v",
      "q_rope",       "k_cache",    "v_cache", "score", "attention",
      "att_residual", "ffn_norm",   "gate",    "up",    "hidden",
      "ffn_residual", "final_norm", "logits"};
  return op < MCL_OP_COUNT ? names[op] : "unknown op";
}

void Recorder::observe(mcl_op_t op, int layer, std::span<const std::int32_t> values) {
  vectors_.push_back({op, layer, {values.begin(), values.end()}});
}

namespace {

auto search_all(Search& search, const Recorder& recorded) -> Result<std::optional<Mismatch>> {
  const auto& all = recorded.vectors();
  auto begin = all.begin();  // first op after the last residual known to be equal
  for (auto it = all.begin(); it != all.end(); ++it) {
    if (!is_residual_end(it->op) && it + 1 != all.end()) continue;
    auto end_differs = search.check(*it);
    if (!end_differs) return end_differs.error();
    if (*end_differs) {
      for (auto op = begin; op != it; ++op) {
        auto differs = search.check(*op);
        if (!differs || *differs) return differs;
      }
      return end_differs;
    }
    begin = it + 1;
  }
  return std::optional<Mismatch>{};
}

}  // namespace

auto cannot_trace(const link::Board& board) -> bool {
  return board.refusal() && board.refusal()->status == MCL_ERR_COMMAND;
}

auto first_difference(link::Board& board, const checkpoint::ModelShape& shape, const Recorder& recorded,
                      const std::function<Result<Ok>()>& before_trace) -> Result<std::optional<Mismatch>> {
  Search search(board, shape, before_trace);
  auto found = search_all(search, recorded);
  if (!found && cannot_trace(board)) return std::optional<Mismatch>{};
  return found;
}

}  // namespace mcullm::verify

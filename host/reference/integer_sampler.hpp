// SPDX-License-Identifier: MIT
// ARITHMETIC.md section 10: the choice of the next token, as a device makes it.
#pragma once

#include <cstdint>
#include <span>

namespace mcullm::reference {

// The document's kT and top_p of a temperature > 0 and a probability in (0, 1].
auto inv_temperature(double temperature) -> std::uint32_t;
auto top_p_fixed(double top_p) -> std::uint32_t;

class IntegerSampler {
 public:
  // `inv_temperature` 0 is greedy; `top_p` 1..65536 in Q16; `state` is never 0.
  IntegerSampler(std::uint32_t inv_temperature, std::uint32_t top_p, std::uint64_t state)
      : inv_temperature_(inv_temperature), top_p_(top_p), state_(state) {}

  // logits int32[vocab] in Q16. Advances the random state unless greedy.
  auto choose(std::span<const std::int32_t> logits) -> int;
  auto state() const -> std::uint64_t { return state_; }

 private:
  auto random24() -> std::uint64_t;

  std::uint32_t inv_temperature_, top_p_;
  std::uint64_t state_;
};

}  // namespace mcullm::reference

// SPDX-License-Identifier: MIT
#include "bench/sweep_set.hpp"

namespace mcullm::bench {

namespace {

struct Builtin {
  std::string_view name, text;
};

constexpr Builtin sets[] = {
#include "builtin_sets.inc"
};

}  // namespace

auto builtin_set(std::string_view name) -> std::optional<std::string_view> {
  for (const auto& set : sets)
    if (set.name == name) return set.text;
  return std::nullopt;
}

auto builtin_set_names() -> std::string {
  std::string names;
  for (const auto& set : sets) names += (names.empty() ? "" : ", ") + std::string(set.name);
  return names;
}

}  // namespace mcullm::bench

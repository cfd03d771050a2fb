// SPDX-License-Identifier: MIT
#include <vector>

#include "train/kernels.hpp"

namespace mcullm::train {

extern const Kernels kernels_portable;
#ifdef MCULLM_X86
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;
#endif

auto available_kernels() -> std::span<const Kernels* const> {
  static const auto found = [] {
    std::vector<const Kernels*> best_first;
#ifdef MCULLM_X86
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx2 && __builtin_cpu_supports("avx512f")) best_first.push_back(&kernels_avx512);
    if (avx2) best_first.push_back(&kernels_avx2);
#endif
    best_first.push_back(&kernels_portable);
    return best_first;
  }();
  return found;
}

}  // namespace mcullm::train

// SPDX-License-Identifier: MIT
// bench_frames [MILLIONS] [SEED]: damaged frames through the receiver; exit 1 if one is accepted wrong.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "frame_damage.hpp"

using mcullm::tests::DamageCount;

int main(int argc, char** argv) {
  const auto millions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100;
  const auto seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const auto workers = std::max(1u, std::thread::hardware_concurrency());
  const auto start = std::chrono::steady_clock::now();
  std::vector<DamageCount> parts(workers);
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < workers; ++i) {
      const auto share = millions * 1'000'000 / workers;
      threads.emplace_back(
          [&, i, share] { parts[i] = mcullm::tests::run_damage(share, seed * 1'000'003 + i); });
    }
  }
  DamageCount total;
  for (const auto& part : parts) {
    total.damaged += part.damaged;
    total.accepted_wrong += part.accepted_wrong;
    total.still_whole += part.still_whole;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::printf("%llu damaged frames, %llu accepted wrong, %llu unharmed after all, %.1f s on %u threads\n",
              static_cast<unsigned long long>(total.damaged),
              static_cast<unsigned long long>(total.accepted_wrong),
              static_cast<unsigned long long>(total.still_whole), seconds.count(), workers);
  return total.accepted_wrong == 0 ? 0 : 1;
}

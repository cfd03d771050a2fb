// SPDX-License-Identifier: MIT
// Float arrays that start on a cache line, so that wide loads never straddle two.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace mcullm::train {

template <class T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}

  auto allocate(std::size_t count) -> T* {
    return static_cast<T*>(::operator new(count * sizeof(T), alignment));
  }
  void deallocate(T* data, std::size_t) { ::operator delete(data, alignment); }
  auto operator==(const CacheLineAllocator&) const -> bool = default;
};

using Buffer = std::vector<float, CacheLineAllocator<float>>;

}  // namespace mcullm::train

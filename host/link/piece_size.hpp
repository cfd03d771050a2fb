// SPDX-License-Identifier: MIT
// How much to put into one frame: all that the board takes on a clean line, less on a noisy one, where a
// short frame has a better chance to arrive whole.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mcullm::link {

class PieceSize {
 public:
  explicit PieceSize(std::size_t most = 0) : most_(most), size_(most) {}

  auto get() const -> std::size_t { return size_; }

  // After each piece, with the number of times that it was sent again.
  void sent(std::uint64_t retries) {
    constexpr std::size_t least = 32;
    constexpr int clean_pieces = 16;  // in a row before the size grows again
    clean_ = retries == 0 ? clean_ + 1 : 0;
    if (retries > 1) size_ = std::max(size_ / 2, std::min(least, most_));
    if (clean_ < clean_pieces) return;
    size_ = std::min(2 * size_, most_);
    clean_ = 0;
  }

 private:
  std::size_t most_, size_;
  int clean_ = 0;
};

}  // namespace mcullm::link

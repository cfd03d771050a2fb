// SPDX-License-Identifier: MIT
// A model image into the storage of a board, by its agent. Only what differs is sent, the header last: a
// break at any moment leaves no model or the old bytes, never half a one, and the next upload() goes on from
// there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "link/board.hpp"

namespace mcullm::flash {

struct UploadReport {
  std::uint64_t image_bytes = 0;
  std::uint64_t sent_bytes = 0;  // without what was sent again
  std::uint64_t kept_bytes = 0;  // were stored already
  int restarts = 0;              // of the board, on the way
  bool already_there = false;    // nothing was done
};

// Would the board take this image? Exit::input when it is no model image, Exit::refused with the numbers when
// the storage is too small. Asks the board nothing.
auto check_fit(const mcl_hello_t& board, std::span<const std::byte> image) -> Result<Ok>;

// What upload() would do, without changing anything: sent_bytes is the most that it would send.
auto plan(link::Board& board, std::span<const std::byte> image) -> Result<UploadReport>;

// Seconds that `bytes` take through a serial line of that rate into blocks of a card: estimated from frames
// and their answers, and 2 ms for each block.
auto estimated_seconds(std::uint64_t bytes, const mcl_hello_t& board, int rate_baud) -> double;

// Stores the image and lets the board check and load it. Exit::refused when it does not run there (too little
// memory, say): the numbers are in the message.
auto upload(link::Board& board, std::span<const std::byte> image, const ProgressFn& progress = no_progress)
    -> Result<UploadReport>;

// The same, unless the board runs this very image.
auto ensure_model(link::Board& board, std::span<const std::byte> image,
                  const ProgressFn& progress = no_progress) -> Result<UploadReport>;

}  // namespace mcullm::flash

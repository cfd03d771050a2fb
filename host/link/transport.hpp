// SPDX-License-Identifier: MIT
// A line to a board: bytes in, bytes out, nothing promised about what gets through.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"

namespace mcullm::link {

class Transport {
 public:
  virtual ~Transport() = default;

  // Waits until bytes are there and takes up to into.size() of them. 0: none came within `patience`, or the
  // line is gone.
  virtual auto read(std::span<std::byte> into, std::chrono::milliseconds patience) -> std::size_t = 0;

  // What the line does not take within a second is lost, as on any wire.
  virtual void write(std::span<const std::byte> bytes) = 0;

  // Waits until everything written has left this computer.
  virtual void drain() = 0;

  // false once the other end is known to be gone: unplugged, exited.
  virtual auto connected() const -> bool = 0;

  // Why it is gone, where the line knows more than that.
  virtual auto failure() const -> std::optional<Error> { return std::nullopt; }

  // What to do when it is gone.
  virtual auto remedy() const -> std::string { return "it was unplugged; plug it in and start again"; }

  // How many times slower than a chip the board may be: one that this computer plays, beside its other work.
  virtual auto slowness() const -> int { return 1; }

  // Goes on at another of the rates that boards use. false: this line has but one.
  virtual auto next_rate() -> bool { return false; }

  // Pulls the board's reset line, where there is one.
  virtual void reset() {}

  // As a person would call it: "/dev/ttyUSB0", "sim:native".
  virtual auto name() const -> std::string = 0;
};

}  // namespace mcullm::link

// SPDX-License-Identifier: MIT
// An open file descriptor of a byte line, closed at its end. All transports read and write through it.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>

namespace mcullm::link {

class Descriptor {
 public:
  explicit Descriptor(int fd = -1);  // takes ownership, makes it non-blocking
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  auto operator=(Descriptor&& other) noexcept -> Descriptor&;

  auto get() const -> int { return fd_; }
  auto open() const -> bool { return fd_ >= 0 && !hung_up_; }

  // The verbs of Transport.
  auto read(std::span<std::byte> into, std::chrono::milliseconds patience) -> std::size_t;
  void write(std::span<const std::byte> bytes);

 private:
  int fd_;
  bool hung_up_ = false;  // the other end is gone
};

// Bytes as they are: no echo, no line editing, no translation, no flow control. false: not a terminal.
auto make_raw(int fd) -> bool;

}  // namespace mcullm::link

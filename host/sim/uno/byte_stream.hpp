// SPDX-License-Identifier: MIT
// The far end of the serial line: two inherited file descriptors, or a pseudo terminal of our own.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace mcullm::uno {

class ByteStream {
 public:
  static auto on_descriptors(int in, int out) -> ByteStream;
  static auto on_new_pty() -> Result<ByteStream>;
  ByteStream(ByteStream&& other) noexcept;
  ByteStream& operator=(ByteStream&&) = delete;
  ~ByteStream();

  // The path that a host opens; empty when the descriptors were inherited.
  auto path() const -> const std::string& { return path_; }

  // Takes in what has arrived, waiting at most `limit` for something. Returns early on a signal.
  void poll(std::chrono::microseconds limit);
  auto has_input() const -> bool { return !input_.empty(); }
  auto take() -> std::uint8_t;
  void forget_input() { input_.clear(); }

  // Collected, and written by flush(), which waits for a slow reader. What nobody can read is dropped.
  void put(std::uint8_t byte) { output_.push_back(byte); }
  void flush();

  // No byte can arrive any more.
  auto ended() const -> bool { return ended_; }
  // True once after each opening of the pty. Input from before the opening is forgotten then.
  auto was_opened() -> bool;
  // The speed that the host has set on the terminal; nothing for a pipe or an unset speed.
  auto terminal_baud() const -> std::optional<std::uint32_t>;

 private:
  ByteStream(int in, int out, std::string path) : in_(in), out_(out), path_(std::move(path)) {}
  void read_input();
  void note_openings();

  int in_, out_;
  int openings_ = -1;  // notifications of the pty
  std::string path_;
  unsigned openers_ = 0;  // who have the pty open
  bool opened_ = false;
  bool ended_ = false;
  std::deque<std::uint8_t> input_;
  std::vector<std::uint8_t> output_;
};

}  // namespace mcullm::uno

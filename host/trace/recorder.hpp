// SPDX-License-Identifier: MIT
// Writes a recording while its conversation goes on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "link/transport.hpp"

namespace mcullm::trace {

// Safe to call from several threads.
class Recorder {
 public:
  // Begins the file anew. Exit::usage when it cannot be written.
  static auto open(const std::filesystem::path& path, const std::string& version,
                   const std::vector<std::string>& command) -> Result<std::shared_ptr<Recorder>>;
  ~Recorder();
  Recorder(const Recorder&) = delete;
  auto operator=(const Recorder&) -> Recorder& = delete;

  auto open_line(std::string_view name) -> int;  // its number
  void sent(int line, std::span<const std::byte> bytes);
  void received(int line, std::span<const std::byte> bytes);
  void mark(int line, std::string_view what);  // "reset", "gone", "close"
  void note(std::string_view key, std::string_view text);

  // Why something is missing in the file; empty: nothing is.
  auto loss() const -> std::string;

 private:
  explicit Recorder(int fd) : fd_(fd), began_(std::chrono::steady_clock::now()) {}
  void write(std::string_view rest);  // of a record, after its time
  void put(std::string_view record);

  int fd_;
  std::atomic<int> failed_ = 0;  // errno of the first write that failed
  std::mutex mutex_;
  std::chrono::steady_clock::time_point began_;
  int lines_ = 0;
};

// The line, with everything that passes written down.
auto make_recorded(std::unique_ptr<link::Transport> line, std::shared_ptr<Recorder> recorder)
    -> std::unique_ptr<link::Transport>;

}  // namespace mcullm::trace

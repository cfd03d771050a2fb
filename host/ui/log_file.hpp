// SPDX-License-Identifier: MIT
// Everything that was said, with times, in the file of --log.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/result.hpp"

namespace spdlog {
class logger;
}

namespace mcullm::ui {

enum class LogLevel { trace, detail, note, warning, error };

class LogFile {
 public:
  // Appends to the file. Fails with Exit::usage when it cannot be written.
  static auto open(const std::filesystem::path& path) -> Result<LogFile>;

  void write(LogLevel level, std::string_view text);

 private:
  explicit LogFile(std::shared_ptr<spdlog::logger> logger) : logger_(std::move(logger)) {}

  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace mcullm::ui

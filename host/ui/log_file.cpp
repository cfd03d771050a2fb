// SPDX-License-Identifier: MIT
#include "ui/log_file.hpp"

#include <fmt/core.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>

namespace mcullm::ui {
namespace {

auto spdlog_level(LogLevel level) -> spdlog::level::level_enum {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::detail:
      return spdlog::level::debug;
    case LogLevel::note:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

auto LogFile::open(const std::filesystem::path& path) -> Result<LogFile> {
  const auto refused = [&](const std::string& why) {
    return Error{Exit::usage, fmt::format("--log {}: {}", path.string(), why),
                 "name a file in a folder that you may write to"};
  };
  // spdlog would make it, and every mistyped one
  std::error_code failed;
  if (path.has_parent_path() && !std::filesystem::is_directory(path.parent_path(), failed))
    return refused("there is no such folder");
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string());
    auto logger = std::make_shared<spdlog::logger>("mcullm", std::move(sink));
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::trace);  // a log is read after a crash
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
    return LogFile(std::move(logger));
  } catch (const spdlog::spdlog_ex& failure) {
    return refused(failure.what());
  }
}

void LogFile::write(LogLevel level, std::string_view text) {
  logger_->log(spdlog_level(level), fmt::string_view("{}"), fmt::string_view(text.data(), text.size()));
}

}  // namespace mcullm::ui

// SPDX-License-Identifier: MIT
// The one place where output happens: stdout is data, stderr is talk.
#pragma once

#include <cstdio>
#include <filesystem>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "ui/log_file.hpp"
#include "ui/progress_meter.hpp"
#include "ui/table.hpp"
#include "ui/terminal.hpp"

namespace mcullm::ui {

struct ConsoleOptions {
  bool quiet = false;
  int verbosity = 0;  // 1: details, 2: traces as well
  bool no_color = false;
  bool no_progress = false;
  std::filesystem::path log;  // empty: none
};

// Safe to call from several threads.
class Console {
 public:
  explicit Console(std::FILE* out = stdout, std::FILE* err = stderr);

  // Fails when the log cannot be written.
  auto configure(const ConsoleOptions& options) -> Result<Ok>;

  // Data. `print` writes the bytes as they are and flushes, so that a streamed text appears at once.
  void print(std::string_view bytes);
  void print_line(std::string_view line);
  void print_table(const Table& table);
  // A text for people, in the width of the terminal if stdout is one.
  void print_help(std::string_view text);
  // One object, with "schema": "mcullm.<command>.v1" as its first key.
  void print_json(std::string_view command, const nlohmann::ordered_json& fields);
  // The same on one line, for a stream of objects.
  void print_json_line(std::string_view command, const nlohmann::ordered_json& fields);
  auto printed_json() const -> bool { return printed_json_; }

  // Talk, one line each.
  void note(std::string_view line);  // unless -q
  void note_table(const Table& table);
  void warn(std::string_view line);    // always
  void detail(std::string_view line);  // -v
  void trace(std::string_view line);   // -vv
  void fail(const Error& error);       // always

  // A listener that draws on stderr. The console must outlive it.
  auto progress() -> ProgressFn;

  auto err_terminal() const -> const Terminal& { return err_terminal_; }
  auto out_palette() const -> Palette { return {out_terminal_.colour}; }
  auto err_palette() const -> Palette { return {err_terminal_.colour}; }

  // Flushes stdout. Fails when any data was lost, as on a full disk.
  auto close() -> Result<Ok>;

 private:
  void talk(LogLevel level, std::string_view line, std::string_view shown, bool visible);
  void write_data(std::string_view bytes);
  void write_json(std::string_view command, const nlohmann::ordered_json& fields, int indent);

  std::mutex mutex_;
  std::FILE* out_;
  std::FILE* err_;
  ConsoleOptions options_;
  Terminal out_terminal_, err_terminal_;
  ProgressMeter meter_;
  std::optional<LogFile> log_;
  bool printed_json_ = false;
  int output_errno_ = 0;  // of the first failed write to stdout
};

}  // namespace mcullm::ui

// SPDX-License-Identifier: MIT
#include "ui/console.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>

#include "ui/fit.hpp"

namespace mcullm::ui {
namespace {

auto style_for(const Terminal& terminal, const ConsoleOptions& options) -> ProgressStyle {
  if (options.quiet || options.no_progress) return ProgressStyle::off;
  return terminal.interactive ? ProgressStyle::bar : ProgressStyle::lines;
}

}  // namespace

Console::Console(std::FILE* out, std::FILE* err)
    : out_(out),
      err_(err),
      out_terminal_(inspect_terminal(out, false)),
      err_terminal_(inspect_terminal(err, false)),
      meter_(style_for(err_terminal_, options_), err_terminal_.width) {}

auto Console::configure(const ConsoleOptions& options) -> Result<Ok> {
  const std::scoped_lock lock(mutex_);
  options_ = options;
  out_terminal_ = inspect_terminal(out_, options.no_color);
  err_terminal_ = inspect_terminal(err_, options.no_color);
  meter_ = ProgressMeter(style_for(err_terminal_, options_), err_terminal_.width);
  if (options.log.empty()) return Ok{};
  auto log = LogFile::open(options.log);
  if (!log) return log.error();
  log_ = std::move(log).value();
  return Ok{};
}

void Console::write_data(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), out_) == bytes.size() && std::fflush(out_) == 0) return;
  if (errno == EPIPE) {
    // the reader has left, as in `| head`: go the way every filter goes
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
  if (output_errno_ == 0) output_errno_ = errno;
}

void Console::print(std::string_view bytes) {
  const std::scoped_lock lock(mutex_);
  write_data(bytes);
}

void Console::print_line(std::string_view line) { print(std::string(line) + '\n'); }

void Console::print_table(const Table& table) {
  const auto width =
      out_terminal_.interactive ? static_cast<std::size_t>(out_terminal_.width) : Table::any_width;
  print(table.render(out_palette(), width));
}

void Console::print_help(std::string_view text) {
  print(out_terminal_.interactive ? fit_to_width(text, out_terminal_.width) : std::string(text));
}

void Console::write_json(std::string_view command, const nlohmann::ordered_json& fields, int indent) {
  nlohmann::ordered_json object;
  object["schema"] = fmt::format("mcullm.{}.v1", command);
  object.update(fields);
  print(object.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n');
  printed_json_ = true;
}

void Console::print_json(std::string_view command, const nlohmann::ordered_json& fields) {
  constexpr int indent = 2;
  write_json(command, fields, indent);
}

void Console::print_json_line(std::string_view command, const nlohmann::ordered_json& fields) {
  constexpr int one_line = -1;
  write_json(command, fields, one_line);
}

void Console::talk(LogLevel level, std::string_view line, std::string_view shown, bool visible) {
  const std::scoped_lock lock(mutex_);
  if (log_) log_->write(level, line);
  if (!visible) return;
  const std::string text = fmt::format("{}{}\n{}", meter_.hide(), shown, meter_.show());
  std::fwrite(text.data(), 1, text.size(), err_);
  std::fflush(err_);
}

void Console::note(std::string_view line) { talk(LogLevel::note, line, line, !options_.quiet); }

void Console::note_table(const Table& table) {
  std::string lines = table.render(err_palette());
  if (lines.ends_with('\n')) lines.pop_back();
  note(lines);
}

void Console::warn(std::string_view line) {
  talk(LogLevel::warning, line, fmt::format("{} {}", err_palette()(Colour::yellow, "warning:"), line), true);
}

void Console::detail(std::string_view line) {
  talk(LogLevel::detail, line, err_palette()(Colour::dim, line), options_.verbosity >= 1);
}

void Console::trace(std::string_view line) {
  talk(LogLevel::trace, line, err_palette()(Colour::dim, line), options_.verbosity >= 2);
}

void Console::fail(const Error& error) {
  {
    const std::scoped_lock lock(mutex_);
    const std::string rest_of_bar = meter_.finish();
    std::fwrite(rest_of_bar.data(), 1, rest_of_bar.size(), err_);
  }
  if (error.exit == Exit::cancelled) {  // a wish, and no error
    talk(LogLevel::note, error.what, error.what, true);
    return;
  }
  const Palette paint = err_palette();
  talk(LogLevel::error, fmt::format("{} (exit code {})", error.what, static_cast<int>(error.exit)),
       fmt::format("{} {}", paint(Colour::red, "error:"), error.what), true);
  if (error.hint.empty()) return;
  talk(LogLevel::error, error.hint, fmt::format("{}  {}", paint(Colour::cyan, "hint:"), error.hint), true);
}

auto Console::progress() -> ProgressFn {
  return [this](const Progress& event) {
    const std::scoped_lock lock(mutex_);
    const std::string text = meter_.update(event, ProgressMeter::Clock::now());
    std::fwrite(text.data(), 1, text.size(), err_);
    std::fflush(err_);
  };
}

auto Console::close() -> Result<Ok> {
  const std::scoped_lock lock(mutex_);
  if (output_errno_ == 0) return Ok{};
  return Error{Exit::internal, fmt::format("cannot write to stdout: {}", std::strerror(output_errno_)),
               "the output is incomplete; check the disk or the program that reads it"};
}

}  // namespace mcullm::ui

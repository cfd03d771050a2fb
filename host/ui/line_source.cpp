// SPDX-License-Identifier: MIT
#include "ui/line_source.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "ui/interrupt.hpp"

#ifdef MCULLM_LIBEDIT
#include "ui/line_editor.hpp"
#endif

namespace mcullm::ui {
namespace {

class PlainLines : public LineSource {
 public:
  auto read(const std::string& prompt) -> Line override {
    if (input_is_interactive()) {
      std::fwrite(prompt.data(), 1, prompt.size(), stderr);
      std::fflush(stderr);
    }
    for (;;) {
      if (const auto end = unread_.find('\n'); end != std::string::npos) return take(end, end + 1);
      if (!wait_for_input(STDIN_FILENO)) return {Line::Kind::interrupted, std::exchange(unread_, {})};
      char bytes[4096];
      const auto count = ::read(STDIN_FILENO, bytes, sizeof bytes);
      if (count > 0) unread_.append(bytes, static_cast<std::size_t>(count));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0 && unread_.empty()) return {Line::Kind::end, {}};
      if (count <= 0) return take(unread_.size(), unread_.size());  // the last line lacks its newline
    }
  }

 private:
  auto take(std::size_t end, std::size_t next) -> Line {
    std::string text = unread_.substr(0, end);
    unread_.erase(0, next);
    if (text.ends_with('\r')) text.pop_back();
    return {Line::Kind::text, std::move(text)};
  }

  std::string unread_;  // came, and was not yet asked for
};

}  // namespace

auto input_is_interactive() -> bool { return isatty(STDIN_FILENO) != 0; }

auto open_standard_input([[maybe_unused]] const std::filesystem::path& history)
    -> std::unique_ptr<LineSource> {
#ifdef MCULLM_LIBEDIT
  const char* terminal = std::getenv("TERM");
  const bool can_edit =
      terminal != nullptr && std::string_view(terminal) != "dumb" && isatty(STDERR_FILENO) != 0;
  if (input_is_interactive() && can_edit)
    if (auto editor = make_line_editor(history)) return editor;
#endif
  return std::make_unique<PlainLines>();
}

auto history_file(const std::string& name) -> std::filesystem::path {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (std::getenv("MCULLM_NOHISTORY") != nullptr) return {};
  std::filesystem::path folder;
  if (state != nullptr && *state == '/')
    folder = state;
  else if (home != nullptr && *home == '/')
    folder = std::filesystem::path(home) / ".local/state";
  else
    return {};
  folder /= "mcullm";
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  return failed ? std::filesystem::path() : folder / name;
}

}  // namespace mcullm::ui

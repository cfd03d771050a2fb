// SPDX-License-Identifier: MIT
#include "ui/line_source.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#ifdef MCULLM_LIBEDIT
#include "ui/line_editor.hpp"
#endif

namespace mcullm::ui {
namespace {

class PlainLines : public LineSource {
 public:
  ~PlainLines() override { std::free(buffer_); }

  auto read(const std::string& prompt) -> Line override {
    if (input_is_interactive()) {
      std::fwrite(prompt.data(), 1, prompt.size(), stderr);
      std::fflush(stderr);
    }
    errno = 0;
    const auto length = getline(&buffer_, &capacity_, stdin);
    if (length < 0) {
      const bool interrupted = errno == EINTR;
      std::clearerr(stdin);
      return {interrupted ? Line::Kind::interrupted : Line::Kind::end, {}};
    }
    std::string text(buffer_, static_cast<std::size_t>(length));
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return {Line::Kind::text, std::move(text)};
  }

 private:
  char* buffer_ = nullptr;
  std::size_t capacity_ = 0;
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

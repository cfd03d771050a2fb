// SPDX-License-Identifier: MIT
#include "ui/line_editor.hpp"

#include <histedit.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cwchar>

#include "ui/interrupt.hpp"

namespace mcullm::ui {
namespace {

constexpr int history_lines = 500;

struct EditLineEnd {
  void operator()(EditLine* editor) const { el_end(editor); }
};
struct HistoryEnd {
  void operator()(History* history) const { history_end(history); }
};

// Bytes that were typed before the terminal was ours. Linux keeps a Ctrl-D among them as a zero (n_tty.c).
int typed_ahead = 0;
constexpr char ctrl_d = 4;

// One character for libedit. Its own reader looks for signals nowhere: one that comes between the prompt and
// read(2) would wait for the next key.
auto read_character(EditLine*, wchar_t* character) -> int {
  std::mbstate_t state{};
  for (;;) {
    if (!wait_for_input(STDIN_FILENO)) {
      errno = EINTR;
      return -1;
    }
    char byte = 0;
    const auto count = ::read(STDIN_FILENO, &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return static_cast<int>(count);
    if (typed_ahead > 0 && typed_ahead-- > 0 && byte == '\0') byte = ctrl_d;
    constexpr auto incomplete = static_cast<std::size_t>(-2);
    constexpr auto wrong = static_cast<std::size_t>(-1);
    const auto length = std::mbrtowc(character, &byte, 1, &state);
    if (length == wrong) state = {};  // not a character in this locale: skip it
    if (length != wrong && length != incomplete) return 1;
  }
}

class LineEditor : public LineSource {
 public:
  LineEditor(EditLine* editor, History* history, std::filesystem::path file)
      : history_(history), editor_(editor), file_(std::move(file)) {
    HistEvent event;
    ::history(history_.get(), &event, H_SETSIZE, history_lines);
    ::history(history_.get(), &event, H_SETUNIQUE, 1);
    if (!file_.empty()) ::history(history_.get(), &event, H_LOAD, file_.c_str());
    el_set(editor, EL_CLIENTDATA, this);
    el_set(editor, EL_PROMPT, &LineEditor::prompt_of);
    el_set(editor, EL_GETCFN, &read_character);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_HIST, ::history, history_.get());
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_set(editor, EL_BIND, "\\e[3~", "ed-delete-next-char", nullptr);
    el_source(editor, nullptr);
  }

  auto read(const std::string& prompt) -> Line override {
    prompt_ = prompt;
    el_resize(editor_.get());
    // libedit itself would do so only after the prompt, and lose a Ctrl-D that comes in between
    el_set(editor_.get(), EL_PREP_TERM, 1);
    if (::ioctl(STDIN_FILENO, FIONREAD, &typed_ahead) != 0) typed_ahead = 0;
    int length = 0;
    errno = 0;
    const char* line = el_gets(editor_.get(), &length);
    if (line == nullptr || length <= 0) {
      const bool interrupted = errno == EINTR;
      const LineInfo* typed = el_line(editor_.get());
      return {interrupted ? Line::Kind::interrupted : Line::Kind::end,
              std::string(typed->buffer, typed->lastchar)};
    }
    std::string text(line, static_cast<std::size_t>(length));
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    remember(text);
    return {Line::Kind::text, std::move(text)};
  }

 private:
  static auto prompt_of(EditLine* editor) -> char* {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return static_cast<LineEditor*>(self)->prompt_.data();
  }

  void remember(const std::string& text) {
    if (text.find_first_not_of(" \t") == std::string::npos) return;
    HistEvent event;
    ::history(history_.get(), &event, H_ENTER, text.c_str());
    if (!file_.empty()) ::history(history_.get(), &event, H_SAVE, file_.c_str());
  }

  std::unique_ptr<History, HistoryEnd> history_;
  std::unique_ptr<EditLine, EditLineEnd> editor_;  // ends before its history
  std::filesystem::path file_;
  std::string prompt_;
};

}  // namespace

auto make_line_editor(const std::filesystem::path& history) -> std::unique_ptr<LineSource> {
  // characters of several bytes are one key press only in a locale that knows them
  if (std::setlocale(LC_CTYPE, "") == nullptr || MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
  EditLine* editor = el_init("mcullm", stdin, stderr, stderr);
  if (editor == nullptr) return nullptr;
  return std::make_unique<LineEditor>(editor, history_init(), history);
}

}  // namespace mcullm::ui

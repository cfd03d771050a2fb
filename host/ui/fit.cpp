// SPDX-License-Identifier: MIT
#include "ui/fit.hpp"

#include <algorithm>
#include <vector>

namespace mcullm::ui {
namespace {

using std::size_t;

auto split(std::string_view text, char at) -> std::vector<std::string_view> {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// `begun` and then the words, each line after the first behind `indent` blanks.
auto wrapped(std::string begun, std::string_view words, size_t indent, size_t width) -> std::string {
  std::string lines;
  size_t start = begun.find_first_not_of(' ');
  bool fresh = begun.empty() || start == std::string::npos;  // no word on this line yet
  for (const auto word : split(words, ' ')) {
    if (word.empty()) continue;
    const size_t blank = fresh || begun.ends_with(' ') ? 0 : 1;
    if (!fresh && begun.size() + blank + word.size() > width) {
      begun.erase(begun.find_last_not_of(' ') + 1);
      lines += begun + '\n';
      begun.assign(indent, ' ');
    } else if (blank == 1) {
      begun += ' ';
    }
    begun += word;
    fresh = false;
  }
  return lines + begun + '\n';
}

auto wrapped_columns(std::string_view line, size_t width) -> std::string {
  const auto first = line.find_first_not_of(' ');
  const auto gap = line.find("  ", first);
  if (gap == std::string_view::npos)
    return wrapped(std::string(first, ' '), line.substr(first), first + 4, width);
  const auto second = line.find_first_not_of(' ', gap);
  if (second <= width / 2)
    return wrapped(std::string(line.substr(0, second)), line.substr(second), second, width);
  return std::string(line.substr(0, gap)) + '\n' +
         wrapped(std::string(first + 4, ' '), line.substr(second), first + 4, width);
}

}  // namespace

auto fit_to_width(std::string_view text, int columns) -> std::string {
  const auto width = static_cast<size_t>(std::max(columns, 20));
  std::string fitted, paragraph;
  bool too_wide = false;
  std::string as_it_is;
  const auto end_paragraph = [&] {
    fitted += too_wide ? wrapped("", paragraph, 0, width) : as_it_is;
    paragraph.clear(), as_it_is.clear(), too_wide = false;
  };
  if (text.ends_with('\n')) text.remove_suffix(1);
  for (const auto line : split(text, '\n')) {
    const bool prose = !line.empty() && line.front() != ' ';
    if (!prose || line.starts_with("Usage:")) end_paragraph();
    if (!prose) {
      fitted += line.size() > width ? wrapped_columns(line, width) : std::string(line) + '\n';
      continue;
    }
    paragraph += std::string(line) + ' ';
    as_it_is += std::string(line) + '\n';
    too_wide |= line.size() > width;
  }
  end_paragraph();
  return fitted;
}

}  // namespace mcullm::ui

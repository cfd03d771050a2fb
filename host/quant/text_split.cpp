// SPDX-License-Identifier: MIT
#include "quant/text_split.hpp"

#include <cstddef>

namespace mcullm::quant {

namespace {

constexpr std::string_view marker = "<|endoftext|>", space = " \t\r\n";

auto trimmed(std::string_view text) -> std::string_view {
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace

auto split_texts(std::string_view file) -> std::vector<std::string_view> {
  const bool marked = file.find(marker) != std::string_view::npos;
  std::vector<std::string_view> texts;
  std::size_t begin = 0, line_begin = 0;
  const auto end_text = [&](std::size_t end, std::size_t next) {
    if (const auto text = trimmed(file.substr(begin, end - begin)); !text.empty()) texts.push_back(text);
    begin = next;
  };
  while (line_begin < file.size()) {
    const auto newline = file.find('\n', line_begin);
    const std::size_t next = newline == std::string_view::npos ? file.size() : newline + 1;
    const auto line = trimmed(file.substr(line_begin, next - line_begin));
    if (marked ? line == marker : line.empty()) end_text(line_begin, next);
    line_begin = next;
  }
  end_text(file.size(), file.size());
  return texts;
}

}  // namespace mcullm::quant

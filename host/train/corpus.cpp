// SPDX-License-Identifier: MIT
#include "train/corpus.hpp"

#include <fmt/format.h>

namespace mcullm::train {
namespace {

constexpr std::string_view marker = "<|endoftext|>";

auto next_line(std::string_view& rest) -> std::string_view {
  const auto end = rest.find('\n');
  auto line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  return line;
}

auto has_marker(std::string_view text) -> bool {
  while (!text.empty())
    if (next_line(text) == marker) return true;
  return false;
}

auto trimmed(std::string_view text) -> std::string_view {
  constexpr std::string_view space = " \t\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) + 1 - first);
}

}  // namespace

auto parse_corpus(std::span<const std::byte> bytes, std::string_view name) -> Result<Corpus> {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (const auto at = text.find('\0'); at != std::string_view::npos)
    return Error{Exit::input, fmt::format("{}: byte {} is zero, this is not a text", name, at),
                 "give a plain UTF-8 text file"};

  const auto separator = has_marker(text) ? marker : std::string_view{};
  Corpus corpus;
  std::string story;
  const auto finish = [&] {
    if (const auto kept = trimmed(story); !kept.empty()) corpus.stories.emplace_back(kept);
    story.clear();
  };
  for (auto rest = text; !rest.empty();) {
    const auto line = next_line(rest);
    if (line == separator) {
      finish();
      continue;
    }
    story.append(line).push_back('\n');
  }
  finish();
  if (corpus.stories.empty())
    return Error{Exit::input, fmt::format("{}: no story in {} bytes", name, bytes.size()),
                 "a corpus is plain text, one story after the other, with a blank line between them"};
  return corpus;
}

}  // namespace mcullm::train

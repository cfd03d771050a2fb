// SPDX-License-Identifier: MIT
#include "ui/table.hpp"

#include <algorithm>

namespace mcullm::ui {
namespace {

// Pads to the width; the last column of a line keeps no trailing blanks.
auto aligned(const std::string& cell, Align align, std::size_t width, bool last) -> std::string {
  const std::string blanks(width - display_width(cell), ' ');
  if (align == Align::right) return blanks + cell;
  return last ? cell : cell + blanks;
}

}  // namespace

auto display_width(std::string_view text) -> std::size_t {
  const auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

auto Table::widths() const -> std::vector<std::size_t> {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = display_width(columns_[c].title);
    for (const auto& row : rows_) width = std::max(width, display_width(row[c]));
    widths.push_back(width);
  }
  return widths;
}

auto Table::render(const Palette& palette) const -> std::string {
  const auto width = widths();
  const auto line = [&](auto cell_of) {
    std::string text;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (c > 0) text += "  ";
      text += aligned(cell_of(c), columns_[c].align, width[c], c + 1 == columns_.size());
    }
    return text;
  };
  std::string text;
  const bool titled = std::any_of(columns_.begin(), columns_.end(), [](auto& c) { return !c.title.empty(); });
  if (titled) text += palette(Colour::bold, line([&](std::size_t c) { return columns_[c].title; })) + '\n';
  for (const auto& row : rows_) text += line([&](std::size_t c) { return row[c]; }) + '\n';
  return text;
}

}  // namespace mcullm::ui

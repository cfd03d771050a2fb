// SPDX-License-Identifier: MIT
#include "ui/table.hpp"

#include <algorithm>

namespace mcullm::ui {
namespace {

constexpr std::size_t gap = 2;  // blanks between two columns

// Pads to the width; the last column of a line keeps no trailing blanks.
auto aligned(const std::string& cell, Align align, std::size_t width, bool last) -> std::string {
  const std::string blanks(width - display_width(cell), ' ');
  if (align == Align::right) return blanks + cell;
  return last ? cell : cell + blanks;
}

// In quotes where it needs them.
auto csv_field(const std::string& cell) -> std::string {
  if (cell.find_first_of(",\"\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  quoted.push_back('"');
  return quoted;
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

// The columns of each table that the whole is parted into.
auto Table::folds(std::size_t width) const -> std::vector<std::vector<std::size_t>> {
  const auto wide = widths();
  std::vector<std::vector<std::size_t>> folds(1);
  std::size_t used = 0;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (folds.size() > 1 && c == key_) continue;  // stands in front already
    if (folds.back().size() > 1 && used + gap + wide[c] > width) {
      folds.push_back({key_});
      used = wide[key_];
    }
    used += wide[c] + (folds.back().empty() ? 0 : gap);
    folds.back().push_back(c);
  }
  return folds;
}

auto Table::render(const Palette& palette, std::size_t width) const -> std::string {
  const auto wide = widths();
  const auto line = [&](const std::vector<std::size_t>& fold, auto cell_of) {
    std::string text;
    for (const auto c : fold) {
      if (c != fold.front()) text.append(gap, ' ');
      text += aligned(cell_of(c), columns_[c].align, wide[c], c == fold.back());
    }
    return text;
  };
  const bool titled = std::any_of(columns_.begin(), columns_.end(), [](auto& c) { return !c.title.empty(); });
  std::string text;
  for (const auto& fold : folds(width)) {
    if (!text.empty()) text += '\n';
    if (titled)
      text += palette(Colour::bold, line(fold, [&](std::size_t c) { return columns_[c].title; })) + '\n';
    for (const auto& row : rows_) text += line(fold, [&](std::size_t c) { return row[c]; }) + '\n';
  }
  return text;
}

auto Table::render_markdown() const -> std::string {
  auto width = widths();
  for (auto& w : width) w = std::max<std::size_t>(w, 3);
  std::string text;
  const auto line = [&](auto cell_of) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      text.append(c == 0 ? "| " : " | ");
      text.append(aligned(cell_of(c), columns_[c].align, width[c], false));
    }
    text.append(" |\n");
  };
  line([&](std::size_t c) { return columns_[c].title; });
  line([&](std::size_t c) {
    std::string dashes(width[c], '-');
    if (columns_[c].align == Align::right) dashes.back() = ':';
    return dashes;
  });
  for (const auto& row : rows_) line([&](std::size_t c) { return row[c]; });
  return text;
}

auto Table::render_csv() const -> std::string {
  std::string text;
  const auto line = [&](auto cell_of) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      text.append(c == 0 ? "" : ",");
      text.append(csv_field(cell_of(c)));
    }
    text.push_back('\n');
  };
  line([&](std::size_t c) { return columns_[c].title; });
  for (const auto& row : rows_) line([&](std::size_t c) { return row[c]; });
  return text;
}

}  // namespace mcullm::ui

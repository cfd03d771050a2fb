// SPDX-License-Identifier: MIT
// Columns of text, as wide as their widest cell, two spaces apart.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "ui/terminal.hpp"

namespace mcullm::ui {

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
};

class Table {
 public:
  // `key`: the column that tells one row from another.
  explicit Table(std::vector<Column> columns, std::size_t key = 0)
      : columns_(std::move(columns)), key_(key) {}

  // Precondition: one cell per column.
  void add_row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  // Lines with a newline each; titles are bold where the palette is on. Titles that are all empty are left
  // out. Columns for which `width` leaves no room follow in a table of their own, behind the key.
  auto render(const Palette& palette = {}, std::size_t width = any_width) const -> std::string;
  static constexpr auto any_width = std::numeric_limits<std::size_t>::max();
  // As a table of a Markdown document, and as comma-separated values (RFC 4180, titles first).
  auto render_markdown() const -> std::string;
  auto render_csv() const -> std::string;

 private:
  auto widths() const -> std::vector<std::size_t>;
  auto folds(std::size_t width) const -> std::vector<std::vector<std::size_t>>;

  std::vector<Column> columns_;
  std::size_t key_;
  std::vector<std::vector<std::string>> rows_;
};

// Columns that UTF-8 text fills, one per code point.
auto display_width(std::string_view text) -> std::size_t;

}  // namespace mcullm::ui

// SPDX-License-Identifier: MIT
// Pieces of SVG and HTML, as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mcullm::report {

// For element content and quoted attributes.
auto escaped(std::string_view text) -> std::string;

// A number that a program can read back: `shown` for people, `value` in full, and the JSON pointer of where
// it stands in the report's data.
auto number(std::string_view pointer, double value, std::string_view shown) -> std::string;

// "1,234,567", "12.3", "0.0018": three or four significant digits.
auto readable(double value) -> std::string;

struct Point {
  double x = 0, y = 0;
  std::string label{};  // beside the point; may be empty
};

struct Series {
  std::string name, colour;
  bool dashed = false, joined = true;
  std::vector<Point> points{};
};

struct ChartText {
  std::string x_axis, y_axis;
  bool log_x = false, log_y = false;
};

// Points and lines in a frame with axes from zero, or over decades where an axis is logarithmic.
auto line_chart(const std::vector<Series>& series, const ChartText& text) -> std::string;

struct Slice {
  std::string name, colour;
  double value = 0;
};

struct Bar {
  std::string name, total;  // `total` behind the bar
  std::vector<Slice> slices{};
};

// Bars under each other on one scale, each cut into slices; slices wide enough carry their name.
auto stacked_bars(const std::vector<Bar>& bars, std::string_view unit) -> std::string;

}  // namespace mcullm::report

// SPDX-License-Identifier: MIT
#include "report/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mcullm::report {
namespace {

// In units of the picture's view box; the page scales it to its column.
constexpr double width = 760, left = 64, right = 132, top = 16, bottom = 46, chart_height = 300;

// The marks of an axis, and where a value lies on it (0 to 1).
class Axis {
 public:
  Axis(double least, double most, bool log) : log_(log) {
    if (log) {
      low_ = std::pow(10, std::floor(std::log10(least)));
      high_ = std::pow(10, std::ceil(std::log10(most)));
      if (high_ <= low_) high_ = low_ * 10;
      for (double mark = low_; mark <= high_ * 1.001; mark *= 10) marks_.push_back(mark);
      return;
    }
    const double step = round_step(std::max(most, 1e-12) / 5);
    low_ = 0;
    high_ = std::max(std::ceil(most / step - 1e-9), 1.0) * step;
    for (double mark = 0; mark <= high_ * 1.001; mark += step) marks_.push_back(mark);
  }

  auto at(double value) const -> double {
    if (log_) return std::log10(value / low_) / std::log10(high_ / low_);
    return (value - low_) / (high_ - low_);
  }
  auto marks() const -> const std::vector<double>& { return marks_; }

 private:
  // 1, 2 or 5 times a power of ten.
  static auto round_step(double wanted) -> double {
    const double power = std::pow(10, std::floor(std::log10(wanted)));
    for (const double factor : {1.0, 2.0, 5.0})
      if (factor * power >= wanted * 0.999) return factor * power;
    return 10 * power;
  }

  bool log_;
  double low_ = 0, high_ = 1;
  std::vector<double> marks_;
};

auto axis_over(const std::vector<Series>& series, double Point::*coordinate, bool log) -> Axis {
  double least = INFINITY, most = -INFINITY;
  for (const auto& one : series) {
    for (const auto& point : one.points) {
      least = std::min(least, point.*coordinate);
      most = std::max(most, point.*coordinate);
    }
  }
  return {least, most, log && least > 0};
}

struct Frame {
  Axis x, y;
  auto px(double value) const -> double { return left + x.at(value) * (width - left - right); }
  auto py(double value) const -> double { return top + (1 - y.at(value)) * (chart_height - top - bottom); }
};

auto grid(const Frame& frame, const ChartText& text) -> std::string {
  std::string svg;
  for (const double mark : frame.y.marks())
    svg += fmt::format(R"(<line class="grid" x1="{0:.1f}" x2="{1:.1f}" y1="{2:.1f}" y2="{2:.1f}"/>)"
                       R"(<text class="mark" x="{3:.1f}" y="{4:.1f}" text-anchor="end">{5}</text>)",
                       left, width - right, frame.py(mark), left - 8, frame.py(mark) + 4, readable(mark));
  for (const double mark : frame.x.marks())
    svg += fmt::format(R"(<text class="mark" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)",
                       frame.px(mark), chart_height - bottom + 18, readable(mark));
  svg += fmt::format(R"(<text class="axis" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)",
                     (left + width - right) / 2, chart_height - 8, escaped(text.x_axis));
  svg += fmt::format(
      R"svg(<text class="axis" transform="translate(14 {:.1f}) rotate(-90)" text-anchor="middle">{}</text>)svg",
      (top + chart_height - bottom) / 2, escaped(text.y_axis));
  return svg;
}

auto curve(const Series& series, const Frame& frame) -> std::string {
  std::string svg, path;
  for (const auto& point : series.points)
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", frame.px(point.x), frame.py(point.y));
  if (series.joined && series.points.size() > 1)
    svg += fmt::format(R"(<path class="curve" d="{}" stroke="{}"{}/>)", path, series.colour,
                       series.dashed ? R"( stroke-dasharray="6 5")" : "");
  for (const auto& point : series.points) {
    svg += fmt::format(
        R"(<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}" stroke="{}"><title>{}: {} at {}</title></circle>)",
        frame.px(point.x), frame.py(point.y), series.dashed ? "#fff" : series.colour, series.colour,
        escaped(series.name), readable(point.y), readable(point.x));
    if (!point.label.empty())
      svg += fmt::format(R"(<text class="label" x="{:.1f}" y="{:.1f}">{}</text>)", frame.px(point.x) + 8,
                         frame.py(point.y) - 7, escaped(point.label));
  }
  return svg;
}

// The names stand at the ends of their curves, pushed apart where they would meet.
auto names(const std::vector<Series>& series, const Frame& frame) -> std::string {
  struct Name {
    double y;
    const Series* series;
  };
  std::vector<Name> list;
  for (const auto& one : series)
    if (!one.points.empty() && one.joined) list.push_back({frame.py(one.points.back().y), &one});
  std::ranges::sort(list, {}, &Name::y);
  std::string svg;
  double above = -INFINITY;
  for (const auto& name : list) {
    above = std::max(name.y, above + 17);
    svg += fmt::format(R"(<text class="name" x="{:.1f}" y="{:.1f}" fill="{}">{}</text>)", width - right + 12,
                       above + 4, name.series->colour, escaped(name.series->name));
  }
  return svg;
}

}  // namespace

auto escaped(std::string_view text) -> std::string {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

auto number(std::string_view pointer, double value, std::string_view shown) -> std::string {
  return fmt::format(R"(<data itemprop="{}" value="{}">{}</data>)", escaped(pointer), value, escaped(shown));
}

auto readable(double value) -> std::string {
  if (value == 0) return "0";
  const double size = std::abs(value);
  if (size < 1000) {
    const int digits = std::clamp(2 - static_cast<int>(std::floor(std::log10(size))), 0, 8);
    std::string text = fmt::format("{:.{}f}", value, digits);
    if (text.find('.') != std::string::npos) {
      text.erase(text.find_last_not_of('0') + 1);
      if (text.ends_with('.')) text.pop_back();
    }
    return text;
  }
  auto text = fmt::format("{:.0f}", size);
  for (auto at = std::ssize(text) - 3; at > 0; at -= 3) text.insert(text.begin() + at, ',');
  if (value < 0) text.insert(text.begin(), '-');
  return text;
}

auto line_chart(const std::vector<Series>& series, const ChartText& text) -> std::string {
  const Frame frame{axis_over(series, &Point::x, text.log_x), axis_over(series, &Point::y, text.log_y)};
  std::string svg = fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{} against {}">)", width,
                                chart_height, escaped(text.y_axis), escaped(text.x_axis));
  svg += grid(frame, text);
  for (const auto& one : series) svg += curve(one, frame);
  return svg + names(series, frame) + "</svg>\n";
}

auto stacked_bars(const std::vector<Bar>& bars, std::string_view unit) -> std::string {
  constexpr double bar_height = 30, gap = 10, name_width = 92, total_width = 112;
  constexpr double space = width - name_width - total_width;
  constexpr double character = 6.6;  // of a label, about
  double most = 0;
  for (const auto& bar : bars) {
    double sum = 0;
    for (const auto& slice : bar.slices) sum += slice.value;
    most = std::max(most, sum);
  }
  const double height = static_cast<double>(bars.size()) * (bar_height + gap);
  std::string svg = fmt::format(R"(<svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{} by op">)", width,
                                height, escaped(unit));
  double y = 0;
  for (const auto& bar : bars) {
    double x = name_width;
    svg += fmt::format(R"(<text class="mark" x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)",
                       name_width - 10, y + bar_height / 2 + 4, escaped(bar.name));
    for (const auto& slice : bar.slices) {
      const double size = most > 0 ? slice.value / most * space : 0;
      svg += fmt::format(
          R"(<rect x="{:.2f}" y="{:.1f}" width="{:.2f}" height="{}" fill="{}"><title>{}: {} {}</title></rect>)",
          x, y, size, bar_height, slice.colour, escaped(slice.name), readable(slice.value), escaped(unit));
      if (size > character * static_cast<double>(slice.name.size()) + 10)
        svg += fmt::format(R"(<text class="inside" x="{:.1f}" y="{:.1f}">{}</text>)", x + 6,
                           y + bar_height / 2 + 4, escaped(slice.name));
      x += size;
    }
    svg += fmt::format(R"(<text class="mark" x="{:.1f}" y="{:.1f}">{}</text>)", x + 8, y + bar_height / 2 + 4,
                       escaped(bar.total));
    y += bar_height + gap;
  }
  return svg + "</svg>\n";
}

}  // namespace mcullm::report

// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "report/svg.hpp"

using namespace mcullm;

TEST_CASE("svg: numbers are readable at any size", "[report]") {
  CHECK(report::readable(0) == "0");
  CHECK(report::readable(0.001774) == "0.00177");
  CHECK(report::readable(1.5) == "1.5");
  CHECK(report::readable(12.345) == "12.3");
  CHECK(report::readable(999.4) == "999");
  CHECK(report::readable(1234567) == "1,234,567");
  CHECK(report::readable(-1234) == "-1,234");
  CHECK(report::readable(100) == "100");
}

TEST_CASE("svg: names cannot break out of the page", "[report]") {
  CHECK(report::escaped("<b>&\"x\"") == "&lt;b&gt;&amp;&quot;x&quot;");
  const auto bars =
      report::stacked_bars({{.name = "<i>", .total = "&", .slices = {{"<u>", "#000", 1}}}}, "\"");
  CHECK(bars.find("<i>") == std::string::npos);
  CHECK(bars.find("<u>") == std::string::npos);
}

TEST_CASE("svg: one point, equal points and zeros are charts too", "[report]") {
  for (const bool log : {false, true}) {
    for (const double y : {0.0, 1e-9, 5.0, 1e12}) {
      const auto chart =
          report::line_chart({{.name = "a", .colour = "#000", .points = {{1, y, "p"}, {1, y, ""}}}},
                             {.x_axis = "x", .y_axis = "y", .log_x = log, .log_y = log});
      CAPTURE(log, y);
      CHECK(chart.find("nan") == std::string::npos);
      CHECK(chart.find("inf") == std::string::npos);
      CHECK(chart.size() < 20'000);
    }
  }
}

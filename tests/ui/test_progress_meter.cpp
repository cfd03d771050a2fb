// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "ui/progress_meter.hpp"

using namespace mcullm;
using ui::ProgressMeter;
using ui::ProgressStyle;

namespace {

const ProgressMeter::Clock::time_point start{};

auto at(double seconds) -> ProgressMeter::Clock::time_point {
  return start +
         std::chrono::duration_cast<ProgressMeter::Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

TEST_CASE("progress: a bar redraws its line and ends in a summary", "[ui]") {
  ProgressMeter meter(ProgressStyle::bar, 80);
  CHECK(meter.update({"writing", 0, 1000, "B"}, at(0)).starts_with("\r\033[Kwriting  ["));
  CHECK(meter.update({"writing", 10, 1000, "B"}, at(0.05)).empty());  // too soon for the eye
  const auto half = meter.update({"writing", 500, 1000, "B"}, at(2));
  CHECK(half.find(" 50 %") != std::string::npos);
  CHECK(half.find("250 B/s") != std::string::npos);
  CHECK(half.find("ETA 0:02") != std::string::npos);
  CHECK(half.size() < 80 + 4);
  CHECK(meter.update({"writing", 1000, 1000, "B"}, at(4)) == "\r\033[Kwriting: 1.0 kB in 4.00 s\n");
  CHECK(meter.update({"writing", 1000, 1000, "B"}, at(5)).empty());
}

TEST_CASE("progress: other lines are written between, and the bar comes back", "[ui]") {
  ProgressMeter meter(ProgressStyle::bar, 80);
  CHECK(meter.hide().empty());
  meter.update({"writing", 1, 10, ""}, at(0));
  CHECK(meter.hide() == "\r\033[K");
  CHECK(meter.show().starts_with("writing"));
  CHECK(meter.finish() == "\n");
  CHECK(meter.hide().empty());
}

TEST_CASE("progress: a new phase ends the bar of the old one", "[ui]") {
  ProgressMeter meter(ProgressStyle::bar, 80);
  meter.update({"erasing", 1, 10, ""}, at(0));
  CHECK(meter.update({"writing", 1, 10, ""}, at(1)).starts_with("\n\r\033[Kwriting"));
}

TEST_CASE("progress: without a terminal there is a line per ten percent, at most one a second", "[ui]") {
  ProgressMeter meter(ProgressStyle::lines, 80);
  int lines = 0;
  for (std::uint64_t i = 0; i < 1000; ++i)
    if (!meter.update({"writing", i, 1000, "B"}, at(0.1 * static_cast<double>(i))).empty()) ++lines;
  CHECK(lines == 9);
  ProgressMeter quick(ProgressStyle::lines, 80);
  for (std::uint64_t i = 0; i < 1000; ++i)
    CHECK(quick.update({"writing", i, 1000, "B"}, at(0.0009 * static_cast<double>(i))).empty());
  CHECK(quick.update({"writing", 1000, 1000, "B"}, at(0.9)) == "writing: 1.0 kB in 0.90 s\n");
}

TEST_CASE("progress: the same phase may run twice", "[ui]") {
  ProgressMeter meter(ProgressStyle::lines, 80);
  for (int run = 0; run < 2; ++run) {
    CHECK(meter.update({"writing", 1, 10, ""}, at(10 * run)).empty());
    CHECK(meter.update({"writing", 5, 10, ""}, at(10 * run + 2)).starts_with("writing: 50 %"));
    CHECK(meter.update({"writing", 10, 10, ""}, at(10 * run + 4)).starts_with("writing: 10 in"));
  }
}

TEST_CASE("progress: a total nobody knows is shown as an amount", "[ui]") {
  ProgressMeter bar(ProgressStyle::bar, 80);
  CHECK(bar.update({"sampling", 40, 0, "tokens"}, at(0)).find("40 tokens") != std::string::npos);
  ProgressMeter lines(ProgressStyle::lines, 80);
  CHECK(lines.update({"sampling", 40, 0, "tokens"}, at(0)).empty());
}

TEST_CASE("progress: a narrow terminal gets the numbers alone", "[ui]") {
  ProgressMeter meter(ProgressStyle::bar, 30);
  CHECK(meter.update({"calibrating", 3, 10, "tokens"}, at(0)).rfind('[') == 2);  // that of the escape
}

TEST_CASE("progress: switched off it writes nothing", "[ui]") {
  ProgressMeter meter(ProgressStyle::off, 80);
  CHECK(meter.update({"writing", 5, 10, ""}, at(0)).empty());
  CHECK(meter.update({"writing", 10, 10, ""}, at(1)).empty());
}

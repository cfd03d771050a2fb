// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "ui/table.hpp"

using namespace mcullm::ui;

TEST_CASE("table: columns are as wide as their widest cell, numbers to the right", "[ui]") {
  Table table({{"op"}, {"cycles", Align::right}, {"note"}});
  table.add_row({"gate", "12", "x"});
  table.add_row({"naïve", "1,200,000", ""});
  CHECK(table.render() ==
        "op        cycles  note\n"
        "gate          12  x\n"
        "naïve  1,200,000  \n");
}

TEST_CASE("table: without titles there is no line for them", "[ui]") {
  Table table({{""}, {""}});
  table.add_row({"seed", "7"});
  CHECK(table.render() == "seed  7\n");
}

TEST_CASE("table: titles are bold where colours are on", "[ui]") {
  Table table({{"a"}});
  table.add_row({"1"});
  CHECK(table.render({true}) == "\033[1ma\033[0m\n1\n");
}

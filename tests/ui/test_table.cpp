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

TEST_CASE("table: columns beyond the width follow in a table of their own, behind the key", "[ui]") {
  Table table({{"board"}, {"chip"}, {"clock", Align::right}, {"state"}});
  table.add_row({"uno", "ATmega328P", "16 MHz", "simulated"});
  table.add_row({"pico", "RP2040", "133 MHz", "simulated"});
  const std::string whole = table.render();
  CHECK(table.render({}, 37) == whole);
  CHECK(table.render({}, 36) ==
        "board  chip          clock\n"
        "uno    ATmega328P   16 MHz\n"
        "pico   RP2040      133 MHz\n"
        "\n"
        "board  state\n"
        "uno    simulated\n"
        "pico   simulated\n");
  // a column that is wider than all stands alone with its key
  const std::string narrow = table.render({}, 1);
  CHECK(std::count(narrow.begin(), narrow.end(), '\n') == 3 * 3 + 2);
  CHECK(narrow.find("uno    16 MHz") == std::string::npos);
  CHECK(narrow.find("uno     16 MHz") != std::string::npos);
}

TEST_CASE("table: the key may stand anywhere", "[ui]") {
  Table table({{"model"}, {"test"}, {"tok/s", Align::right}, {"bytes", Align::right}}, 1);
  table.add_row({"tales", "decode", "97.1", "31,652"});
  CHECK(table.render({}, 20) ==
        "model  test    tok/s\n"
        "tales  decode   97.1\n"
        "\n"
        "test     bytes\n"
        "decode  31,652\n");
  CHECK(table.render({}, 1) ==
        "model  test\n"
        "tales  decode\n"
        "\n"
        "test    tok/s\n"
        "decode   97.1\n"
        "\n"
        "test     bytes\n"
        "decode  31,652\n");
}

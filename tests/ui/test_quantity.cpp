// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "ui/quantity.hpp"

using namespace mcullm::ui;

TEST_CASE("quantity: thousands stand apart", "[ui]") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1000) == "1,000");
  CHECK(count_text(18446744073709551615ULL) == "18,446,744,073,709,551,615");
}

TEST_CASE("quantity: bytes in decimal units", "[ui]") {
  CHECK(bytes_text(512) == "512 B");
  CHECK(bytes_text(6227) == "6.2 kB");
  CHECK(bytes_text(1'056'768) == "1.06 MB");
  CHECK(bytes_text(3e9) == "3.00 GB");
}

TEST_CASE("quantity: amounts carry their unit", "[ui]") {
  CHECK(quantity_text(2048, "B") == "2.0 kB");
  CHECK(quantity_text(1118, "tokens") == "1,118 tokens");
  CHECK(quantity_text(12.34, "tokens") == "12.3 tokens");
  CHECK(quantity_text(7, "") == "7");
}

TEST_CASE("quantity: durations as long as they are", "[ui]") {
  CHECK(duration_text(-1) == "0.00 s");
  CHECK(duration_text(0.424) == "0.42 s");
  CHECK(duration_text(12.34) == "12.3 s");
  CHECK(duration_text(187) == "3:07");
  CHECK(duration_text(3765) == "1:02:45");
}

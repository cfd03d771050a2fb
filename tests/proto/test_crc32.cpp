// SPDX-License-Identifier: MIT
#include <zlib.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <random>
#include <vector>

#include "proto/crc32.h"

TEST_CASE("crc32: the check value of the standard", "[proto][crc32]") {
  CHECK(mcl_crc32(0, "123456789", 9) == 0xCBF43926u);
  CHECK(mcl_crc32(0, nullptr, 0) == 0);
}

TEST_CASE("crc32: equal to zlib, whole and in pieces", "[proto][crc32]") {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::uint8_t> bytes(random() % 600);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const auto expected = crc32(0, bytes.data(), static_cast<uInt>(bytes.size()));
    const auto cut = bytes.empty() ? 0 : random() % bytes.size();
    REQUIRE(mcl_crc32(0, bytes.data(), bytes.size()) == expected);
    REQUIRE(mcl_crc32(mcl_crc32(0, bytes.data(), cut), bytes.data() + cut, bytes.size() - cut) == expected);
  }
}

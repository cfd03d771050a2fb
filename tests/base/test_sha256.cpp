// SPDX-License-Identifier: MIT
// Vectors of FIPS 180.
#include <catch2/catch.hpp>
#include <string>

#include "base/sha256.hpp"

using namespace mcullm;

TEST_CASE("sha256: the published vectors", "[base]") {
  const auto digest = [](const std::string& text) { return to_hex(sha256(std::as_bytes(std::span(text)))); };
  REQUIRE(digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  REQUIRE(digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  REQUIRE(digest(std::string(1000000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

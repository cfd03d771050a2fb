// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <span>
#include <string>

#include "base/intel_hex.hpp"

using namespace mcullm;

namespace {

auto parse(const std::string& text) { return parse_intel_hex(std::as_bytes(std::span(text))); }

// The example of Intel's specification, revision A, 1988.
const std::string line = ":10010000214601360121470136007EFE09D2190140\n";
const std::string end = ":00000001FF\n";

}  // namespace

TEST_CASE("intel hex: bytes, addresses and both kinds of base", "[base]") {
  const auto plain = parse(line + end);
  REQUIRE(plain);
  REQUIRE(plain->size() == 1);
  CHECK(plain->front().address == 0x100);
  CHECK(plain->front().bytes.size() == 16);
  CHECK(plain->front().bytes.back() == std::byte{0x01});
  CHECK(parse(":020000021000EC\n" + line + end)->front().address == 0x10100);
  CHECK(parse(":020000040001F9\r\n" + line + end)->front().address == 0x10100);
}

TEST_CASE("intel hex: what is damaged is refused", "[base]") {
  CHECK_FALSE(parse(line));                                                   // no end
  CHECK_FALSE(parse(end));                                                    // no data
  CHECK_FALSE(parse(line.substr(1) + end));                                   // no colon
  CHECK_FALSE(parse(":10010000214601360121470136007EFE09D2190141\n" + end));  // checksum
  CHECK_FALSE(parse(":1001000021460136012147G136007EFE09D2190140\n" + end));  // a digit
  CHECK_FALSE(parse(line.substr(0, 20) + "\n" + end));                        // cut off
  CHECK_FALSE(parse(":0100000412E9\n" + line + end));                         // a base of one byte
}

// SPDX-License-Identifier: MIT
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <string>

#include "proto/bytes.h"
#include "proto/message.h"

namespace {

auto sample() -> mcl_hello_t {
  mcl_hello_t hello{};
  hello.wire_version = 1;
  hello.boot_id = 0x1234;
  hello.arithmetic_version = 2;
  hello.image_version = 3;
  hello.max_payload = 1024;
  hello.agent_build = 0xDEADBEEF;
  std::strcpy(hello.board, "uno");
  hello.clock_hz = 16'000'000;
  hello.tick_unit = MCL_TICKS_CYCLES;
  hello.workspace_bytes = 600;
  hello.arena_bytes = 700;
  hello.store_bytes = 800;
  hello.erase_bytes = 512;
  hello.model = {MCL_MODEL_TOO_LARGE, 9000, 700, 0xCAFE, 512};
  return hello;
}

}  // namespace

TEST_CASE("message: a HELLO reply comes back field by field", "[proto][message]") {
  const auto hello = sample();
  std::array<std::uint8_t, MCL_HELLO_REPLY_BYTES> bytes{};
  REQUIRE(mcl_hello_pack(bytes.data(), &hello) == bytes.size());
  mcl_hello_t found{};
  REQUIRE(mcl_hello_unpack(&found, bytes.data(), bytes.size()) == 1);
  CHECK(found.wire_version == hello.wire_version);
  CHECK(found.boot_id == hello.boot_id);
  CHECK(found.arithmetic_version == hello.arithmetic_version);
  CHECK(found.image_version == hello.image_version);
  CHECK(found.max_payload == hello.max_payload);
  CHECK(found.agent_build == hello.agent_build);
  CHECK(std::string(found.board) == "uno");
  CHECK(found.clock_hz == hello.clock_hz);
  CHECK(found.tick_unit == hello.tick_unit);
  CHECK(found.workspace_bytes == hello.workspace_bytes);
  CHECK(found.arena_bytes == hello.arena_bytes);
  CHECK(found.store_bytes == hello.store_bytes);
  CHECK(found.erase_bytes == hello.erase_bytes);
  CHECK(found.model.status == MCL_MODEL_TOO_LARGE);
  CHECK(found.model.detail_a == 9000);
  CHECK(found.model.detail_b == 700);
  CHECK(found.model.header_crc == 0xCAFE);
  CHECK(found.model.positions == 512);
}

TEST_CASE("message: the HELLO reply's fields stand where WIRE.md lists them", "[proto][message]") {
  const auto hello = sample();
  std::array<std::uint8_t, MCL_HELLO_REPLY_BYTES> bytes{};
  mcl_hello_pack(bytes.data(), &hello);
  CHECK(bytes[0] == 1);
  CHECK(mcl_get_u16(&bytes[1]) == 0x1234);
  CHECK(mcl_get_u16(&bytes[5]) == 1024);
  CHECK(std::memcmp(&bytes[11], "uno\0\0\0\0\0\0\0\0\0\0\0\0\0", 16) == 0);
  CHECK(mcl_get_u32(&bytes[27]) == 16'000'000);
  CHECK(mcl_get_u32(&bytes[44]) == 512);
  CHECK(bytes[48] == MCL_MODEL_TOO_LARGE);
  CHECK(mcl_get_u16(&bytes[61]) == 512);
}

TEST_CASE("message: a HELLO reply that is cut off anywhere is refused", "[proto][message]") {
  const auto hello = sample();
  std::array<std::uint8_t, MCL_HELLO_REPLY_BYTES + 8> bytes{};
  mcl_hello_pack(bytes.data(), &hello);
  mcl_hello_t found{};
  for (std::size_t n = 0; n < MCL_HELLO_REPLY_BYTES; ++n)
    CHECK(mcl_hello_unpack(&found, bytes.data(), n) == 0);
  CHECK(mcl_hello_unpack(&found, bytes.data(), bytes.size()) == 1);  // later versions may append
}

TEST_CASE("message: a board name of full length and one without an end are both 16 characters",
          "[proto][message]") {
  auto hello = sample();
  std::memset(hello.board, 'x', MCL_BOARD_NAME_BYTES);
  std::array<std::uint8_t, MCL_HELLO_REPLY_BYTES> bytes{};
  mcl_hello_pack(bytes.data(), &hello);
  mcl_hello_t found{};
  mcl_hello_unpack(&found, bytes.data(), bytes.size());
  CHECK(std::string(found.board) == std::string(16, 'x'));
}

// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "fake_board.hpp"
#include "golden.hpp"

namespace {

auto matmul(std::uint16_t r, std::uint16_t k, std::uint16_t c, std::uint8_t flags, std::uint32_t first,
            std::uint16_t count) -> Bytes {
  return Payload().u16(r).u16(k).u16(c).u8(flags).u32(first).u16(count);
}

void put(FakeBoard& board, const Bytes& bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += 1000) {
    const Bytes piece(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                      bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at + 1000, bytes.size())));
    REQUIRE(board.request(MCL_PUT, Payload().u32(static_cast<std::uint32_t>(at)).bytes(piece)).status() ==
            MCL_OK);
  }
}

}  // namespace

TEST_CASE("device: golden matmul", "[device][golden]") {
  FakeBoard board({});
  board.hello();
  for (const auto& c : golden_cases("matmul")) {
    const std::uint16_t r = c.at("rows"), k = c.at("inner"), n = c.at("cols");
    const bool wide = c.at("b_bits") == 16;
    CAPTURE(r, k, n, wide);
    Payload factors;
    for (const int v : c.at("a")) factors.u8(static_cast<std::uint8_t>(v));
    for (const int v : c.at("b")) {
      if (wide) {
        factors.u16(static_cast<std::uint16_t>(v));
      } else {
        factors.u8(static_cast<std::uint8_t>(v));
      }
    }
    put(board, factors);
    const auto cells = static_cast<std::uint32_t>(r * n);
    const auto flags = static_cast<std::uint8_t>(wide ? MCL_MATMUL_B_INT16 : 0);
    for (std::uint32_t first = 0; first < cells; first += 200) {
      const auto count = static_cast<std::uint16_t>(std::min<std::uint32_t>(200, cells - first));
      const auto int32 = board.request(MCL_MATMUL, matmul(r, k, n, flags, first, count));
      const auto int16 =
          board.request(MCL_MATMUL, matmul(r, k, n, flags | MCL_MATMUL_OUT_INT16, first, count));
      REQUIRE(int32.status() == MCL_OK);
      REQUIRE(int16.status() == MCL_OK);
      for (std::size_t i = 0; i < count; i++) {
        CAPTURE(first + i);
        CHECK(static_cast<std::int32_t>(int32.u32(5 + 4 * i)) == c.at("int32").at(first + i));
        CHECK(static_cast<std::int16_t>(int16.u16(5 + 2 * i)) == c.at("int16").at(first + i));
      }
    }
  }
}

TEST_CASE("device: MATMUL refuses what does not fit with the numbers", "[device][agent]") {
  FakeBoard board({.max_payload = 128, .arena_bytes = 1024});
  board.hello();
  const auto status = [&](const Bytes& request) { return board.request(MCL_MATMUL, request); };
  CHECK(status(matmul(16, 32, 16, 0, 0, 16)).status() == MCL_OK);
  const auto memory = status(matmul(16, 33, 16, 0, 0, 16));
  CHECK(memory.status() == MCL_ERR_MEMORY);
  CHECK(memory.u32(1) == 16 * 33 * 2);
  CHECK(memory.u32(5) == 1024);
  CHECK(status(matmul(65535, 65535, 65535, 0, 0, 1)).u32(1) == 0xFFFFFFFF);
  CHECK(status(matmul(0, 1, 1, 0, 0, 0)).status() == MCL_ERR_RANGE);
  CHECK(status(matmul(1, 0, 1, 0, 0, 0)).status() == MCL_ERR_RANGE);
  CHECK(status(matmul(1, 1, 0, 0, 0, 0)).status() == MCL_ERR_RANGE);
  CHECK(status(matmul(1, 1, 1, 4, 0, 0)).status() == MCL_ERR_RANGE);
  CHECK(status(matmul(2, 1, 2, 0, 4, 1)).status() == MCL_ERR_RANGE);
  CHECK(status(matmul(2, 1, 2, 0, 0xFFFFFFFF, 2)).status() == MCL_ERR_RANGE);
  CHECK(status(matmul(16, 1, 16, 0, 0, 30)).status() == MCL_OK);
  const auto reply = status(matmul(16, 1, 16, 0, 0, 31));
  CHECK(reply.status() == MCL_ERR_RANGE);
  CHECK(reply.u32(1) == 30);
}

TEST_CASE("device: PUT and GET stay inside the workspace", "[device][agent]") {
  FakeBoard board({.max_payload = 128, .arena_bytes = 1024});
  board.hello();
  CHECK(board.request(MCL_PUT, Payload().u32(1023).u8(1)).status() == MCL_OK);
  const auto beyond = board.request(MCL_PUT, Payload().u32(1023).u16(1));
  CHECK(beyond.status() == MCL_ERR_RANGE);
  CHECK(beyond.u32(1) == 1024);
  CHECK(beyond.u32(5) == 1025);
  CHECK(board.request(MCL_PUT, Payload().u32(0xFFFFFFFF).u8(1)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_GET, Payload().u32(1000).u16(24)).payload.size() == 25);
  CHECK(board.request(MCL_GET, Payload().u32(1000).u16(25)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_GET, Payload().u32(0).u16(127)).status() == MCL_OK);
  CHECK(board.request(MCL_GET, Payload().u32(0).u16(128)).status() == MCL_ERR_RANGE);
}

// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

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
  CHECK(status(matmul(1, 1, 1, 8, 0, 0)).status() == MCL_ERR_RANGE);
  CHECK(status(matmul(2, 1, 2, 0, 4, 1)).status() == MCL_ERR_RANGE);
  CHECK(status(matmul(2, 1, 2, 0, 0xFFFFFFFF, 2)).status() == MCL_ERR_RANGE);
  CHECK(status(matmul(16, 1, 16, 0, 0, 30)).status() == MCL_OK);
  const auto reply = status(matmul(16, 1, 16, 0, 0, 31));
  CHECK(reply.status() == MCL_ERR_RANGE);
  CHECK(reply.u32(1) == 30);
}

TEST_CASE("device: MATMUL with A in the storage, whichever cells are asked for", "[device][agent]") {
  const bool mapped = GENERATE(true, false);
  FakeBoard board({.arena_bytes = 1024, .mapped = mapped});
  board.hello();
  const auto offset = GENERATE(std::uint32_t{512}, std::uint32_t{1000});
  const std::uint16_t r = 5, k = 150, n = 3;
  CAPTURE(mapped, offset);
  std::mt19937 random(offset);
  Bytes a(r * k), b(k * n);
  for (auto& value : a) value = static_cast<std::uint8_t>(random());
  for (auto& value : b) value = static_cast<std::uint8_t>(random());
  std::copy(a.begin(), a.end(), board.store.begin() + offset);
  put(board, b);
  for (std::uint32_t first = 0; first < r * n; first++) {
    for (std::uint16_t count = 0; first + count <= r * n; count++) {
      const auto request = Payload().bytes(matmul(r, k, n, MCL_MATMUL_A_STORED, first, count)).u32(offset);
      const auto reply = board.request(MCL_MATMUL, request);
      REQUIRE(reply.status() == MCL_OK);
      REQUIRE(reply.payload.size() == 5 + 4U * count);
      for (std::uint32_t i = 0; i < count; i++) {
        std::int32_t sum = 0;
        for (std::uint32_t j = 0; j < k; j++)
          sum += static_cast<std::int8_t>(a[(first + i) / n * k + j]) *
                 static_cast<std::int8_t>(b[j * n + (first + i) % n]);
        CHECK(static_cast<std::int32_t>(reply.u32(5 + 4 * i)) == sum);
      }
    }
  }
}

TEST_CASE("device: MATMUL with A in the storage refuses what is not there", "[device][agent]") {
  FakeBoard board({.max_payload = 128, .arena_bytes = 1024, .erase_bytes = 512, .mapped = false});
  const auto stored = static_cast<std::uint32_t>(board.store.size());
  board.hello();
  const auto ask = [&](std::uint16_t r, std::uint16_t k, std::uint32_t offset) {
    return board.request(MCL_MATMUL, Payload().bytes(matmul(r, k, 1, MCL_MATMUL_A_STORED, 0, 1)).u32(offset));
  };
  CHECK(board.request(MCL_MATMUL, matmul(1, 1, 1, MCL_MATMUL_A_STORED, 0, 1)).status() == MCL_ERR_LENGTH);
  CHECK(board.request(MCL_MATMUL, Payload().bytes(matmul(1, 1, 1, 0, 0, 1)).u32(0)).status() == MCL_ERR_LENGTH);
  CHECK(ask(128, 1024, 0).status() == MCL_OK);
  CHECK(ask(16, 64, stored - 1024).status() == MCL_OK);
  const auto beyond = ask(16, 64, stored - 1023);
  CHECK(beyond.status() == MCL_ERR_RANGE);
  CHECK(beyond.u32(1) == stored);
  CHECK(beyond.u32(5) == stored + 1);
  CHECK(ask(1, 1, 0xFFFFFFFF).status() == MCL_ERR_RANGE);
  CHECK(ask(65535, 1000, 0xFFFF0000).u32(5) == 0xFFFFFFFF);
  const auto wide = ask(1, 1025, 0);
  CHECK(wide.status() == MCL_ERR_MEMORY);
  CHECK(wide.u32(1) == 1025);
  board.broken_block = 2048;
  const auto broken = ask(4, 1024, 1024);
  CHECK(broken.status() == MCL_OK);
  const auto reads_it = ask(4, 1024, 2048);
  CHECK(reads_it.status() == MCL_ERR_STORE);
  CHECK(reads_it.u32(1) == 2048);
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

// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <functional>
#include <random>

#include "flash/uf2.hpp"

using namespace mcullm;
using namespace mcullm::flash;

namespace {

auto bytes_of(std::size_t n, unsigned seed) -> std::vector<std::byte> {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(n);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

auto word(const std::vector<std::byte>& file, std::size_t at) -> std::uint32_t {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(file[at + i]);
  return value;
}

void put_word(std::vector<std::byte>& file, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) file[at + i] = static_cast<std::byte>(value >> (8 * i));
}

auto two_pieces() -> Uf2Image {
  return {Uf2Family::rp2040, {{0x10000000, bytes_of(700, 1)}, {0x10040000, bytes_of(256, 2)}}};
}

}  // namespace

TEST_CASE("uf2: a block is laid out as the format says", "[flash][uf2]") {
  const auto file = write_uf2(two_pieces());
  REQUIRE(file);
  REQUIRE(file->size() == 4 * 512);
  const std::size_t third = 2 * 512;
  CHECK(word(*file, third) == 0x0a324655);
  CHECK(word(*file, third + 4) == 0x9e5d5157);
  CHECK(word(*file, third + 8) == 0x2000);
  CHECK(word(*file, third + 12) == 0x10000200);
  CHECK(word(*file, third + 16) == 256);
  CHECK(word(*file, third + 20) == 2);
  CHECK(word(*file, third + 24) == 4);
  CHECK(word(*file, third + 28) == 0xe48bff56);
  CHECK((*file)[third + 32 + 187] == bytes_of(700, 1)[699]);
  CHECK((*file)[third + 32 + 188] == std::byte{0});
  CHECK(word(*file, third + 508) == 0x0ab16f30);
}

TEST_CASE("uf2: reading gives back what was written, padded to pages", "[flash][uf2]") {
  auto image = two_pieces();
  const auto file = write_uf2(image);
  REQUIRE(file);
  const auto read = read_uf2(*file);
  REQUIRE(read);
  CHECK(read->family == Uf2Family::rp2040);
  image.pieces[0].bytes.resize(768);
  REQUIRE(read->pieces.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(read->pieces[i].address == image.pieces[i].address);
    CHECK((read->pieces[i].bytes == image.pieces[i].bytes));
  }
}

TEST_CASE("uf2: pieces that overlap or begin inside a page are refused", "[flash][uf2]") {
  CHECK_FALSE(write_uf2({Uf2Family::rp2040, {{0x10000080, bytes_of(4, 1)}}}));
  CHECK_FALSE(write_uf2({Uf2Family::rp2040, {{0x10000000, bytes_of(257, 1)}, {0x10000100, bytes_of(4, 1)}}}));
  CHECK_FALSE(write_uf2({Uf2Family::rp2040, {{0xffffff00, bytes_of(257, 1)}}}));
  CHECK(write_uf2({Uf2Family::rp2040, {{0xffffff00, bytes_of(256, 1)}}}));
}

TEST_CASE("uf2: damaged files are refused", "[flash][uf2]") {
  const auto whole = write_uf2(two_pieces());
  REQUIRE(whole);
  using Damage = std::function<void(std::vector<std::byte>&)>;
  const std::vector<std::pair<const char*, Damage>> damages = {
      {"empty", [](auto& f) { f.clear(); }},
      {"cut inside a block", [](auto& f) { f.resize(1000); }},
      {"cut after a block", [](auto& f) { f.resize(1024); }},
      {"first magic", [](auto& f) { f[0] ^= std::byte{1}; }},
      {"second magic", [](auto& f) { f[516] ^= std::byte{1}; }},
      {"last magic", [](auto& f) { f[1023] ^= std::byte{1}; }},
      {"numbers swapped", [](auto& f) { put_word(f, 20, 1); }},
      {"too long", [](auto& f) { put_word(f, 16, 477); }},
      {"nothing in it", [](auto& f) { put_word(f, 16, 0); }},
      {"no family", [](auto& f) { put_word(f, 8, 0); }},
      {"another family", [](auto& f) { put_word(f, 512 + 28, 0xe48bff59); }},
      {"twice the same address", [](auto& f) { put_word(f, 512 + 12, 0x10000000); }},
      {"overlap", [](auto& f) { put_word(f, 512 + 12, 0x10000080); }},
      {"beyond the address space", [](auto& f) { put_word(f, 12, 0xffffffff); }},
      {"all for another memory",
       [](auto& f) {
         for (std::size_t at = 0; at < f.size(); at += 512) put_word(f, at + 8, 0x2001);
       }},
  };
  for (const auto& [name, damage] : damages) {
    CAPTURE(name);
    auto file = *whole;
    damage(file);
    const auto read = read_uf2(file);
    REQUIRE_FALSE(read);
    CHECK(read.error().exit == Exit::input);
  }
}

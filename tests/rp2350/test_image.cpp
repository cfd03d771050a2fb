// SPDX-License-Identifier: MIT
// What the RP2350's boot ROM asks of a program (its datasheet, 5.9), in the file that a person copies to it.
#include <catch2/catch.hpp>
#include <optional>

#include "base/file.hpp"
#include "flash/uf2.hpp"

using namespace mcullm;

namespace {

constexpr std::uint32_t flash_begin = 0x10000000, agent_bytes = 128 << 10;
constexpr std::uint32_t sram_begin = 0x20000000, sram_end = 0x20082000;

auto image() -> flash::MemoryPiece {
  const auto file = read_file(AGENT_UF2);
  REQUIRE(file);
  auto uf2 = flash::read_uf2(*file);
  REQUIRE(uf2);
  CHECK(uf2->family == flash::Uf2Family::rp2350_arm);
  REQUIRE(uf2->pieces.size() == 1);
  return std::move(uf2->pieces[0]);
}

auto word(const flash::MemoryPiece& piece, std::size_t at) -> std::uint32_t {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;)
    value = value << 8 | std::to_integer<std::uint32_t>(piece.bytes.at(at + i));
  return value;
}

}  // namespace

TEST_CASE("rp2350: the image stands at the start of the flash and leaves the model's part alone",
          "[rp2350]") {
  const auto piece = image();
  CHECK(piece.address == flash_begin);
  CHECK(piece.bytes.size() > 8192);
  CHECK(piece.bytes.size() <= agent_bytes);
}

TEST_CASE("rp2350: the vector table begins with a stack in SRAM and a Thumb entry in flash", "[rp2350]") {
  const auto piece = image();
  const auto stack = word(piece, 0), entry = word(piece, 4);
  CHECK(stack > sram_begin);
  CHECK(stack <= sram_end);
  CHECK(stack % 8 == 0);
  CHECK(entry % 2 == 1);
  CHECK(entry > flash_begin);
  CHECK(entry < flash_begin + piece.bytes.size());
}

TEST_CASE("rp2350: one IMAGE_DEF, for the secure Arm cores, in the first 4 KiB", "[rp2350]") {
  const auto piece = image();
  std::optional<std::size_t> found;
  for (std::size_t at = 0; at + 20 <= piece.bytes.size(); at += 4) {
    if (word(piece, at) != 0xffffded3 || word(piece, at + 16) != 0xab123579) continue;
    CHECK_FALSE(found);
    found = at;
  }
  REQUIRE(found);
  CHECK(*found + 20 <= 4096);
  CHECK(word(piece, *found + 4) == 0x10210142);  // IMAGE_TYPE, 1 word: executable, secure, Arm, RP2350
  CHECK(word(piece, *found + 8) == 0x000001ff);  // the last item: 1 word of items
  CHECK(word(piece, *found + 12) == 0);          // the loop of blocks is this block
}

TEST_CASE("rp2350: the words that start the second core name its vectors, its stack, and code in SRAM",
          "[rp2350]") {
  constexpr std::uint32_t stack1_end = 0x20081000, vectors_align = 512;
  const auto piece = image();
  std::optional<std::size_t> found;
  for (std::size_t at = 0; at + 24 <= piece.bytes.size(); at += 4) {
    if (word(piece, at) != 0 || word(piece, at + 4) != 0 || word(piece, at + 8) != 1) continue;
    if (word(piece, at + 16) != stack1_end) continue;
    CHECK_FALSE(found);
    found = at;
  }
  REQUIRE(found);
  const auto vectors = word(piece, *found + 12), entry = word(piece, *found + 20);
  CHECK(vectors % vectors_align == 0);
  CHECK(vectors > sram_begin);
  CHECK(vectors < sram_end);
  CHECK(entry % 2 == 1);  // Thumb
  CHECK(entry > sram_begin);
  CHECK(entry < stack1_end - 4096);
}

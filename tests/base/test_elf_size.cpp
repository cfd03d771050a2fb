// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <vector>

#include "base/byte_writer.hpp"
#include "base/elf_size.hpp"

using namespace mcullm;

namespace {

struct Section {
  std::uint32_t type, flags, bytes;
};

// A file header and a section table, nothing else.
auto elf(const std::vector<Section>& sections) -> std::vector<std::byte> {
  constexpr std::uint32_t header_bytes = 52, entry_bytes = 40;
  ByteWriter file;
  for (const int byte : {0x7f, int{'E'}, int{'L'}, int{'F'}, 1, 1})
    file.put_le(static_cast<std::uint8_t>(byte));
  file.pad_to(32);
  file.put_le(header_bytes);
  file.pad_to(46);
  file.put_le(static_cast<std::uint16_t>(entry_bytes));
  file.put_le(static_cast<std::uint16_t>(sections.size()));
  file.pad_to(header_bytes);
  for (const auto& section : sections) {
    const auto begin = file.size();
    file.put_le(std::uint32_t{0});
    file.put_le(section.type);
    file.put_le(section.flags);
    file.pad_to(begin + 20);
    file.put_le(section.bytes);
    file.pad_to(begin + entry_bytes);
  }
  return file.take();
}

constexpr std::uint32_t progbits = 1, nobits = 8, writable = 1, alloc = 2, exec = 4;

}  // namespace

TEST_CASE("elf size: code, constants, variables with and without first values, and what is not loaded",
          "[base]") {
  const auto file = elf({{0, 0, 0},
                         {progbits, alloc | exec, 1000},
                         {progbits, alloc, 200},
                         {progbits, alloc | writable, 30},
                         {nobits, alloc | writable, 400},
                         {progbits, 0, 5000}});
  const auto size = elf_size(file);
  REQUIRE(size);
  CHECK(size->flash_bytes == 1230);
  CHECK(size->static_bytes == 430);
}

TEST_CASE("elf size: a file that is cut off or another one has none", "[base]") {
  const auto file = elf({{progbits, alloc, 1}, {progbits, alloc, 2}});
  for (std::size_t bytes = 0; bytes + 1 < file.size(); bytes += 7) {
    CAPTURE(bytes);
    const auto size = elf_size(std::span(file).first(bytes));
    CHECK((!size || bytes >= file.size() - 16));  // the last bytes of an entry are not read
  }
  auto other = file;
  other[4] = std::byte{2};  // 64 bits
  CHECK_FALSE(elf_size(other));
}

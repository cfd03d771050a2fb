// SPDX-License-Identifier: MIT
#include "sim/uno/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base/file.hpp"
#include "base/intel_hex.hpp"
#include "base/span_reader.hpp"
#include "sim/uno/simavr.hpp"

namespace mcullm::uno {

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint64_t file_limit = 16 << 20;
constexpr std::uint16_t elf_machine_avr = 83;
constexpr std::uint32_t segment_load = 1, section_symbols = 2;
constexpr std::uint32_t ram_offset = 0x80'0000;  // where the linker puts RAM in its one address space

auto fits(std::uint32_t address, std::size_t size) -> bool {
  return address <= flash_bytes && size <= flash_bytes - address;
}

auto slice(Bytes file, std::uint64_t offset, std::uint64_t size) -> std::optional<Bytes> {
  if (offset > file.size() || size > file.size() - offset) return std::nullopt;
  return file.subspan(offset, size);
}

// Reads the little-endian word at `offset` of a table that was sliced to hold it.
template <class T>
auto word(Bytes bytes, std::size_t offset) -> T {
  return SpanReader(bytes.subspan(offset)).read_le<T>().value_or(T{0});
}

struct Table {
  std::uint32_t offset;
  std::uint16_t entry_size, count;

  auto entry(Bytes file, std::uint32_t index, std::size_t needed) const -> std::optional<Bytes> {
    if (entry_size < needed) return std::nullopt;
    return slice(file, std::uint64_t{offset} + std::uint64_t{index} * entry_size, entry_size);
  }
};

auto load_segments(Bytes file, const Table& headers, Program& program) -> bool {
  for (std::uint32_t i = 0; i < headers.count; i++) {
    const auto header = headers.entry(file, i, 32);
    if (!header) return false;
    const auto size = word<std::uint32_t>(*header, 16);
    const auto physical = word<std::uint32_t>(*header, 12);
    // fuses, EEPROM and the like have their own ranges, above RAM
    if (word<std::uint32_t>(*header, 0) != segment_load || size == 0 || physical >= ram_offset) continue;
    const auto bytes = slice(file, word<std::uint32_t>(*header, 4), size);
    if (!bytes || !fits(physical, size)) return false;
    program.segments.push_back({physical, {bytes->begin(), bytes->end()}});
  }
  return !program.segments.empty();
}

auto is_named(Bytes names, std::uint32_t at, std::string_view wanted) -> bool {
  const auto text = slice(names, at, wanted.size() + 1);
  return text && std::memcmp(text->data(), wanted.data(), wanted.size()) == 0 && text->back() == std::byte{0};
}

auto find_static_end(Bytes file, const Table& sections) -> std::uint32_t {
  for (std::uint32_t i = 0; i < sections.count; i++) {
    const auto section = sections.entry(file, i, 40);
    if (!section || word<std::uint32_t>(*section, 4) != section_symbols) continue;
    const auto symbols = slice(file, word<std::uint32_t>(*section, 16), word<std::uint32_t>(*section, 20));
    const auto names_header = sections.entry(file, word<std::uint32_t>(*section, 24), 40);
    if (!symbols || !names_header) return 0;
    const auto names =
        slice(file, word<std::uint32_t>(*names_header, 16), word<std::uint32_t>(*names_header, 20));
    if (!names) return 0;
    for (std::size_t at = 0; at + 16 <= symbols->size(); at += 16) {
      if (is_named(*names, word<std::uint32_t>(*symbols, at), "_end"))
        return word<std::uint32_t>(*symbols, at + 4) & 0xffff;
    }
  }
  return 0;
}

auto parse_elf(Bytes file) -> std::optional<Program> {
  constexpr std::size_t header_size = 52;
  if (file.size() < header_size || word<std::uint16_t>(file, 18) != elf_machine_avr) return std::nullopt;
  const Table segments{word<std::uint32_t>(file, 28), word<std::uint16_t>(file, 42),
                       word<std::uint16_t>(file, 44)};
  const Table sections{word<std::uint32_t>(file, 32), word<std::uint16_t>(file, 46),
                       word<std::uint16_t>(file, 48)};
  Program program;
  if (!load_segments(file, segments, program)) return std::nullopt;
  program.static_end = find_static_end(file, sections);
  return program;
}

auto parse_hex(Bytes file) -> std::optional<Program> {
  auto segments = parse_intel_hex(file);
  if (!segments) return std::nullopt;
  Program program;
  for (auto& segment : *segments) {
    if (segment.address > flash_bytes) return std::nullopt;
    const auto address = static_cast<std::uint32_t>(segment.address);
    if (!fits(address, segment.bytes.size())) return std::nullopt;
    program.segments.push_back({address, std::move(segment.bytes)});
  }
  return program;
}

}  // namespace

auto Program::lowest_address() const -> std::uint32_t {
  const auto lower = [](const Segment& a, const Segment& b) { return a.address < b.address; };
  return std::min_element(segments.begin(), segments.end(), lower)->address;
}

auto parse_program(std::span<const std::byte> bytes, std::string_view name) -> Result<Program> {
  const bool is_elf = bytes.size() >= 4 && std::memcmp(bytes.data(), "\177ELF", 4) == 0;
  auto program = is_elf ? parse_elf(bytes) : parse_hex(bytes);
  if (program) return std::move(*program);
  return Error{Exit::input,
               fmt::format("{}: no {} of an ATmega328P, or damaged", name,
                           is_elf ? "ELF program" : "ELF or Intel HEX program"),
               "build it with avr-gcc -mmcu=atmega328p; everything must lie below 32,768 bytes"};
}

auto read_program(const std::filesystem::path& path) -> Result<Program> {
  const auto file = read_file(path, file_limit);
  if (!file) return file.error();
  return parse_program(*file, path.string());
}

}  // namespace mcullm::uno

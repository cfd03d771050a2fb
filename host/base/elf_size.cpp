// SPDX-License-Identifier: MIT
#include "base/elf_size.hpp"

#include <cstring>

#include "base/span_reader.hpp"

namespace mcullm {

namespace {

// Of the file header and of an entry of the section table (ELF specification 1.2, book I, 1-4 and 1-10).
constexpr std::size_t at_section_table = 32, at_entry_bytes = 46, header_bytes = 52;
constexpr std::uint32_t no_bits = 8, flag_write = 1, flag_alloc = 2;

template <class T>
auto read(std::span<const std::byte> file, std::uint64_t offset) -> std::optional<T> {
  if (offset > file.size()) return std::nullopt;
  return SpanReader(file.subspan(offset)).read_le<T>();
}

}  // namespace

auto elf_size(std::span<const std::byte> file) -> std::optional<ElfSize> {
  constexpr char magic[] = {0x7f, 'E', 'L', 'F', 1, 1};  // 32 bits, little-endian
  if (file.size() < header_bytes || std::memcmp(file.data(), magic, sizeof magic) != 0) return std::nullopt;
  const std::uint64_t table = read<std::uint32_t>(file, at_section_table).value_or(0);
  const std::uint64_t entry_bytes = read<std::uint16_t>(file, at_entry_bytes).value_or(0);
  const int count = read<std::uint16_t>(file, at_entry_bytes + 2).value_or(0);
  ElfSize size;
  for (int i = 0; i < count; ++i) {
    const auto entry = table + static_cast<std::uint64_t>(i) * entry_bytes;
    const auto type = read<std::uint32_t>(file, entry + 4), flags = read<std::uint32_t>(file, entry + 8),
               bytes = read<std::uint32_t>(file, entry + 20);
    if (!type || !flags || !bytes) return std::nullopt;
    if ((*flags & flag_alloc) == 0) continue;
    if (*type != no_bits) size.flash_bytes += *bytes;
    if ((*flags & flag_write) != 0) size.static_bytes += *bytes;
  }
  return size;
}

}  // namespace mcullm

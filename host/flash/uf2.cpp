// SPDX-License-Identifier: MIT
#include "flash/uf2.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "base/byte_writer.hpp"
#include "base/span_reader.hpp"

namespace mcullm::flash {

namespace {

constexpr std::size_t block_bytes = 512;
constexpr std::size_t data_bytes = 476;
constexpr std::uint32_t magic_begin = 0x0a324655, magic_second = 0x9e5d5157, magic_end = 0x0ab16f30;
constexpr std::uint32_t flag_not_main_memory = 0x00000001, flag_family = 0x00002000;

struct Block {
  std::uint32_t flags = 0, address = 0, used = 0, number = 0, count = 0, family = 0;
  std::span<const std::byte> data{};
};

auto damaged(const std::string& what) -> Error {
  return {Exit::input, "UF2: " + what, "build or download the file again"};
}

auto read_block(std::span<const std::byte> bytes) -> std::optional<Block> {
  SpanReader reader(bytes);
  const auto first = reader.read_le<std::uint32_t>(), second = reader.read_le<std::uint32_t>();
  if (first != magic_begin || second != magic_second) return std::nullopt;
  Block block;
  for (auto* field : {&block.flags, &block.address, &block.used, &block.number, &block.count, &block.family})
    *field = *reader.read_le<std::uint32_t>();
  block.data = bytes.subspan(block_bytes - 4 - data_bytes, data_bytes);
  SpanReader end(bytes.subspan(block_bytes - 4));
  return end.read_le<std::uint32_t>() == magic_end ? std::optional(block) : std::nullopt;
}

// What is wrong with a block that stands at `index` of `count`.
auto fault_of(const Block& block, std::size_t index, std::size_t count) -> std::optional<std::string> {
  if (block.number != index || block.count != count)
    return fmt::format("block {} of {} says that it is {} of {}", index, count, block.number, block.count);
  if (block.used == 0 || block.used > data_bytes)
    return fmt::format("block {} holds {} bytes, at most {} fit", index, block.used, data_bytes);
  if ((block.flags & flag_family) == 0) return fmt::format("block {} names no family", index);
  if (block.address > UINT32_MAX - block.used)
    return fmt::format("block {} at address {:08x} leaves the address space", index, block.address);
  return std::nullopt;
}

using Pages = std::map<std::uint32_t, std::span<const std::byte>>;

auto join(const Pages& pages) -> Result<std::vector<MemoryPiece>> {
  std::vector<MemoryPiece> pieces;
  std::uint64_t end = 0;
  for (const auto& [address, bytes] : pages) {
    if (!pieces.empty() && address < end)
      return damaged(fmt::format("two blocks write to address {:08x}", address));
    if (pieces.empty() || address != end) pieces.push_back({address, {}});
    auto& piece = pieces.back().bytes;
    piece.insert(piece.end(), bytes.begin(), bytes.end());
    end = std::uint64_t{address} + bytes.size();
  }
  return pieces;
}

void put_block(ByteWriter& out, const Uf2Image& image, std::uint32_t address, std::span<const std::byte> data,
               std::uint32_t number, std::uint32_t count) {
  const auto begin = out.size();
  for (const auto field : {magic_begin, magic_second, flag_family, address, uf2_page_bytes, number, count,
                           static_cast<std::uint32_t>(image.family)})
    out.put_le(field);
  out.put_bytes(data);
  out.pad_to(begin + block_bytes - 4);
  out.put_le(magic_end);
}

auto pages_of(const MemoryPiece& piece) -> std::uint64_t {
  return (piece.bytes.size() + uf2_page_bytes - 1) / uf2_page_bytes;
}

}  // namespace

auto write_uf2(const Uf2Image& image) -> Result<std::vector<std::byte>> {
  std::uint64_t count = 0, end = 0;
  for (const auto& piece : image.pieces) {
    if (piece.address % uf2_page_bytes != 0 || piece.address < end)
      return Error{
          Exit::internal,
          fmt::format("UF2: a piece at address {:08x}, after one that ends at {:08x}", piece.address, end),
          "pieces begin at ascending multiples of 256"};
    end = piece.address + pages_of(piece) * uf2_page_bytes;
    count += pages_of(piece);
  }
  if (end > std::uint64_t{UINT32_MAX} + 1)
    return Error{Exit::input, "UF2: the image leaves the address space", ""};

  ByteWriter out;
  std::uint32_t number = 0;
  for (const auto& piece : image.pieces) {
    std::span<const std::byte> rest = piece.bytes;
    for (auto address = piece.address; !rest.empty(); address += uf2_page_bytes) {
      const auto used = std::min<std::size_t>(rest.size(), uf2_page_bytes);
      put_block(out, image, address, rest.first(used), number++, static_cast<std::uint32_t>(count));
      rest = rest.subspan(used);
    }
  }
  return out.take();
}

auto read_uf2(std::span<const std::byte> file) -> Result<Uf2Image> {
  if (file.empty() || file.size() % block_bytes != 0)
    return damaged(fmt::format("{} bytes are no whole number of blocks of {}", file.size(), block_bytes));
  const auto count = file.size() / block_bytes;
  Uf2Image image;
  Pages pages;
  std::optional<std::uint32_t> family;
  for (std::size_t i = 0; i < count; ++i) {
    const auto block = read_block(file.subspan(i * block_bytes, block_bytes));
    if (!block) return damaged(fmt::format("block {} of {} lacks its magic numbers", i, count));
    if (const auto fault = fault_of(*block, i, count)) return damaged(*fault);
    if ((block->flags & flag_not_main_memory) != 0) continue;
    if (family.value_or(block->family) != block->family)
      return damaged(fmt::format("block {} is for family {:08x}, the ones before for {:08x}", i,
                                 block->family, *family));
    family = block->family;
    if (!pages.emplace(block->address, block->data.first(block->used)).second)
      return damaged(fmt::format("two blocks write to address {:08x}", block->address));
  }
  if (!family) return damaged("no block is meant for the main memory");
  image.family = static_cast<Uf2Family>(*family);
  auto pieces = join(pages);
  if (!pieces) return pieces.error();
  image.pieces = std::move(pieces).value();
  return image;
}

}  // namespace mcullm::flash

// SPDX-License-Identifier: MIT
#include "flash/stored_image.hpp"

#include <fmt/format.h>

#include <array>

#include "base/span_reader.hpp"
#include "proto/image.h"
#include "proto/image_fields.h"

namespace mcullm::flash {
namespace {

constexpr std::size_t header_bytes = 512;

struct Section {
  const char* name;
  std::size_t offset_at, bytes_at, crc_at;  // of its fields in the header
};
constexpr std::array sections = {
    Section{"layers", MCL_AT_LAYERS_OFFSET, MCL_AT_LAYER_BYTES, MCL_AT_LAYERS_CRC},
    Section{"classifier", MCL_AT_CLASSIFIER_OFFSET, MCL_AT_CLASSIFIER_BYTES, MCL_AT_CLASSIFIER_CRC},
    Section{"embedding", MCL_AT_EMBEDDING_OFFSET, MCL_AT_EMBEDDING_BYTES, MCL_AT_EMBEDDING_CRC},
    Section{"tokenizer", MCL_AT_TOKENIZER_OFFSET, MCL_AT_TOKENIZER_BYTES, MCL_AT_TOKENIZER_CRC},
};

template <class T>
auto field(std::span<const std::byte> header, std::size_t at) -> T {
  return SpanReader(header.subspan(at)).read_le<T>().value_or(T{0});
}

}  // namespace

auto find_stored_damage(link::Board& board) -> Result<std::string> {
  const auto header = board.store_read(0, header_bytes);
  if (!header) return header.error();
  if (header->size() < header_bytes) return std::string("the header is cut off");
  for (const auto& section : sections) {
    std::uint64_t bytes = field<std::uint32_t>(*header, section.bytes_at);
    if (section.bytes_at == MCL_AT_LAYER_BYTES) bytes *= field<std::uint16_t>(*header, MCL_AT_N_LAYERS);
    if (bytes == 0) continue;  // a shared embedding
    if (bytes > board.hello().store_bytes) return fmt::format("{}: longer than the storage", section.name);
    const auto wanted = field<std::uint32_t>(*header, section.crc_at);
    const auto stored =
        board.store_crc(field<std::uint32_t>(*header, section.offset_at), static_cast<std::uint32_t>(bytes));
    if (!stored) return stored.error();
    if (*stored != wanted)
      return fmt::format("{}: CRC {:08x}, the header has {:08x}", section.name, *stored, wanted);
  }
  return std::string();
}

}  // namespace mcullm::flash

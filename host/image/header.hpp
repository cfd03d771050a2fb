// SPDX-License-Identifier: MIT
// The 512 bytes that both kinds of image begin with (proto/IMAGE.md section 1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "image/model_image.hpp"
#include "proto/image.h"

namespace mcullm::image {

inline constexpr std::size_t header_bytes = MCL_IMAGE_HEADER_BYTES;
inline constexpr std::size_t sector_bytes = 512;

auto align_to_sector(std::uint64_t bytes) -> std::uint64_t;

// "FILE: WHAT", with the advice that fits a file that is not what its writer wrote.
auto damaged(std::string_view file, const std::string& what) -> Error;

// What both kinds say in the same places.
struct CommonHeader {
  Identity identity;
  checkpoint::ModelShape shape;
  bool shared_classifier = true;
  float rms_eps = 0, rope_theta = 0;
};

// Where the sections of a model image stand, as its shape demands.
struct Layout {
  std::uint64_t layer_bytes = 0, classifier = 0, classifier_bytes = 0;
  std::uint64_t embedding = 0, embedding_bytes = 0;  // 0 when shared
  std::uint64_t tokenizer = 0;
};
auto layout_of(const mcl_image_header_t& header) -> Layout;

// Reading. `bytes` is the whole file; all refuse with the field, its value and what was expected.
// Precondition of the first two: image_kind has accepted the bytes.
auto read_model_header(std::span<const std::byte> bytes, std::string_view file) -> Result<mcl_image_header_t>;
auto check_float_header(std::span<const std::byte> bytes, std::string_view file) -> Result<Ok>;
auto read_common_header(std::span<const std::byte> bytes) -> CommonHeader;

// The section [offset, offset + length) when its CRC is the one stored at `crc_offset` and the bytes up to
// the next section are zero. Precondition: it lies inside the file.
auto checked_section(std::span<const std::byte> bytes, std::uint64_t offset, std::uint64_t length,
                     std::uint16_t crc_offset, std::string_view file) -> Result<std::span<const std::byte>>;

// Writing. The header goes in front of finished sections, its CRC last.
void put_common_header(std::span<std::byte> image, const CommonHeader& header, Kind kind);
void put_u8(std::span<std::byte> image, std::uint16_t offset, int value);
void put_u16(std::span<std::byte> image, std::uint16_t offset, int value);
void put_u32(std::span<std::byte> image, std::uint16_t offset, std::uint64_t value);
void put_section_crc(std::span<std::byte> image, std::uint16_t crc_offset, std::uint64_t offset,
                     std::uint64_t length);
void put_header_crc(std::span<std::byte> image);

}  // namespace mcullm::image

// SPDX-License-Identifier: MIT
// The table of proto/IMAGE.md section 1, so that a refusal can say which field, what it holds and what it
// should.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "image/model_image.hpp"

namespace mcullm::image {

enum class FieldType { u8, u16, u32, u64, f32, crc, text };

struct HeaderField {
  std::uint16_t offset;
  FieldType type;
  std::string_view name, float_rule, model_rule;
};

// The field that the byte at `offset` belongs to.
auto field_at(std::uint16_t offset) -> const HeaderField&;

// "header field 'dim' is 7, expected 2..4096, even". Where the value is known, `expected` replaces the rule;
// of a CRC it is that of the bytes.
auto describe_field(std::span<const std::byte> header, Kind kind, std::uint16_t offset,
                    std::optional<std::uint64_t> expected = std::nullopt) -> std::string;

}  // namespace mcullm::image

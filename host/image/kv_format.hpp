// SPDX-License-Identifier: MIT
// The bits of cached keys and values, as an image's header tells them (proto/IMAGE.md).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "checkpoint/float_model.hpp"

namespace mcullm::image {

enum class KvFormat : std::uint8_t { k8v8 = 0, k16v8 = 1, k16v16 = 2 };
inline constexpr std::array kv_formats = {KvFormat::k8v8, KvFormat::k16v8, KvFormat::k16v16};

// "k16v8": keys of 16 bits, values of 8; how every option and table spells it.
auto name(KvFormat format) -> const char*;
auto parse_kv_format(std::string_view text) -> std::optional<KvFormat>;

// Bytes of the cached keys and values of one position, in all layers.
auto kv_bytes_per_token(const checkpoint::ModelShape& shape, KvFormat format) -> std::uint64_t;

}  // namespace mcullm::image

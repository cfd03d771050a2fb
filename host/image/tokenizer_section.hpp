// SPDX-License-Identifier: MIT
// The tokenizer as an image carries it (proto/IMAGE.md section 6).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/byte_writer.hpp"
#include "base/result.hpp"
#include "image/model_image.hpp"

namespace mcullm::image {

auto read_tokens(std::span<const std::byte> section, int vocab_size, std::string_view file)
    -> Result<std::vector<Token>>;
void write_tokens(ByteWriter& out, const std::vector<Token>& tokens);

}  // namespace mcullm::image

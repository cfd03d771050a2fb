// SPDX-License-Identifier: MIT
#include "image/utf8.hpp"

#include <cstdint>

namespace mcullm::image {

auto is_utf8(std::string_view text) -> bool {
  while (!text.empty()) {
    const auto lead = static_cast<std::uint8_t>(text[0]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length == 0 || lead > 0xF4 || text.size() < length) return false;
    std::uint32_t code = length == 1 ? lead : lead & (0x7FU >> length);
    for (const char c : text.substr(1, length - 1)) {
      if ((static_cast<std::uint8_t>(c) & 0xC0U) != 0x80) return false;
      code = code << 6 | (static_cast<std::uint8_t>(c) & 0x3FU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace mcullm::image

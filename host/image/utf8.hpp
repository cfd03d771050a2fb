// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace mcullm::image {

// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
auto is_utf8(std::string_view text) -> bool;

}  // namespace mcullm::image

// SPDX-License-Identifier: MIT
// A file of texts, one after the other, as evaluation reads it.
#pragma once

#include <string_view>
#include <vector>

namespace mcullm::quant {

// Texts stand between lines "<|endoftext|>" where there are any, else between blank lines. Space around a
// text is not part of it; empty texts are left out. The views point into `file`.
auto split_texts(std::string_view file) -> std::vector<std::string_view>;

}  // namespace mcullm::quant

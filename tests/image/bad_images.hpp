// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "tests/checkpoint/bad_file.hpp"

namespace mcullm::tests {

// The CRCs of all sections that lie inside the file, and then of the header, made right again.
auto resealed(Bytes image) -> Bytes;

// Called "bad.mcm".
auto bad_model_images() -> std::vector<BadFile>;
auto bad_float_images() -> std::vector<BadFile>;

}  // namespace mcullm::tests

// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace mcullm::tests {

// Golden vectors of the single operations, computed by the reference.
void write_op_vectors(const std::filesystem::path& folder);

}  // namespace mcullm::tests

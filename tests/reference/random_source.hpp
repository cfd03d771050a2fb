// SPDX-License-Identifier: MIT
#pragma once

#include "base/random_source.hpp"

namespace mcullm::tests {
using mcullm::RandomSource;
}  // namespace mcullm::tests

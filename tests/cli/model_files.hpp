// SPDX-License-Identifier: MIT
// Small random images as files.
#pragma once

#include <string>

#include "program.hpp"

namespace mcullm::tests {

struct ModelFiles {
  ScratchFolder folder;
  std::string model = folder / "model.mcm", other = folder / "other.mcm", floats = folder / "float.mcm";

  ModelFiles();
};

}  // namespace mcullm::tests

// SPDX-License-Identifier: MIT
// Golden vectors of proto/vectors: one JSON file per operation, one case per line.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace mcullm::tests {

using Json = nlohmann::ordered_json;

inline auto vectors_folder() -> std::filesystem::path {
  return std::filesystem::path(MCULLM_SOURCE_DIR) / "proto/vectors";
}

// The cases of proto/vectors/<name>.json; throws when the file is missing or malformed.
auto read_cases(const std::string& name) -> Json;

// Writes <folder>/<name>.json.
void write_cases(const std::filesystem::path& folder, const std::string& name, const std::string& about,
                 const Json& cases);

}  // namespace mcullm::tests

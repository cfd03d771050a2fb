// SPDX-License-Identifier: MIT
// The golden vectors of proto/vectors.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

inline auto golden_path(const std::string& file) -> std::string {
  return std::string(MCULLM_SOURCE_DIR) + "/proto/vectors/" + file;
}

inline auto golden_cases(const std::string& name) -> nlohmann::json {
  std::ifstream in(golden_path(name + ".json"));
  REQUIRE(in);
  auto cases = nlohmann::json::parse(in).at("cases");
  REQUIRE(!cases.empty());
  return cases;
}

template <typename T>
auto list(const nlohmann::json& c, const char* name) -> std::vector<T> {
  return c.at(name).get<std::vector<T>>();
}

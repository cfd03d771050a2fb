// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>

#include "tests/checkpoint/bad_file.hpp"

namespace mcullm::tests {

namespace {

auto read_messages(const std::string& path) -> std::map<std::string, std::string> {
  std::ifstream in(std::string(MCULLM_SOURCE_DIR "/") + path);
  std::map<std::string, std::string> messages;
  for (std::string line; std::getline(in, line);) {
    const auto space = line.find("  ");
    REQUIRE(space != std::string::npos);
    messages[line.substr(0, space)] = line.substr(space + 2);
  }
  return messages;
}

}  // namespace

void require_refusals(const std::vector<BadFile>& bad, const std::string& messages,
                      const std::function<std::optional<Error>(const Bytes&)>& refusal) {
  const auto expected = read_messages(messages);
  REQUIRE(bad.size() == expected.size());
  REQUIRE(bad.size() >= 30);
  std::set<std::string> seen;
  for (const auto& file : bad) {
    CAPTURE(file.defect);
    const auto error = refusal(file.bytes);
    REQUIRE(error);
    REQUIRE(expected.contains(file.defect));
    CHECK(error->what == expected.at(file.defect));
    CHECK(error->exit == Exit::input);
    CHECK_FALSE(error->hint.empty());
    CHECK(seen.insert(error->what).second);
  }
}

}  // namespace mcullm::tests

// SPDX-License-Identifier: MIT
// Who may include whom. The independence of the reference is a property of these directions, so they are
// tested.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path root = MCULLM_SOURCE_DIR;

struct Line {
  std::string file;  // relative to the root
  std::string text;
};

auto is_source(const fs::path& path) -> bool {
  static const std::set<std::string> endings = {".c", ".h", ".S", ".cpp", ".hpp"};
  return endings.contains(path.extension().string());
}

auto lines_matching(const std::string& folder, const std::regex& pattern) -> std::vector<Line> {
  std::vector<Line> found;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    if (!entry.is_regular_file() || !is_source(entry.path())) continue;
    std::ifstream in(entry.path());
    for (std::string text; std::getline(in, text);) {
      if (std::regex_search(text, pattern))
        found.push_back({fs::relative(entry.path(), root).string(), text});
    }
  }
  return found;
}

const std::regex any_include(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");

auto included(const Line& line) -> std::string {
  std::smatch match;
  std::regex_search(line.text, match, any_include);
  return match[1];
}

auto starts_with_any(const std::string& text, const std::vector<std::string>& prefixes) -> bool {
  for (const auto& prefix : prefixes) {
    if (text.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("structure: proto includes nothing but itself and three freestanding headers", "[structure]") {
  const std::set<std::string> system = {"stdint.h", "stddef.h", "stdbool.h"};
  const auto lines = lines_matching("proto", any_include);
  REQUIRE(lines.size() > 10);
  for (const auto& line : lines) {
    CAPTURE(line.file, line.text);
    const auto name = included(line);
    CHECK((system.contains(name) || fs::exists(root / "proto" / name)));
  }
}

TEST_CASE("structure: the device never sees the host", "[structure]") {
  const auto lines = lines_matching("device", any_include);
  REQUIRE(lines.size() > 20);
  for (const auto& line : lines) {
    CAPTURE(line.file, line.text);
    const auto name = included(line);
    CHECK_FALSE(name.find("host/") != std::string::npos);
    CHECK_FALSE(fs::exists(root / "host" / name));
  }
}

TEST_CASE("structure: the host never sees the device", "[structure]") {
  const auto lines = lines_matching("host", any_include);
  REQUIRE(lines.size() > 50);
  for (const auto& line : lines) {
    CAPTURE(line.file, line.text);
    const auto name = included(line);
    CHECK_FALSE(name.find("device/") != std::string::npos);
    CHECK_FALSE((fs::exists(root / "device" / name) && !fs::exists(root / "host" / name)));
  }
}

TEST_CASE("structure: the reference rests on the base, the formats and Eigen alone", "[structure]") {
  const std::vector<std::string> rooms = {"base/", "checkpoint/", "image/", "reference/", "proto/"};
  const auto lines = lines_matching("host/reference", any_include);
  REQUIRE(lines.size() > 5);
  for (const auto& line : lines) {
    CAPTURE(line.file, line.text);
    const auto name = included(line);
    const bool of_the_project = fs::exists(root / "host" / name) || fs::exists(root / name);
    CHECK((!of_the_project || starts_with_any(name, rooms)));
  }
}

TEST_CASE("structure: engine and kernels know no port and no agent", "[structure]") {
  for (const std::string folder : {"device/engine", "device/kernels"}) {
    for (const auto& line : lines_matching(folder, any_include)) {
      CAPTURE(line.file, line.text);
      CHECK_FALSE(starts_with_any(included(line), {"port/", "agent/"}));
    }
  }
  for (const auto& line : lines_matching("device/kernels", any_include)) {
    CAPTURE(line.file, line.text);
    CHECK_FALSE(starts_with_any(included(line), {"engine/"}));
  }
}

TEST_CASE("structure: only the ui and the commands print", "[structure]") {
  const std::regex printing(R"(std::cout|std::cerr|fmt::print|\bprintf\s*\(|\bputs\s*\(|std::clog)");
  for (const auto& line : lines_matching("host", printing)) {
    CAPTURE(line.file, line.text);
    CHECK(starts_with_any(line.file, {"host/ui/", "host/cli/"}));
  }
}

TEST_CASE("structure: the device holds no float, heap or printf", "[structure]") {
  const std::regex forbidden(R"(\b(float|double|malloc|calloc|free|printf|alloca)\b\s*[\(\*a-z_])");
  for (const std::string folder : {"device/agent", "device/engine", "device/kernels", "device/hal"}) {
    for (const auto& line : lines_matching(folder, forbidden)) {
      if (line.text.find("/*") != std::string::npos || line.text.find(" * ") != std::string::npos) continue;
      CAPTURE(line.file, line.text);
      CHECK(false);
    }
  }
}

TEST_CASE("structure: files of tests have names of their own, so that two checkouts do not share them",
          "[structure]") {
  const auto lines = lines_matching("tests", std::regex("temp_directory_path\\(\\)"));
  REQUIRE(lines.size() > 10);
  for (const auto& line : lines) {
    CAPTURE(line.file, line.text);
    if (line.file == "tests/structure/test_structure.cpp") continue;
    CHECK(std::regex_search(
        line.text, std::regex("getpid\\(\\)|to_string\\(other\\)|XXXXXX|temp_directory_path\\(\\) /$")));
  }
}

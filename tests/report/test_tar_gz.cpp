// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/file.hpp"
#include "report/tar_gz.hpp"

using namespace mcullm;
namespace fs = std::filesystem;

TEST_CASE("tar.gz: tar unpacks what was packed, byte for byte", "[report]") {
  const auto folder = fs::temp_directory_path() / ("mcullm-tar-" + std::to_string(::getpid()));
  fs::create_directory(folder);
  std::vector<report::Entry> entries = {
      {"empty.txt", ""}, {"one.txt", "x"}, {"block.bin", std::string(512, 'b')}};
  entries.push_back({"large.bin", {}});
  for (unsigned i = 0; i < 100'000; ++i) entries.back().content += static_cast<char>(i * i / 7);
  const auto packed = report::make_tar_gz(entries, 1'700'000'000);
  REQUIRE(packed);
  CHECK(packed->size() < 110'000);
  REQUIRE(write_file(folder / "a.tar.gz", *packed));
  REQUIRE(std::system(
              ("tar xzf '" + (folder / "a.tar.gz").string() + "' -C '" + folder.string() + "'").c_str()) ==
          0);
  for (const auto& entry : entries) {
    std::stringstream content;
    content << std::ifstream(folder / entry.name, std::ios::binary).rdbuf();
    CAPTURE(entry.name);
    CHECK(content.str() == entry.content);
    CHECK((fs::status(folder / entry.name).permissions() & fs::perms::all) == fs::perms(0644));
  }
  fs::remove_all(folder);
}

// SPDX-License-Identifier: MIT
#include <unistd.h>
#include <catch2/catch.hpp>

#include "base/file.hpp"

using namespace mcullm;
namespace fs = std::filesystem;

namespace {

// A folder of its own for each test, gone afterwards.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("mcullm-test-file-" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  auto operator=(const Folder&) -> Folder& = delete;

  auto operator/(const char* name) const -> fs::path { return path_ / name; }

 private:
  fs::path path_;
};

auto files_in(const fs::path& folder) -> std::ptrdiff_t {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

}  // namespace

TEST_CASE("file: what is written is read back, and nothing else stays behind", "[base]") {
  const Folder folder;
  const auto path = folder / "a.bin";
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100000}}) {
    const std::vector<std::byte> bytes(size, std::byte{0x5A});
    REQUIRE(write_file(path, bytes));
    const auto back = read_file(path);
    REQUIRE(back);
    REQUIRE(*back == bytes);
    REQUIRE(files_in(path.parent_path()) == 1);
  }
}

TEST_CASE("file: what cannot be read is refused with the reason", "[base]") {
  const Folder folder;
  REQUIRE(write_file(folder / "ten", std::vector<std::byte>(10)));
  const auto missing = read_file(folder / "missing");
  REQUIRE_FALSE(missing);
  REQUIRE(missing.error().what == (folder / "missing").string() + ": no such file");
  REQUIRE(missing.error().exit == Exit::input);
  const auto directory = read_file(folder / ".");
  REQUIRE_FALSE(directory);
  REQUIRE(directory.error().what == (folder / ".").string() + ": a folder, not a file");
  const auto large = read_file(folder / "ten", 9);
  REQUIRE_FALSE(large);
  REQUIRE(large.error().what == (folder / "ten").string() + ": 10 bytes, more than the 9 that are read here");
  REQUIRE(read_file(folder / "ten", 10));
}

TEST_CASE("file: what stands behind a link is written, and a device stays one", "[base]") {
  const Folder folder;
  REQUIRE(write_file(folder / "file", std::vector<std::byte>(3)));
  fs::create_symlink("file", folder / "link");
  REQUIRE(write_file(folder / "link", std::vector<std::byte>(5)));
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(read_file(folder / "file")->size() == 5);
  fs::create_symlink("/dev/null", folder / "nowhere");
  REQUIRE(write_file(folder / "nowhere", std::vector<std::byte>(7)));
  CHECK(fs::is_symlink(folder / "nowhere"));
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(files_in(folder / ".") == 3);
}

TEST_CASE("file: a failed write leaves the old file as it was", "[base]") {
  const Folder folder;
  const auto failed = write_file(folder / "no_such_folder/a.bin", std::vector<std::byte>(3));
  REQUIRE_FALSE(failed);
  REQUIRE_FALSE(failed.error().hint.empty());

  // a folder stands where the file should go
  fs::create_directories(folder / "taken/inside");
  REQUIRE_FALSE(write_file(folder / "taken", std::vector<std::byte>(3)));
  REQUIRE(files_in(folder / ".") == 1);
}

TEST_CASE("file: what is read is not written as well, and nothing twice", "[base]") {
  const Folder folder;
  const auto in = folder / "in";
  REQUIRE(write_file(in, std::vector<std::byte>(3)));
  fs::create_symlink("in", folder / "link");
  CHECK(check_apart({in}, {folder / "out", folder / "other"}));
  CHECK(check_apart({in, "", in}, {"", folder / "out", ""}));
  CHECK(check_apart({in}, {"/dev/null", "/dev/null"}));
  for (const auto& same : {in, folder / "link", folder / "./in"}) {
    const auto refused = check_apart({in}, {folder / "out", same});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().exit == Exit::usage);
    CHECK(refused.error().what == in.string() + ": to be read and to be written");
  }
  const auto twice = check_apart({in}, {folder / "out", folder / "./out"});
  REQUIRE_FALSE(twice);
  CHECK(twice.error().what == (folder / "./out").string() + ": to be written twice");
}

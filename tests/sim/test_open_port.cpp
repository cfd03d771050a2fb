// SPDX-License-Identifier: MIT
#include <pty.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "sim/open_port.hpp"
#include "sim/simulated_boards.hpp"

using namespace mcullm;
namespace fs = std::filesystem;

TEST_CASE("open port: what is no port says what there is", "[sim]") {
  const auto nothing = sim::open_port("native");
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().exit == Exit::usage);
  CHECK(nothing.error().hint.find("sim:native") != std::string::npos);
  CHECK(nothing.error().hint.find("/dev/ttyACM0") != std::string::npos);

  const auto unknown = sim::open_port("sim:nowhere");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().exit == Exit::usage);
  CHECK(unknown.error().hint.find("sim:native") != std::string::npos);

  CHECK(sim::open_port("exec:").error().exit == Exit::usage);
  CHECK(sim::open_port("/dev/nonexistent").error().exit == Exit::no_device);
}

TEST_CASE("open port: a bad fault specification is refused before anything is opened", "[sim]") {
  const auto line = sim::open_port("/dev/nonexistent", {.fault = "flip=2"});
  REQUIRE_FALSE(line);
  CHECK(line.error().exit == Exit::usage);
}

TEST_CASE("open port: a pty is opened although libserialport does not know it", "[sim]") {
  int master = -1, slave = -1;
  std::array<char, 128> name{};
  REQUIRE(::openpty(&master, &slave, name.data(), nullptr, nullptr) == 0);
  const auto line = sim::open_port(name.data());
  REQUIRE(line);
  CHECK((*line)->name() == name.data());
  ::close(master);
  ::close(slave);
}

TEST_CASE("open port: what a program plays is told from a chip", "[sim]") {
  for (const auto* played : {"sim:uno", "exec:mcullm-agent", "/dev/pts/3"}) CHECK(sim::is_played(played));
  for (const auto* chip : {"/dev/ttyACM0", "/dev/ttyUSB1", "id:E66038B713"})
    CHECK_FALSE(sim::is_played(chip));

  const std::string recording = MCULLM_SOURCE_DIR "/tests/golden/native.trace";
  CHECK(sim::is_played("replay:" + recording));
  std::ostringstream text;
  text << std::ifstream(recording).rdbuf();
  const auto of_a_chip = fs::temp_directory_path() / ("mcullm-test-" + std::to_string(::getpid()) + ".trace");
  const auto named = [&](const std::string& port) {
    return std::regex_replace(text.str(), std::regex("sim:native"), port);
  };
  std::ofstream(of_a_chip) << named("/dev/ttyACM0");
  CHECK_FALSE(sim::is_played("replay:" + of_a_chip.string()));
  std::ofstream(of_a_chip) << named("replay:" + of_a_chip.string());  // of itself
  CHECK(sim::is_played("replay:" + of_a_chip.string()));
  fs::remove(of_a_chip);
  CHECK_FALSE(sim::is_played("replay:" + of_a_chip.string()));  // that it is missing is told by who opens it
}

TEST_CASE("open port: a command is run by a shell", "[sim]") {
  auto line = sim::open_port("exec:printf '%s' \"a b\"; cat");
  REQUIRE(line);
  std::array<std::byte, 16> bytes{};
  std::size_t count = 0;
  while (count < 3 && (*line)->connected())
    count += (*line)->read(std::span(bytes).subspan(count), std::chrono::milliseconds{1000});
  CHECK(std::string(reinterpret_cast<const char*>(bytes.data()), count) == "a b");
}

TEST_CASE("open port: a simulated board leaves no file behind", "[sim]") {
  const auto own = fs::temp_directory_path() / ("mcullm-test-" + std::to_string(::getpid()));
  fs::create_directory(own);
  const char* before = std::getenv("TMPDIR");
  const std::string saved = before == nullptr ? "" : before;
  ::setenv("TMPDIR", own.c_str(), 1);
  {
    const auto line = sim::open_port("sim:native");
    REQUIRE(line);
    CHECK((*line)->name() == "sim:native");
    CHECK_FALSE(fs::is_empty(own));
  }
  CHECK(fs::is_empty(own));
  saved.empty() ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", saved.c_str(), 1);
  fs::remove_all(own);
}

TEST_CASE("open port: every simulated board has a name and a description", "[sim]") {
  CHECK_FALSE(sim::simulated_boards().empty());
  for (const auto& board : sim::simulated_boards()) {
    CHECK_FALSE(std::string(board.name).empty());
    CHECK_FALSE(std::string(board.description).empty());
  }
}

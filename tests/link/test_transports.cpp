// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "link/process_transport.hpp"
#include "link/tty_transport.hpp"

using namespace mcullm;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

auto text(const std::string& s) -> std::span<const std::byte> { return std::as_bytes(std::span(s)); }

// Reads until `wanted` bytes are there or two seconds are over.
auto read_text(link::Transport& line, std::size_t wanted) -> std::string {
  std::string all;
  const auto until = Clock::now() + milliseconds{2000};
  while (all.size() < wanted && line.connected() && Clock::now() < until) {
    std::array<std::byte, 256> chunk;
    const auto count = line.read(chunk, milliseconds{100});
    all.append(reinterpret_cast<const char*>(chunk.data()), count);
  }
  return all;
}

auto gone_within(link::Transport& line, milliseconds patience) -> bool {
  const auto until = Clock::now() + patience;
  std::array<std::byte, 16> chunk;
  while (line.connected() && Clock::now() < until) line.read(chunk, milliseconds{50});
  return !line.connected();
}

// Running, and not merely waiting for somebody to ask how it ended.
auto alive(pid_t pid) -> bool {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(stat, line);
  const auto name_end = line.rfind(')');
  return name_end != std::string::npos && line[name_end + 2] != 'Z';
}

}  // namespace

TEST_CASE("process transport: a program's input and output are the line, every byte as it is", "[link]") {
  auto line = link::start_process({"cat"}, "exec:cat");
  REQUIRE(line);
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  (*line)->write(text(all));
  CHECK(read_text(**line, all.size()) == all);
  CHECK((*line)->name() == "exec:cat");
}

TEST_CASE("process transport: a program that does not exist is no device", "[link]") {
  const auto line = link::start_process({"/nonexistent/agent"}, "x");
  REQUIRE_FALSE(line);
  CHECK(line.error().exit == Exit::no_device);
  CHECK(line.error().what.find("/nonexistent/agent: No such file") != std::string::npos);
}

TEST_CASE("process transport: the end of the program is noticed", "[link]") {
  auto line = link::start_process({"sh", "-c", "printf bye; exit 3"}, "x");
  REQUIRE(line);
  CHECK(read_text(**line, 3) == "bye");
  CHECK(gone_within(**line, milliseconds{2000}));
}

TEST_CASE("process transport: the program and its children end with the transport", "[link]") {
  pid_t shell = 0, child = 0;
  {
    auto line = link::start_process({"sh", "-c", "sleep 1000 & echo $$ $!; exec cat"}, "x");
    REQUIRE(line);
    const auto pids = read_text(**line, 4);
    REQUIRE(std::sscanf(pids.c_str(), "%d %d", &shell, &child) == 2);
    CHECK(alive(shell));
    CHECK(alive(child));
  }
  std::this_thread::sleep_for(milliseconds{50});
  CHECK_FALSE(alive(shell));
  CHECK_FALSE(alive(child));
}

TEST_CASE("process transport: a reset starts the program anew", "[link]") {
  auto line = link::start_process({"sh", "-c", "echo $$; exec cat"}, "x");
  REQUIRE(line);
  const auto first = read_text(**line, 2);
  (*line)->reset();
  const auto second = read_text(**line, 2);
  CHECK_FALSE(second.empty());
  CHECK(first != second);
  (*line)->write(text("still here"));
  CHECK(read_text(**line, 10) == "still here");
}

TEST_CASE("process transport: a program that never reads does not block the writer for ever", "[link]") {
  auto line = link::start_process({"sleep", "1000"}, "x");
  REQUIRE(line);
  const auto start = Clock::now();
  (*line)->write(text(std::string(100'000, 'x')));
  CHECK(Clock::now() - start < milliseconds{3000});
  CHECK((*line)->connected());
}

TEST_CASE("tty transport: a pty is opened raw, and its hang-up noticed", "[link]") {
  int master = -1, slave = -1;
  std::array<char, 128> name{};
  REQUIRE(::openpty(&master, &slave, name.data(), nullptr, nullptr) == 0);
  auto line = link::open_tty(name.data());
  REQUIRE(line);
  ::close(slave);
  const std::string raw("\x03\r\n\x00\x1a\xff", 6);
  REQUIRE(::write(master, raw.data(), raw.size()) == 6);
  CHECK(read_text(**line, 6) == raw);
  (*line)->write(text(raw));
  std::array<char, 16> back{};
  CHECK(::read(master, back.data(), back.size()) == 6);
  CHECK(std::string(back.data(), 6) == raw);

  const auto start = Clock::now();
  std::array<std::byte, 16> chunk;
  CHECK((*line)->read(chunk, milliseconds{30}) == 0);
  CHECK(Clock::now() - start >= milliseconds{29});
  ::close(master);
  CHECK(gone_within(**line, milliseconds{2000}));
}

TEST_CASE("tty transport: what cannot be opened says why", "[link]") {
  CHECK(link::open_tty("/dev/nonexistent").error().what.find("No such file") != std::string::npos);
  CHECK(link::open_tty("/dev/null").error().what.find("not a port") != std::string::npos);
  int master = -1, slave = -1;
  std::array<char, 128> name{};
  REQUIRE(::openpty(&master, &slave, name.data(), nullptr, nullptr) == 0);
  const auto first = link::open_tty(name.data());
  REQUIRE(first);
  const auto second = link::open_tty(name.data());
  REQUIRE_FALSE(second);
  CHECK(second.error().exit == Exit::no_device);
  CHECK(second.error().what.find("another program has it open") != std::string::npos);
  ::close(master);
  ::close(slave);
}

// SPDX-License-Identifier: MIT
#include <termios.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "sim/uno/serial_line.hpp"
#include "uno.hpp"

using namespace std::chrono_literals;

namespace {

auto all_bytes_but_zero(std::size_t count) -> std::string {
  std::string text;
  for (std::size_t i = 0; i < count; i++) text += static_cast<char>(1 + i * 7 % 255);
  return text;
}

}  // namespace

TEST_CASE("uart: an echo by interrupts loses nothing at full rate", "[sim_uno]") {
  const auto name = GENERATE("echo_115200", "echo_500000");
  const auto text = all_bytes_but_zero(6000);
  uno::Process process({SIMULATOR, "--firmware", uno::firmware(name)});
  REQUIRE(process.read(1) == "R");
  process.write(text);
  CHECK(process.read(text.size()) == text);
  process.write(std::string(1, '\0'));
  CHECK(process.wait() == 0);
}

TEST_CASE("uart: bytes arrive no faster than the line carries them", "[sim_uno]") {
  const auto fast = uno::run({"--firmware", uno::firmware("echo_500000")}, all_bytes_but_zero(1000) + '\0');
  const auto slow = uno::run({"--firmware", uno::firmware("echo_115200")}, all_bytes_but_zero(1000) + '\0');
  CHECK(fast.exit_code == 0);
  CHECK(slow.exit_code == 0);
  // no upper bounds: simulated time runs on while the host is late with its bytes
  CHECK(fast.report["cycles"] > 1001 * 320);
  CHECK(slow.report["cycles"] > 1001 * 1360);
}

TEST_CASE("uart: bytes that nobody reads are lost, counted, and fail the run", "[sim_uno]") {
  uno::Folder folder;
  uno::Process process({SIMULATOR, "--firmware", uno::firmware("uart_deaf"), "--report", folder / "report"},
                       "abcdef");
  const auto echoed = process.read(10, 5s);
  CHECK(process.wait() == 9);
  // two in the buffer, and the last one still in the shift register
  CHECK(echoed == "Rabf");
}

TEST_CASE("uart: three unread bytes fit", "[sim_uno]") {
  const auto outcome = uno::run({"--firmware", uno::firmware("uart_deaf")}, "abc");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.output == "Rabc");
  CHECK(outcome.mark_values() == std::vector<int>{0x80});
}

TEST_CASE("line: a receiver samples what its own speed makes of a frame", "[sim_uno]") {
  using mcullm::uno::sample_frame;
  for (int value = 0; value < 256; value++) {
    const auto byte = static_cast<std::uint8_t>(value);
    for (const double ratio : {1.0, 0.96, 1.04}) {
      const auto frame = sample_frame(byte, 138.9, 138.9 * ratio);
      REQUIRE(frame);
      CHECK(frame->byte == byte);
      CHECK(frame->stop_bit_seen);
    }
  }
  CHECK(sample_frame(0x55, 138.9, 32.0)->byte != 0x55);
  CHECK_FALSE(sample_frame(0xff, 32.0, 138.9));  // the start bit is over before the first sample
}

TEST_CASE("line: a host at another speed is not understood", "[sim_uno]") {
  const auto outcome =
      uno::run({"--firmware", uno::firmware("echo_115200"), "--line-baud", "500000"}, "UUUU");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.report["ended"] == "input-closed");
  CHECK(outcome.output.find("UUUU") == std::string::npos);
}

TEST_CASE("pty: the speed may be what the host sets on the terminal", "[sim_uno]") {
  uno::Process process(
      {SIMULATOR, "--firmware", uno::firmware("echo_115200"), "--pty", "--line-baud", "terminal"});
  uno::Port port(process.read_error_line());
  port.set_speed(B115200);
  port.read(1, 2s);  // the greeting came before the speed was set
  port.write("hello");
  CHECK(port.read(5) == "hello");
  port.set_speed(B500000);
  port.write("hello");
  CHECK(port.read(5, 300ms) != "hello");
  port.set_speed(B115200);
  port.read(5, 300ms);
  port.write("again");
  CHECK(port.read(5) == "again");
}

TEST_CASE("pty: opening it resets the chip, as DTR does", "[sim_uno]") {
  uno::Process process({SIMULATOR, "--firmware", uno::firmware("greeting"), "--pty"});
  const auto path = process.read_error_line();
  std::this_thread::sleep_for(20ms);  // powered, and talking to nobody
  for (const char* greeting : {"2b", "2c", "2d"}) {
    uno::Port port(path);
    CHECK(port.read(2) == greeting);
    port.write("x");
    CHECK(port.read(1) == "x");
  }
}

TEST_CASE("idle: a board without input costs next to nothing and wakes at once", "[sim_uno]") {
  uno::Process process({SIMULATOR, "--firmware", uno::firmware("greeting")});
  REQUIRE(process.read(2) == "1a");
  std::this_thread::sleep_for(1s);
  const double before = process.cpu_seconds();
  std::this_thread::sleep_for(1s);
  CHECK(process.cpu_seconds() - before <= 0.1);
  const auto start = std::chrono::steady_clock::now();
  process.write("x");
  CHECK(process.read(1) == "x");
  CHECK(std::chrono::steady_clock::now() - start <
        5s);  // a busy computer may be late, a sleeping board would not come
}

TEST_CASE("run: a report is written on request", "[sim_uno]") {
  uno::Process process({SIMULATOR, "--firmware", uno::firmware("greeting")});
  REQUIRE(process.read(2) == "1a");
  process.signal(SIGUSR1);
  const auto report = nlohmann::json::parse(process.read_error_line());
  CHECK(report["ended"] == "running");
  CHECK(report["uart"]["sent"] == 2);
  process.signal(SIGTERM);
  CHECK(nlohmann::json::parse(process.read_error_line())["ended"] == "signal");
  CHECK(process.wait() == 0);
}

TEST_CASE("run: reset can be pressed and the card pulled while it runs", "[sim_uno]") {
  const uno::Folder folder;
  uno::Process process(
      {SIMULATOR, "--firmware", uno::firmware("greeting"), "--sd", folder / "card", "--sd-create-mib", "1"});
  REQUIRE(process.read(2) == "1a");
  process.signal(SIGHUP);
  CHECK(process.read(2) == "2b");
  process.signal(SIGUSR2);
  process.write("x");
  CHECK(process.read(1) == "x");
}

TEST_CASE("run: real time is kept on request", "[sim_uno]") {
  const auto start = std::chrono::steady_clock::now();
  const auto outcome =
      uno::run({"--firmware", uno::firmware("greeting"), "--realtime", "--max-cycles", "8000000"});
  CHECK(outcome.exit_code == 0);
  CHECK(std::chrono::steady_clock::now() - start >= 490ms);
}

// SPDX-License-Identifier: MIT
// A program gets into an empty chip the way it does on a desk: avrdude, a boot loader, a serial line.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "uno.hpp"

using namespace std::chrono_literals;

namespace {

auto run_tool(const uno::Arguments& command) -> int {
  uno::Process process(command);
  process.read(std::size_t{1} << 20, 60s);
  return process.wait(60s);
}

}  // namespace

TEST_CASE("upload: avrdude puts a program into an empty chip through optiboot, and it stays", "[sim_uno]") {
  const uno::Folder folder;
  if (run_tool({"cmake", "-DOUT=" + (folder / "boot"), "-P", OPTIBOOT_SCRIPT}) != 0) {
    WARN("SKIPPED: optiboot's source is not here (apt-get install arduino-core-avr)");
    return;
  }
  if (run_tool({"avrdude", "-?"}) != 0) {
    WARN("SKIPPED: avrdude is not here (apt-get install avrdude)");
    return;
  }
  const auto boot = folder / "boot/optiboot.hex";
  {
    uno::Process board({SIMULATOR, "--boot", boot, "--flash", folder / "flash", "--pty"});
    const auto path = board.read_error_line();
    const auto program = "flash:w:" + uno::firmware("greeting") + ":e";
    REQUIRE(run_tool({"avrdude", "-q", "-q", "-p", "m328p", "-c", "arduino", "-P", path, "-b", "115200", "-D",
                      "-U", program}) == 0);
    // opening resets: the boot loader waits a second for an upload, then its watchdog starts the program
    CHECK(uno::Port(path).read(2).starts_with("0"));
    board.signal(SIGTERM);
    REQUIRE(board.wait() == 0);
  }
  CHECK(std::filesystem::file_size(folder / "flash") == 32768);
  uno::Process board({SIMULATOR, "--flash", folder / "flash"});
  CHECK(board.read(2) == "1a");
}

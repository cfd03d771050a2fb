// SPDX-License-Identifier: MIT
// From an empty Pico to an agent that answers, as a person does it: a file copied to its drive.
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "link/board.hpp"
#include "sim/open_port.hpp"

using namespace mcullm;
namespace fs = std::filesystem;

namespace {

void wait_for(const fs::path& path) {
  using namespace std::chrono_literals;
  for (int i = 0; i < 600 && !fs::exists(path); ++i) std::this_thread::sleep_for(100ms);
  REQUIRE(fs::exists(path));
}

}  // namespace

TEST_CASE("pico: an empty board shows its drive, takes a UF2 file, and the agent answers", "[pico]") {
  const auto folder = fs::temp_directory_path() / fmt::format("mcullm-boot-loader-{}", ::getpid());
  const auto drive = folder / "RPI-RP2";
  fs::create_directories(folder);
  {
    auto line = sim::open_port(fmt::format("exec:exec node {} --flash {} --volume {}", SIMULATOR,
                                           (folder / "flash").string(), drive.string()));
    REQUIRE(line);
    wait_for(drive / "INFO_UF2.TXT");
    // half a file is not taken for a whole one
    std::ifstream agent(AGENT_UF2, std::ios::binary);
    std::ofstream copy(drive / "agent.uf2", std::ios::binary);
    std::vector<char> bytes(5000);
    agent.read(bytes.data(), 5000);
    copy.write(bytes.data(), 5000);
    copy.flush();
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    copy << agent.rdbuf();
    copy.close();
    link::Board board(std::move(line).value(), {});
    const auto hello = board.connect();
    if (!hello) FAIL(hello.error().what);
    CHECK(std::string(hello->board) == "rp2040");
    CHECK(fs::is_empty(drive));
  }
  fs::remove_all(folder);
}

// SPDX-License-Identifier: MIT
// The supply of the simulated Pico fails in the middle of flash operations while a model is being stored.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "base/file.hpp"
#include "flash/upload.hpp"
#include "link/board.hpp"
#include "sim/open_port.hpp"

using namespace mcullm;

namespace {

// How many times the supply fails: a few, or as many as wanted.
auto cuts() -> int {
  const char* wanted = std::getenv("MCULLM_POWER_CUTS");
  return wanted != nullptr ? std::atoi(wanted) : 8;
}

// power_cut: which change of the flash it does not survive; 0: none
auto start(const std::filesystem::path& flash, int power_cut) -> link::Board {
  auto line = sim::open_port(fmt::format("exec:exec node {} --firmware {} --flash {} --power-cut-at {}",
                                         SIMULATOR, AGENT_UF2, flash.string(), power_cut));
  REQUIRE(line);
  link::Board board(std::move(line).value(), {});
  const auto hello = board.connect();
  if (!hello) FAIL(hello.error().what);
  return board;
}

auto story(link::Board& board) -> std::vector<int> {
  std::vector<int> tokens = {1};
  for (int pos = 0; pos < 4; ++pos) {
    const auto result = board.token(tokens.back(), pos);
    if (!result) FAIL(result.error().what);
    tokens.push_back(result->argmax);
  }
  return tokens;
}

}  // namespace

TEST_CASE("pico: the supply fails while models are stored, and none that is not whole ever runs", "[pico]") {
  const auto image = read_file(MODEL);
  REQUIRE(image);
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("mcullm-power-cut-{}", ::getpid());
  std::filesystem::create_directories(folder);
  const auto flash = folder / "flash";

  std::vector<int> expected;
  {
    auto board = start(folder / "undisturbed", 0);
    REQUIRE(flash::upload(board, *image));
    expected = story(board);
  }
  std::mt19937 random(1);
  int survived = 0;  // uploads that came to their end before the supply did
  for (int cut = 0; cut < cuts();) {
    auto board = start(flash, std::uniform_int_distribution(1, 40)(random));
    if (board.hello().model.status == MCL_MODEL_RUNS) {
      // stored as a whole: it must be right; then from the beginning
      ++survived;
      CHECK(story(board) == expected);
      std::filesystem::remove(flash);
      continue;
    }
    if (flash::upload(board, *image)) continue;
    ++cut;
    CAPTURE(cut);
    CHECK_FALSE(board.connect());  // it is gone
  }
  CHECK(survived >= (cuts() >= 50 ? 1 : 0));
  auto board = start(flash, 0);
  REQUIRE(flash::ensure_model(board, *image));
  CHECK(story(board) == expected);
  std::filesystem::remove_all(folder);
}

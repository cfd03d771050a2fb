// SPDX-License-Identifier: MIT
// What documents say about boards is what the register and the simulators say.
#include <catch2/catch.hpp>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "boards/board_register.hpp"
#include "sim/board_command.hpp"
#include "sim/simulated_boards.hpp"

using namespace mcullm;

namespace {

auto document(const std::string& path) -> std::string {
  std::ifstream in(std::string(MCULLM_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

auto contains(const std::string& text, const std::string& part) -> bool {
  return text.find(part) != std::string::npos;
}

struct Row {
  std::string board, core, state;
};

// The table below "## Boards".
auto readme_rows() -> std::vector<Row> {
  const auto readme = document("README.md");
  const auto start = readme.find("\n## Boards\n");
  REQUIRE(start != std::string::npos);
  std::istringstream lines(readme.substr(start + 1, readme.find("\n## ", start + 1) - start));
  const std::regex row(R"(\| (.*) \| (.*) \| (.*) \|)");
  std::vector<Row> rows;
  std::smatch cells;
  for (std::string line; std::getline(lines, line);)
    if (std::regex_match(line, cells, row) && cells[1] != "board")
      rows.push_back({cells[1], cells[2], cells[3]});
  return rows;
}

auto row_of(const boards::Board& board) -> const Row* {
  static const auto rows = readme_rows();
  for (const auto& row : rows) {
    const bool named = board.simulator.empty()
                           ? contains(row.board, board.title)
                           : std::regex_search(row.board, std::regex(board.simulator + "[`,]"));
    if (named) return &row;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("documents: the README's table has the boards of the register, each with its state", "[boards]") {
  const auto known = boards::load_register("");
  REQUIRE(known);
  for (const auto& board : known->boards) {
    CAPTURE(board.id);
    const auto* row = row_of(board);
    if (board.state == boards::State::planned) {
      CHECK(row == nullptr);
      continue;
    }
    REQUIRE(row != nullptr);
    CAPTURE(row->board, row->state);
    const bool not_run = contains(row->state, "built and checked, not run");
    CHECK(not_run == (board.state == boards::State::built));
  }
  for (const auto& row : readme_rows()) {
    CAPTURE(row.board);
    CHECK(std::any_of(known->boards.begin(), known->boards.end(), [&](const auto& board) {
      return row_of(board) != nullptr && row_of(board)->board == row.board;
    }));
  }
}

TEST_CASE("documents: what a port's page says that a simulated board starts is what it starts", "[boards]") {
  for (const std::string port : {"rv32", "xtensa", "musca_b1", "microbit", "stm32f405"}) {
    const auto page = document("device/port/" + port + "/README.md");
    std::smatch found;
    REQUIRE(
        std::regex_search(page, found, std::regex("What `sim:([a-z0-9-]+)` starts:\\s+```text\n([^`]*)```")));
    const std::string name = found[1];
    CAPTURE(name);
    const auto board = sim::find_simulated_board(name);
    REQUIRE(board);
    const auto command = sim::board_command(**board, {});
    if (!command) {
      WARN("SKIPPED: " << command.error().what);
      continue;
    }
    std::string argv;
    for (const auto& word : command->argv) argv += " " + word;
    std::istringstream words(found[2]);
    for (std::string word; words >> word;) {
      const auto known = word.substr(0, word.find("..."));
      // a file, a number of this start, or the end of a line
      if (word == "\\" || contains(word, ".elf") || contains(word, ".bin") || contains(word, ".mcm") ||
          contains(word, "<") || contains(word, ">"))
        continue;
      CAPTURE(argv);
      CHECK(contains(argv, known));
    }
  }
}

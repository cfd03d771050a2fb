// SPDX-License-Identifier: MIT
// The one list of boards.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "boards/board.hpp"

namespace mcullm::boards {

struct BoardRegister {
  std::vector<Board> boards;
  std::vector<UsbId> bridges;  // serial bridges that any board may sit behind

  // nullptr when there is none.
  auto find(std::string_view id) const -> const Board*;
  auto find_by_agent_name(std::string_view agent_name) const -> const Board*;
};

// Reads TOML; `name` is the file for messages. Exit::input for anything it does not know.
auto parse_register(std::string_view toml, std::string_view name) -> Result<BoardRegister>;

// The register inside the tool and, over it, the file (empty: none): its boards replace those of the same id,
// its bridges are added.
auto load_register(const std::string& file) -> Result<BoardRegister>;

// The board, or Exit::usage with the nearest name.
auto require_board(const BoardRegister& boards, std::string_view id) -> Result<Board>;

}  // namespace mcullm::boards

// SPDX-License-Identifier: MIT
// What a board says of itself: its agent, its model, and what stands where.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "boards/board_register.hpp"
#include "cli/board/agent_found.hpp"
#include "link/board.hpp"
#include "ui/console.hpp"

namespace mcullm::cli {

struct BoardFacts {
  std::string port;
  AgentFound agent;
  std::optional<boards::Board> known;  // its entry in the register
  link::DeviceStatistics statistics;
  std::optional<std::vector<link::MemoryPart>> parts;  // nothing: the agent does not tell
};

auto ask_board(link::Board& board, const std::string& port, const boards::BoardRegister& known)
    -> Result<BoardFacts>;

auto board_facts_json(const BoardFacts& facts) -> nlohmann::ordered_json;
void print_board_facts(const BoardFacts& facts, ui::Console& console);

}  // namespace mcullm::cli

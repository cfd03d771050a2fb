// SPDX-License-Identifier: MIT
#include "cli/board/agent_found.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "link/refusal.hpp"
#include "link/tick_name.hpp"
#include "proto/image_fields.h"

namespace mcullm::cli {
namespace {

using Json = nlohmann::ordered_json;

auto text_or_null(const std::string& text) -> Json { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

auto stored_name(link::Board& board) -> std::string {
  constexpr std::size_t bytes = MCL_AT_NAME_LAST - MCL_AT_NAME;
  const auto name = board.store_read(MCL_AT_NAME, bytes);
  if (!name) return "";
  std::string text;
  for (const auto byte : *name) {
    const auto c = std::to_integer<unsigned char>(byte);
    if (c == 0) break;
    text += c < ' ' || c == 0x7f ? '?' : static_cast<char>(c);  // it goes to a terminal
  }
  return text;
}

auto describe_agent(link::Board& board) -> AgentFound {
  AgentFound agent{board.hello(), "", link::model_problem(board.hello().model)};
  if (agent.problem.empty()) agent.model = stored_name(board);
  return agent;
}

auto agent_facts_json(const AgentFound& agent) -> Json {
  const auto& hello = agent.hello;
  return {{"build", fmt::format("{:08x}", hello.agent_build)},
          {"clock_hz", hello.clock_hz},
          {"tick_unit", link::tick_name(hello.tick_unit)},
          {"arithmetic_version", hello.arithmetic_version},
          {"image_version", hello.image_version},
          {"arena_bytes", hello.arena_bytes},
          {"store_bytes", hello.store_bytes},
          {"model",
           {{"runs", agent.problem.empty()},
            {"name", text_or_null(agent.model)},
            {"header_crc", fmt::format("{:08x}", hello.model.header_crc)},
            {"problem", text_or_null(agent.problem)}}}};
}

}  // namespace mcullm::cli

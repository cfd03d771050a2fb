// SPDX-License-Identifier: MIT
// What a board says of its agent and its model, for list, info and doctor.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "link/board.hpp"
#include "proto/message.h"

namespace mcullm::cli {

struct AgentFound {
  mcl_hello_t hello{};
  std::string model;    // name of the image that runs; empty: none runs, or the agent does not tell
  std::string problem;  // why no model runs; empty when one does
};

// The name in the header of the image that a board has stored; empty when its agent has no STORE_READ.
auto stored_name(link::Board& board) -> std::string;

// Of a connected board.
auto describe_agent(link::Board& board) -> AgentFound;

// Build, clock, versions, sizes, and the model as an object: the fields that list and info share.
auto agent_facts_json(const AgentFound& agent) -> nlohmann::ordered_json;

}  // namespace mcullm::cli

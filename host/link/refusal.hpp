// SPDX-License-Identifier: MIT
// What a board's refusal means, in words and numbers.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "proto/message.h"
#include "proto/status.h"

namespace mcullm::link {

struct Refusal {
  std::uint8_t status = MCL_OK;  // mcl_status_t, or one that this program does not know
  std::uint32_t detail_a = 0, detail_b = 0;
};

// "MATMUL", as in proto/WIRE.md.
auto request_name(mcl_type_t type) -> std::string;

// Exit::cancelled for an aborted request, else Exit::refused.
auto refusal_error(mcl_type_t type, const Refusal& refusal) -> Error;

// Why a board runs no model: "none is stored", "it needs 9000 bytes, the board has 2048". Empty when one
// runs.
auto model_problem(const mcl_model_state_t& model) -> std::string;

}  // namespace mcullm::link

// SPDX-License-Identifier: MIT
// The costs of a board from profiles of tokens that it ran.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/work.hpp"

namespace mcullm::plan {

struct ProfiledToken : TokenAt {
  std::uint64_t ticks = 0;           // of the whole token
  std::vector<std::uint32_t> by_op;  // as PROFILE tells them
};

struct Calibration {
  std::map<std::string, std::vector<double>> costs;  // by the names of the register
  double worst_error = 0;                            // of a token's ticks, relative
};

// Least squares of relative errors without negative costs, one work and format after the other.
auto calibrate(const std::vector<ProfiledToken>& tokens) -> Calibration;

}  // namespace mcullm::plan

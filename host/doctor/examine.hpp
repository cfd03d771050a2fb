// SPDX-License-Identifier: MIT
// From facts to findings: one line each, and one fix for what is not well.
#pragma once

#include <string>
#include <vector>

#include "doctor/facts.hpp"

namespace mcullm::doctor {

enum class Verdict { ok, warn, fail };

struct Finding {
  Verdict verdict = Verdict::ok;
  std::string what;      // "/dev/ttyACM0: in use by minicom (process 431)"
  std::string fix;       // one command or step; empty when all is well
  Exit exit = Exit::ok;  // of a failure
};

auto examine(const Facts& facts) -> std::vector<Finding>;

auto name(Verdict verdict) -> const char*;  // "OK", "WARN", "FAIL"

}  // namespace mcullm::doctor

// SPDX-License-Identifier: MIT
// A line that misbehaves on purpose, for tests and for whoever wants to see the link survive.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "link/transport.hpp"

namespace mcullm::link {

// Probabilities are per byte, in both directions.
struct FaultSpec {
  double flip = 0;                     // one bit turns
  double drop = 0;                     // the byte is lost
  double dup = 0;                      // the byte comes twice
  double truncate = 0;                 // the rest of the frame is lost
  std::chrono::milliseconds delay{0};  // what is received comes late by up to so much
  std::uint64_t reset = 0;             // the board is reset after every so many frames sent; 0: never
  std::uint64_t seed = 1;              // the same faults at the same bytes
};

// "flip=1e-4,drop=1e-5,delay=20,reset=100,seed=7", any of them in any order. Exit::usage otherwise.
auto parse_fault_spec(const std::string& text) -> Result<FaultSpec>;

auto make_faulty(std::unique_ptr<Transport> line, const FaultSpec& spec) -> std::unique_ptr<Transport>;

}  // namespace mcullm::link

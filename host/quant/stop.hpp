// SPDX-License-Identifier: MIT
// How somebody who watches ends long work.
#pragma once

#include <functional>

#include "base/result.hpp"

namespace mcullm::quant {

// Asked now and then; true ends the work.
using StopFn = std::function<bool()>;
inline auto never_stop() -> bool { return false; }

// What work returns that was ended.
inline auto stopped() -> Error { return {Exit::cancelled, "interrupted", ""}; }

}  // namespace mcullm::quant

// SPDX-License-Identifier: MIT
// Watches the intermediate vectors of a forward pass: the ops of WIRE.md's TRACE table, in the order in
// which a token computes them and with the element order given there.
#pragma once

#include <cstdint>
#include <span>

#include "proto/message.h"

namespace mcullm::reference {

template <class Value>
class OpObserver {
 public:
  virtual ~OpObserver() = default;
  // `layer` is 0 for the ops outside the layers. `values` live until the call returns.
  virtual void observe(mcl_op_t op, int layer, std::span<const Value> values) = 0;
};

using Observer = OpObserver<std::int32_t>;
using FloatObserver = OpObserver<float>;

}  // namespace mcullm::reference

// SPDX-License-Identifier: MIT
// The tensors that a shape implies, one table for every file that holds them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_writer.hpp"
#include "base/result.hpp"
#include "base/span_reader.hpp"
#include "checkpoint/float_model.hpp"

namespace mcullm::checkpoint {

// One tensor of a FloatModel: `layers` matrices of rows x cols, row-major; a vector is one row.
struct Tensor {
  std::string_view name;
  std::vector<float> FloatModel::*values;
  int layers = 1, rows = 1, cols = 1;

  auto elements_per_layer() const -> std::uint64_t { return std::uint64_t(rows) * std::uint64_t(cols); }
  auto elements() const -> std::uint64_t { return std::uint64_t(layers) * elements_per_layer(); }
};

// Every tensor in the order of llama2.c's v0 checkpoint; wcls last, and only when it is not shared.
// Precondition: the shape has no fault.
auto tensors_of(const ModelShape& shape, bool shared_classifier) -> std::vector<Tensor>;

auto parameter_count(const ModelShape& shape, bool shared_classifier) -> std::uint64_t;

// "element 70 (layer 1, row 0, column 6) is nan" for the first value that is not finite.
auto nonfinite_element(const Tensor& tensor, std::span<const float> values) -> std::optional<std::string>;

// Reads little-endian fp32 values into the model. Precondition: they all remain. Refuses NaN and infinity;
// `file` stands in the message.
auto read_tensor(SpanReader& in, const Tensor& tensor, FloatModel& model, std::string_view file)
    -> Result<Ok>;
void write_tensor(ByteWriter& out, const Tensor& tensor, const FloatModel& model);

}  // namespace mcullm::checkpoint

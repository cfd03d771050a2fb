// SPDX-License-Identifier: MIT
// Integer parameters in the order in which a token consumes them (proto/IMAGE.md sections 2 to 4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_writer.hpp"
#include "base/result.hpp"
#include "base/span_reader.hpp"
#include "image/model_image.hpp"

namespace mcullm::image {

class TapeWriter {
 public:
  explicit TapeWriter(ByteWriter& out) : out_(out) {}

  void put_layer(const Layer& layer);
  void put_vector(std::span<const std::int16_t> values);
  void put_matrix(const Matrix& matrix);

 private:
  struct Row {
    const Matrix* matrix;
    int index;  // matrix->rows stands for a row of zeros
  };

  void put_block(Row first, Row second);
  void put_row(Row row);
  void put_multiplier(Row row);

  ByteWriter& out_;
};

// Reads sections whose lengths the header has settled, so that reading never runs dry. What breaks a rule is
// read all the same; the first such fault is kept.
class TapeReader {
 public:
  explicit TapeReader(std::string_view file) : file_(file) {}

  // The next section, and its name in messages: "layer 3".
  void open(std::span<const std::byte> section, std::string name);
  auto read_layer(const checkpoint::ModelShape& shape, int bits) -> Layer;
  auto read_vector(int size) -> std::vector<std::int16_t>;
  auto read_matrix(std::string_view name, int rows, int cols, int bits, int shift) -> Matrix;
  void close();  // what remains must be zero

  auto fault() const -> const std::optional<Error>& { return fault_; }
  auto max_row_l1() const -> std::uint32_t { return max_row_l1_; }

 private:
  // A matrix that grows row by row.
  struct Growing {
    std::string_view name;
    Matrix* matrix;
  };

  auto take(std::size_t bytes) -> std::span<const std::byte>;
  auto take_u16() -> std::uint16_t;
  auto read_gain_shift(std::string_view name) -> int;
  auto read_matrix_shift(std::string_view name) -> int;
  void read_block(Growing first, Growing second);
  void read_row(Growing to);
  void require_zero(std::span<const std::byte> bytes, std::string_view what);
  void refuse(const std::string& what);

  std::string file_, section_;
  std::span<const std::byte> rest_;
  std::uint32_t max_row_l1_ = 0;
  std::optional<Error> fault_;
};

}  // namespace mcullm::image

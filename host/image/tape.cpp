// SPDX-License-Identifier: MIT
#include "image/tape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "image/header.hpp"
#include "proto/image.h"

namespace mcullm::image {

namespace {

constexpr std::uint32_t most_row_l1 = 65538;  // keeps 32767 times it below 2^31
constexpr int most_gain_shift = 30;

auto row_bytes(const Matrix& matrix) -> std::size_t {
  return mcl_row_bytes(static_cast<std::uint32_t>(matrix.cols), static_cast<std::uint8_t>(matrix.bits));
}

auto empty_matrix(int rows, int cols, int bits, int shift) -> Matrix {
  Matrix matrix{.rows = rows, .cols = cols, .bits = bits, .shift = shift, .weights = {}, .multipliers = {}};
  matrix.weights.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
  matrix.multipliers.reserve(static_cast<std::size_t>(rows));
  return matrix;
}

// Column c of a packed row, two's complement.
auto unpack(std::span<const std::byte> packed, int bits, std::size_t c) -> int {
  if (bits == 8) return static_cast<std::int8_t>(packed[c]);
  const int nibble = std::to_integer<int>(packed[c / 2]) >> (c % 2 * 4) & 0xF;
  return (nibble ^ 8) - 8;
}

}  // namespace

void TapeWriter::put_vector(std::span<const std::int16_t> values) {
  for (const auto value : values) out_.put_i16(value);
}

void TapeWriter::put_row(Row row) {
  const auto& matrix = *row.matrix;
  const auto end = out_.size() + row_bytes(matrix);
  if (row.index < matrix.rows) {
    const auto cols = static_cast<std::size_t>(matrix.cols);
    const auto weights = std::span(matrix.weights).subspan(static_cast<std::size_t>(row.index) * cols, cols);
    const auto bits = [&](std::size_t c) {
      return c < cols ? static_cast<std::uint8_t>(weights[c]) : std::uint8_t{0};
    };
    if (matrix.bits == 8) {
      for (std::size_t c = 0; c < cols; ++c) out_.put_le(bits(c));
    } else {
      for (std::size_t c = 0; c < cols; c += 2)
        out_.put_le(static_cast<std::uint8_t>((bits(c) & 0xFU) | (bits(c + 1) & 0xFU) << 4));
    }
  }
  out_.pad_to(end);
}

void TapeWriter::put_multiplier(Row row) {
  const bool zero = row.index == row.matrix->rows;
  out_.put_le(zero ? std::uint16_t{0} : row.matrix->multipliers[static_cast<std::size_t>(row.index)]);
}

void TapeWriter::put_block(Row first, Row second) {
  put_row(first);
  put_row(second);
  put_multiplier(first);
  put_multiplier(second);
}

void TapeWriter::put_matrix(const Matrix& matrix) {
  for (int row = 0; row < matrix.rows; row += 2) put_block({&matrix, row}, {&matrix, row + 1});
}

void TapeWriter::put_layer(const Layer& layer) {
  const auto end = out_.size() + MCL_LAYER_SHIFTS_BYTES;
  for (const int shift :
       {layer.att_gain_shift, layer.wq.shift, layer.wk.shift, layer.wv.shift, layer.wo.shift,
        layer.ffn_gain_shift, layer.w1.shift, layer.w3.shift, layer.hidden_shift, layer.w2.shift})
    out_.put_le(static_cast<std::uint8_t>(shift));
  out_.pad_to(end);
  put_vector(layer.att_gains);
  put_matrix(layer.wq);
  put_matrix(layer.wk);
  put_vector(layer.k_centre);
  put_matrix(layer.wv);
  put_matrix(layer.wo);
  put_vector(layer.ffn_gains);
  for (int row = 0; row < layer.w1.rows; ++row) put_block({&layer.w1, row}, {&layer.w3, row});
  put_matrix(layer.w2);
  out_.pad_to_multiple(sector_bytes);
}

void TapeReader::open(std::span<const std::byte> section, std::string name) {
  rest_ = section;
  section_ = std::move(name);
}

void TapeReader::close() { require_zero(take(rest_.size()), "padding"); }

void TapeReader::refuse(const std::string& what) {
  if (!fault_) fault_ = damaged(file_, fmt::format("{}: {}", section_, what));
}

void TapeReader::require_zero(std::span<const std::byte> bytes, std::string_view what) {
  const auto bad = std::ranges::find_if(bytes, [](std::byte b) { return b != std::byte{0}; });
  if (bad != bytes.end())
    refuse(fmt::format("{}: byte {} is {:#04x}, expected 0", what, bad - bytes.begin(),
                       std::to_integer<int>(*bad)));
}

auto TapeReader::take(std::size_t bytes) -> std::span<const std::byte> {
  const auto taken = rest_.first(bytes);
  rest_ = rest_.subspan(bytes);
  return taken;
}

auto TapeReader::take_u16() -> std::uint16_t { return *SpanReader(take(2)).read_le<std::uint16_t>(); }

auto TapeReader::read_gain_shift(std::string_view name) -> int {
  const int shift = std::to_integer<int>(take(1)[0]);
  if (shift > most_gain_shift)
    refuse(fmt::format("{} shift is {}, expected 0..{}", name, shift, most_gain_shift));
  return shift;
}

auto TapeReader::read_matrix_shift(std::string_view name) -> int {
  const int shift = std::to_integer<int>(take(1)[0]);
  if (shift < 8 || shift > 32 || shift % 8 != 0)
    refuse(fmt::format("{} shift is {}, expected 8, 16, 24 or 32", name, shift));
  return shift;
}

auto TapeReader::read_vector(int size) -> std::vector<std::int16_t> {
  std::vector<std::int16_t> values(static_cast<std::size_t>(size));
  for (auto& value : values) value = static_cast<std::int16_t>(take_u16());
  return values;
}

void TapeReader::read_row(Growing to) {
  auto& matrix = *to.matrix;
  const auto cols = static_cast<std::size_t>(matrix.cols);
  const auto row = matrix.weights.size() / cols;
  const auto packed = take(row_bytes(matrix));
  const int least = matrix.bits == 8 ? -127 : -7;
  std::uint32_t l1 = 0;
  for (std::size_t c = 0; c < cols; ++c) {
    const int weight = unpack(packed, matrix.bits, c);
    if (weight < least)
      refuse(fmt::format("{}: row {}, column {} is {}, expected {}..{}", to.name, row, c, weight, least,
                         -least));
    l1 += static_cast<std::uint32_t>(std::abs(weight));
    matrix.weights.push_back(static_cast<std::int8_t>(weight));
  }
  if (matrix.bits == 4 && cols % 2 == 1 && unpack(packed, 4, cols) != 0)
    refuse(fmt::format("{}: row {}: the unused half of its last byte is not 0", to.name, row));
  const auto used = (cols * static_cast<std::size_t>(matrix.bits) + 7) / 8;
  require_zero(packed.subspan(used), fmt::format("{}: row {}: padding", to.name, row));
  if (l1 > most_row_l1)
    refuse(fmt::format("{}: row {}: its absolute weights add up to {}, expected at most {}", to.name, row, l1,
                       most_row_l1));
  max_row_l1_ = std::max(max_row_l1_, l1);
}

// A second matrix of null is the padding after an odd last row.
void TapeReader::read_block(Growing first, Growing second) {
  read_row(first);
  if (second.matrix != nullptr) {
    read_row(second);
  } else {
    require_zero(take(row_bytes(*first.matrix)), fmt::format("{}: row after the last", first.name));
  }
  first.matrix->multipliers.push_back(take_u16());
  const auto multiplier = take_u16();
  if (second.matrix != nullptr) {
    second.matrix->multipliers.push_back(multiplier);
  } else if (multiplier != 0) {
    refuse(fmt::format("{}: multiplier after the last is {}, expected 0", first.name, multiplier));
  }
}

auto TapeReader::read_matrix(std::string_view name, int rows, int cols, int bits, int shift) -> Matrix {
  auto matrix = empty_matrix(rows, cols, bits, shift);
  for (int row = 0; row < rows; row += 2)
    read_block({name, &matrix}, {name, row + 1 < rows ? &matrix : nullptr});
  return matrix;
}

auto TapeReader::read_layer(const checkpoint::ModelShape& shape, int bits) -> Layer {
  const int dim = shape.dim, kv_dim = shape.kv_dim(), hidden = shape.hidden_dim;
  Layer layer;
  layer.att_gain_shift = read_gain_shift("attention gain");
  const int q = read_matrix_shift("wq"), k = read_matrix_shift("wk");
  const int v = read_matrix_shift("wv"), o = read_matrix_shift("wo");
  layer.ffn_gain_shift = read_gain_shift("ffn gain");
  const int gate = read_matrix_shift("w1"), up = read_matrix_shift("w3");
  layer.hidden_shift = read_gain_shift("hidden");
  const int down = read_matrix_shift("w2");
  require_zero(take(6), "bytes after the shifts");

  layer.att_gains = read_vector(dim);
  layer.wq = read_matrix("wq", dim, dim, bits, q);
  layer.wk = read_matrix("wk", kv_dim, dim, bits, k);
  layer.k_centre = read_vector(kv_dim);
  layer.wv = read_matrix("wv", kv_dim, dim, bits, v);
  layer.wo = read_matrix("wo", dim, dim, bits, o);
  layer.ffn_gains = read_vector(dim);
  layer.w1 = empty_matrix(hidden, dim, bits, gate);
  layer.w3 = empty_matrix(hidden, dim, bits, up);
  for (int row = 0; row < hidden; ++row) read_block({"w1", &layer.w1}, {"w3", &layer.w3});
  layer.w2 = read_matrix("w2", dim, hidden, bits, down);
  return layer;
}

}  // namespace mcullm::image

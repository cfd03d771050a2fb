// SPDX-License-Identifier: MIT
#include "reference/matmul.hpp"

#include <Eigen/Core>
#include <cstddef>
#include <stdexcept>

#include "reference/arithmetic.hpp"

namespace mcullm::reference {

auto matmul(const MatmulShape& shape, std::span<const std::int32_t> a, std::span<const std::int32_t> b,
            bool narrow) -> std::vector<std::int32_t> {
  using Operand = Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Product = Eigen::Matrix<std::int64_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto count = [](int rows, int cols) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
  };
  if (a.size() != count(shape.rows, shape.inner) || b.size() != count(shape.inner, shape.cols)) {
    throw std::out_of_range("matmul: operands and shape differ");
  }
  const Product left = Eigen::Map<const Operand>(a.data(), shape.rows, shape.inner).cast<std::int64_t>();
  const Product right = Eigen::Map<const Operand>(b.data(), shape.inner, shape.cols).cast<std::int64_t>();
  const Product product = left * right;
  std::vector<std::int32_t> cells;
  cells.reserve(static_cast<std::size_t>(product.size()));
  for (const std::int64_t sum : product.reshaped<Eigen::RowMajor>()) {
    cells.push_back(narrow ? static_cast<std::int16_t>(sum) : wrap32(sum));
  }
  return cells;
}

}  // namespace mcullm::reference

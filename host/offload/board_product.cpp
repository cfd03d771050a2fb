// SPDX-License-Identifier: MIT
#include "offload/board_product.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mcullm::offload {

namespace {

// In a row, without one product done between them.
constexpr int most_restarts = 5;

auto view(const reference::IntVector& v) -> std::span<const std::int32_t> {
  return {v.data(), static_cast<std::size_t>(v.size())};
}

// Which matrix of the image this is.
auto place_of(const image::ModelImage& image, const image::Matrix& w) -> std::pair<const char*, int> {
  for (std::size_t l = 0; l < image.layers.size(); ++l) {
    const auto& layer = image.layers[l];
    const std::pair<const image::Matrix*, const char*> matrices[] = {
        {&layer.wq, "wq"}, {&layer.wk, "wk"}, {&layer.wv, "wv"}, {&layer.wo, "wo"},
        {&layer.w1, "w1"}, {&layer.w3, "w3"}, {&layer.w2, "w2"}};
    for (const auto& [matrix, name] : matrices)
      if (matrix == &w) return {name, static_cast<int>(l)};
  }
  return {"classifier", -1};
}

}  // namespace

auto BoardProduct::on_board(const image::Matrix& w, const reference::IntVector& a)
    -> Result<link::MatmulResult> {
  for (int restarts = 0;; ++restarts) {
    auto result = board_.matvec(w.weights, view(a));
    if (result || !board_.restarted() || restarts == most_restarts) return result;
    if (auto hello = board_.connect(); !hello) return hello.error();
  }
}

void BoardProduct::compare(const image::Matrix& w, const reference::IntVector& a,
                           const reference::IntVector& got) const {
  const auto expected = reference::product(w, a);
  const auto [e, g] = std::mismatch(expected.begin(), expected.end(), got.begin());
  if (e == expected.end()) return;
  const auto [matrix, layer] = place_of(image_, w);
  Difference found{.matrix = matrix,
                   .layer = layer,
                   .row = static_cast<int>(e - expected.begin()),
                   .expected = *e,
                   .got = *g,
                   .differing = static_cast<std::size_t>((expected.array() != got.array()).count()),
                   .compared = static_cast<std::size_t>(expected.size())};
  const auto where = layer < 0 ? std::string("the classifier") : fmt::format("{} of layer {}", matrix, layer);
  throw ProductFailed{
      Error{Exit::mismatch,
            fmt::format("THE BOARD IS WRONG in the product of {}, row {}: expected {}, got {}", where,
                        found.row, found.expected, found.got),
            fmt::format("mcullm validate --port PORT --matmul {}x{}x1 --operand16 checks such a "
                        "product alone",
                        w.rows, w.cols)},
      found};
}

auto BoardProduct::multiply(const image::Matrix& w, const reference::IntVector& a) -> reference::IntVector {
  const auto result = on_board(w, a);
  if (!result) throw ProductFailed{result.error(), std::nullopt};
  ++count_.products;
  count_.multiplications += w.weights.size();
  count_.ticks += result->ticks;
  const reference::IntVector sums = Eigen::Map<const reference::IntVector>(result->cells.data(), w.rows);
  if (verify_) compare(w, a, sums);
  return sums;
}

}  // namespace mcullm::offload

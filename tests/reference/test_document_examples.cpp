// SPDX-License-Identifier: MIT
// Section 13 of ARITHMETIC.md: its lines `name(arguments) = result` were computed by an implementation
// written from the document alone. Here the reference computes them.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "reference/arithmetic.hpp"
#include "reference/integer_ops.hpp"
#include "reference/integer_sampler.hpp"
#include "reference/matmul.hpp"
#include "vector_file.hpp"

namespace mcullm::tests {
namespace {

using Numbers = std::vector<std::int32_t>;
using reference::IntVector;

struct Example {
  std::string name;
  Json arguments, result;
};

auto examples_of_document() -> std::vector<Example> {
  std::ifstream document(std::filesystem::path(MCULLM_SOURCE_DIR) / "proto/ARITHMETIC.md");
  std::vector<Example> examples;
  bool inside = false;
  for (std::string line; std::getline(document, line);) {
    if (line.starts_with("```")) {
      inside = line == "```text";
    } else if (inside) {
      const auto open = line.find('('), close = line.rfind(") = ");
      REQUIRE(close != std::string::npos);
      const std::string arguments(line, open + 1, close - open - 1);
      examples.push_back({std::string(line, 0, open), Json::parse(fmt::format("[{}]", arguments)),
                          Json::parse(std::string(line, close + 4))});
    }
  }
  return examples;
}

auto vector_of(const Numbers& values) -> IntVector {
  return Eigen::Map<const IntVector>(values.data(), static_cast<Eigen::Index>(values.size()));
}

auto numbers_of(const IntVector& values) -> Numbers { return {values.begin(), values.end()}; }

// Rows one after the other.
template <class T>
auto flat(const Json& rows) -> std::vector<T> {
  std::vector<T> all;
  for (const auto& row : rows)
    for (const auto& value : row) all.push_back(value.get<T>());
  return all;
}

// (W, M, s)
auto matrix_of(const Json& a) -> image::Matrix {
  return {static_cast<int>(a[0].size()), static_cast<int>(a[0][0].size()),      8, a[2].get<int>(),
          flat<std::int8_t>(a[0]),       a[1].get<std::vector<std::uint16_t>>()};
}

// (x, g, gs, C, EPS)
auto rms_norm(const Json& a) -> Numbers {
  image::ModelImage image;
  image.norm_numerator = a[3];
  image.norm_eps = a[4];
  return numbers_of(reference::rms_norm(vector_of(a[0]), a[1].get<std::vector<std::int16_t>>(), a[2], image));
}

// (pos, rope_step, x), and k_centre for keys
auto turned(const Json& a, int shift, bool eight_bits) -> Numbers {
  const auto u = reference::rotated(vector_of(a[2]), a[1].get<std::vector<std::uint32_t>>(), a[0]);
  Numbers result;
  for (std::size_t j = 0; j < u.size(); ++j) {
    const std::int64_t centre = a.size() > 3 ? a[3][j].get<std::int64_t>() * 16384 : 0;
    const auto value = reference::rsh(u[j] - centre, shift);
    result.push_back(eight_bits ? reference::sat8(value) : reference::sat16(value));
  }
  return result;
}

// (query, K, V)
auto attention(const Json& a, bool wide_keys, bool wide_values) -> Numbers {
  const Numbers query = a[0];
  const int size = static_cast<int>(query.size()), positions = static_cast<int>(a[1].size());
  const auto keys = flat<std::int16_t>(a[1]), values = flat<std::int16_t>(a[2]);
  const auto scores =
      numbers_of(reference::attention_scores(query, {keys.data(), positions, size, size}, wide_keys));
  return numbers_of(reference::attention_output(scores, {values.data(), positions, size, size}, wide_values));
}

// (logits, kT, top_p, state)
auto choose(const Json& a) -> Json {
  reference::IntegerSampler sampler(a[1], a[2], a[3]);
  const int token = sampler.choose(a[0].get<Numbers>());
  return Json::array({token, sampler.state()});
}

// (rows, inner, cols, A, B)
auto product(const Json& a, bool narrow) -> Json {
  const reference::MatmulShape shape{a[0].get<int>(), a[1].get<int>(), a[2].get<int>()};
  return reference::matmul(shape, a[3].get<Numbers>(), a[4].get<Numbers>(), narrow);
}

using Operation = std::function<Json(const Json& arguments)>;

const std::map<std::string, Operation> operations = {
    {"rsh", [](const Json& a) { return reference::rsh(a[0].get<std::int64_t>(), a[1]); }},
    {"isqrt", [](const Json& a) { return reference::isqrt(a[0].get<std::uint64_t>()); }},
    {"gemv16", [](const Json& a) { return numbers_of(reference::gemv16(matrix_of(a), vector_of(a[3]))); }},
    {"gemv32", [](const Json& a) { return numbers_of(reference::gemv32(matrix_of(a), vector_of(a[3]))); }},
    {"rms_norm", rms_norm},
    {"SIN", [](const Json& a) { return reference::sine(a[0].get<std::uint32_t>()); }},
    {"query", [](const Json& a) { return turned(a, 14, false); }},
    {"key8", [](const Json& a) { return turned(a, 19, true); }},
    {"key16", [](const Json& a) { return turned(a, 14, false); }},
    {"attention_8_8", [](const Json& a) { return attention(a, false, false); }},
    {"attention_16_8", [](const Json& a) { return attention(a, true, false); }},
    {"attention_16_16", [](const Json& a) { return attention(a, true, true); }},
    {"SIGMOID", [](const Json& a) { return reference::sigmoid(a[1].get<std::int32_t>(), a[0]); }},
    {"gated",
     [](const Json& a) {
       return numbers_of(reference::gated(vector_of(a[2]), vector_of(a[3]), a[0], a[1]));
     }},
    {"choose", choose},
    {"matmul32", [](const Json& a) { return product(a, false); }},
    {"matmul16", [](const Json& a) { return product(a, true); }},
};

TEST_CASE("arithmetic: the reference computes the examples of the document", "[document]") {
  std::map<std::string, int> seen;
  for (const auto& example : examples_of_document()) {
    CAPTURE(example.name, example.arguments.dump());
    REQUIRE(operations.contains(example.name));
    CHECK(operations.at(example.name)(example.arguments) == example.result);
    ++seen[example.name];
  }
  CHECK(seen.size() == operations.size());
}

}  // namespace
}  // namespace mcullm::tests

// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "base/byte_writer.hpp"
#include "checkpoint/llama2c.hpp"
#include "checkpoint/tensors.hpp"
#include "tests/checkpoint/bad_checkpoints.hpp"
#include "tests/checkpoint/sample_checkpoint.hpp"

using namespace mcullm;
using namespace mcullm::checkpoint;

namespace {

void require_same_tensors(const FloatModel& found, const FloatModel& expected) {
  REQUIRE(found.shape == expected.shape);
  REQUIRE(found.shared_classifier == expected.shared_classifier);
  for (const auto& tensor : tensors_of(expected.shape, expected.shared_classifier)) {
    CAPTURE(tensor.name);
    REQUIRE(found.*tensor.values == expected.*tensor.values);
  }
}

// The largest group that divides every matrix of a shape.
auto common_group(const ModelShape& shape, bool shared) -> int {
  std::uint64_t group = 0;
  for (const auto& tensor : tensors_of(shape, shared)) {
    if (!tensor.name.ends_with("norm")) group = std::gcd(group, tensor.elements_per_layer());
  }
  return static_cast<int>(group);
}

}  // namespace

TEST_CASE("llama2c: reading a v0 checkpoint undoes writing it, for every kind of shape", "[checkpoint]") {
  std::uint32_t seed = 0;
  for (const auto& shape : tests::sample_shapes(60)) {
    for (const bool shared : {true, false}) {
      CAPTURE(seed, shape.dim, shape.hidden_dim, shape.n_heads, shape.n_kv_heads, shape.vocab_size, shared);
      const auto model = tests::sample_model(shape, shared, ++seed);
      const auto bytes = write_checkpoint_v0(model);
      const auto parsed = parse_checkpoint(bytes, "v0.bin");
      REQUIRE(parsed);
      REQUIRE(parsed->version == 0);
      require_same_tensors(parsed->model, model);
      REQUIRE(write_checkpoint_v0(parsed->model) == bytes);
    }
  }
}

TEST_CASE("llama2c: a v1 checkpoint gives the tensors that were stored, in its own order", "[checkpoint]") {
  std::uint32_t seed = 100;
  for (const auto& shape : tests::sample_shapes(30)) {
    for (const bool shared : {true, false}) {
      const auto model = tests::sample_model(shape, shared, ++seed);
      const auto parsed = parse_checkpoint(tests::write_v1(model), "v1.bin");
      REQUIRE(parsed);
      REQUIRE(parsed->version == 1);
      require_same_tensors(parsed->model, model);
    }
  }
}

TEST_CASE("llama2c: a v2 checkpoint means value times scale, for every group size that divides its tensors",
          "[checkpoint]") {
  std::uint32_t seed = 200;
  for (const auto& shape : tests::sample_shapes(30)) {
    for (const bool shared : {true, false}) {
      const auto model = tests::sample_model(shape, shared, ++seed);
      const int largest = common_group(shape, shared);
      for (const int group : {1, 2, largest / 2, largest}) {
        if (group == 0 || largest % group != 0) continue;
        CAPTURE(seed, shape.dim, shape.hidden_dim, group);
        const auto [bytes, meaning] = tests::write_v2(model, group);
        const auto parsed = parse_checkpoint(bytes, "v2.bin");
        REQUIRE(parsed);
        REQUIRE(parsed->version == 2);
        REQUIRE(parsed->group_size == group);
        require_same_tensors(parsed->model, meaning);
      }
    }
  }
}

TEST_CASE("llama2c: the groups of a v2 checkpoint run on across rows that they do not divide",
          "[checkpoint]") {
  // rows of w2 have 6 columns; groups of 4 straddle them
  const auto bytes = tests::write_v2(tests::sample_model(tests::small_shape(), true, 7), 4).bytes;
  const auto parsed = parse_checkpoint(bytes, "v2.bin");
  REQUIRE(parsed);
  // w2 is the last but one of the matrices: 2 layers of 48 values and 12 scales, w3 after it
  const std::size_t layer = 48 + 12 * sizeof(float), w2 = bytes.size() - 4 * layer;
  const auto float_at = [&](std::size_t offset) {
    return *SpanReader(std::span(bytes).subspan(offset)).read_f32();
  };
  for (std::size_t i = 0; i < 48; ++i) {
    const float scale = float_at(w2 + 48 + 4 * (i / 4));
    REQUIRE(parsed->model.w2[i] == static_cast<float>(static_cast<std::int8_t>(bytes[w2 + i])) * scale);
  }
}

TEST_CASE("llama2c: the rope tables of a written v0 checkpoint are cosines and sines of the positions",
          "[checkpoint]") {
  const auto model = tests::sample_model(tests::small_shape(), true, 9);
  const auto bytes = write_checkpoint_v0(model);
  const std::size_t table = 4 * 4 * 1;  // 4 positions, one pair of a head of 2
  SpanReader in{std::span(bytes).last(2 * table)};
  for (int pos = 0; pos < 4; ++pos) REQUIRE(*in.read_f32() == Approx(std::cos(pos)));
  for (int pos = 0; pos < 4; ++pos) REQUIRE(*in.read_f32() == Approx(std::sin(pos)).margin(1e-7));
}

TEST_CASE("llama2c: every malformed checkpoint is refused with its own message", "[checkpoint]") {
  tests::require_refusals(
      tests::bad_checkpoints(), "tests/checkpoint/bad_checkpoints.txt",
      [](const tests::Bytes& bytes) { return tests::refusal(parse_checkpoint(bytes, "bad.bin")); });
}

TEST_CASE("llama2c: no prefix of a checkpoint is accepted", "[checkpoint]") {
  const auto model = tests::sample_model(tests::small_shape(), false, 11);
  for (const auto& bytes :
       {write_checkpoint_v0(model), tests::write_v1(model), tests::write_v2(model, 8).bytes}) {
    for (std::size_t size = 0; size < bytes.size(); ++size)
      REQUIRE_FALSE(parse_checkpoint(std::span(bytes).first(size), "cut.bin"));
  }
}

// SPDX-License-Identifier: MIT
// The header check that devices run.
#include <catch2/catch.hpp>
#include <cmath>

#include "image/model_image.hpp"
#include "image/utf8.hpp"
#include "proto/image.h"
#include "proto/image_fields.h"
#include "tests/checkpoint/sample_checkpoint.hpp"
#include "tests/image/bad_images.hpp"
#include "tests/image/sample_image.hpp"

using namespace mcullm;

namespace {

struct Reading {
  mcl_status_t status;
  mcl_image_header_t header;
  mcl_image_fault_t fault;
};

auto read_header(const tests::Bytes& bytes) -> Reading {
  Reading reading{};
  reading.status = mcl_image_header_read(&reading.header, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                         &reading.fault);
  return reading;
}

auto good_image() -> tests::Bytes {
  return image::write_model_image(tests::sample_model_image(tests::small_shape(), {}, 1));
}

}  // namespace

TEST_CASE("header: a device accepts what the host writes, for every kind of shape", "[image][proto]") {
  for (const auto& shape : tests::sample_shapes(40)) {
    const auto image = tests::sample_model_image(shape, {.layer_bits = 4}, 2);
    const auto bytes = image::write_model_image(image);
    const auto [status, header, fault] = read_header(bytes);
    CAPTURE(shape.dim, fault.offset, fault.found);
    REQUIRE(status == MCL_OK);
    REQUIRE(header.dim == shape.dim);
    REQUIRE(header.context == shape.context);
    REQUIRE(header.image_bytes == bytes.size());
    REQUIRE(header.norm_eps == image.norm_eps);
    for (std::uint16_t i = 0; i < image.rope_step.size(); ++i)
      REQUIRE(mcl_image_rope_step(reinterpret_cast<const std::uint8_t*>(bytes.data()), i) ==
              image.rope_step[i]);
  }
}

TEST_CASE("header: a refusal tells status, offset and value", "[image][proto]") {
  struct Case {
    tests::Bytes bytes;
    mcl_status_t status;
    std::uint16_t offset;
    std::uint32_t found;
  };
  const auto good = good_image();
  const auto sealed = [&](tests::Bytes changed) { return tests::resealed(std::move(changed)); };
  const Case cases[] = {
      {tests::with_u8(good, 0, 'X'), MCL_ERR_FORMAT, MCL_AT_MAGIC, 0x4C554358},
      {sealed(tests::with_u16(good, MCL_AT_FORMAT_VERSION, 9)), MCL_ERR_VERSION, MCL_AT_FORMAT_VERSION, 9},
      {sealed(tests::with_u16(good, MCL_AT_ARITHMETIC_VERSION, 7)), MCL_ERR_VERSION,
       MCL_AT_ARITHMETIC_VERSION, 7},
      {sealed(tests::with_u16(good, MCL_AT_KIND, 1)), MCL_ERR_FORMAT, MCL_AT_KIND, 1},
      {sealed(tests::with_u16(good, MCL_AT_N_KV_HEADS, 3)), MCL_ERR_FORMAT, MCL_AT_N_KV_HEADS, 3},
      {sealed(tests::with_i32(good, MCL_AT_VOCAB_SIZE, 70000)), MCL_ERR_FORMAT, MCL_AT_VOCAB_SIZE, 70000},
      {sealed(tests::with_u8(good, MCL_AT_GATE_FRAC, 200)), MCL_ERR_FORMAT, MCL_AT_GATE_FRAC, 200},
      {sealed(tests::with_i32(good, MCL_AT_NORM_EPS_HIGH, 17)), MCL_ERR_FORMAT, MCL_AT_NORM_EPS_HIGH, 17},
      {sealed(tests::with_u8(good, 201, 3)), MCL_ERR_FORMAT, 201, 3},
  };
  for (const auto& expected : cases) {
    const auto [status, header, fault] = read_header(expected.bytes);
    CAPTURE(expected.offset);
    REQUIRE(status == expected.status);
    REQUIRE(fault.offset == expected.offset);
    REQUIRE(fault.found == expected.found);
  }
  const auto damaged = read_header(tests::with_u8(good, MCL_AT_SOURCE, 0xEE));
  REQUIRE(damaged.status == MCL_ERR_CRC);
  REQUIRE(damaged.fault.offset == MCL_AT_HEADER_CRC);
  REQUIRE(damaged.fault.found != damaged.header.header_crc);
}

TEST_CASE("header: of all values only the rounded one passes as norm_numerator", "[image][proto]") {
  for (int dim = 2; dim <= 4096; dim += 2) {
    auto shape = tests::small_shape();
    shape.dim = dim;
    shape.n_heads = dim % 128 == 0 ? dim / 128 : dim % 32 == 0 ? dim / 32 : 1;
    if (dim / shape.n_heads > 128) continue;
    shape.n_kv_heads = shape.n_heads;
    shape.hidden_dim = shape.n_layers = 1;
    mcl_image_header_t header{};
    mcl_image_fault_t fault{};
    // only the numbers of the header matter here: a tiny image whose width is then another
    auto bytes = tests::with_u16(good_image(), MCL_AT_DIM, static_cast<unsigned>(dim));
    bytes = tests::with_u16(std::move(bytes), MCL_AT_N_HEADS, static_cast<unsigned>(shape.n_heads));
    bytes = tests::with_u16(std::move(bytes), MCL_AT_N_KV_HEADS, static_cast<unsigned>(shape.n_heads));
    bytes = tests::with_u16(std::move(bytes), MCL_AT_HEAD_SIZE, static_cast<unsigned>(shape.head_size()));
    const int frac = 15 - static_cast<int>(std::ceil(std::log2(dim) / 2));
    bytes = tests::with_u8(std::move(bytes), MCL_AT_NORM_FRAC, static_cast<unsigned>(frac));
    const auto exact = std::llround(std::sqrt(static_cast<long double>(dim)) * std::exp2(frac + 16.0L));
    for (const int off : {-1, 0, 1}) {
      const auto changed = tests::resealed(tests::with_i32(bytes, MCL_AT_NORM_NUMERATOR, exact + off));
      const auto status =
          mcl_image_header_read(&header, reinterpret_cast<const std::uint8_t*>(changed.data()), &fault);
      CAPTURE(dim, off);
      REQUIRE(status == MCL_ERR_FORMAT);
      REQUIRE((fault.offset == MCL_AT_NORM_NUMERATOR) == (off != 0));
    }
  }
}

TEST_CASE("header: names are UTF-8 without overlong forms and surrogates", "[image]") {
  for (const char* good : {"", "stories", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"})
    REQUIRE(image::is_utf8(good));
  for (const char* bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE2\x82"})
    REQUIRE_FALSE(image::is_utf8(bad));
}

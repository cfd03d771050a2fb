// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "base/byte_writer.hpp"
#include "base/span_reader.hpp"

using namespace mcullm;

TEST_CASE("bytes: what is written little-endian is read back, to the extremes of every type", "[base]") {
  ByteWriter out;
  out.put_le<std::uint8_t>(0xFE);
  out.put_le<std::uint16_t>(0x1234);
  out.put_le<std::uint64_t>(0x0123456789ABCDEF);
  out.put_i32(std::numeric_limits<std::int32_t>::min());
  out.put_f32(-0.0F);
  out.put_text("ab");
  const auto bytes = out.take();
  REQUIRE(bytes.size() == 1 + 2 + 8 + 4 + 4 + 2);
  REQUIRE(bytes[1] == std::byte{0x34});

  SpanReader in(bytes);
  REQUIRE(in.read_le<std::uint8_t>() == 0xFE);
  REQUIRE(in.read_le<std::uint16_t>() == 0x1234);
  REQUIRE(in.read_le<std::uint64_t>() == 0x0123456789ABCDEF);
  REQUIRE(in.read_i32() == std::numeric_limits<std::int32_t>::min());
  REQUIRE(std::signbit(*in.read_f32()));
  REQUIRE(in.read_bytes(2)->size() == 2);
  REQUIRE(in.remaining() == 0);
}

TEST_CASE("bytes: a read beyond the end fails and moves nothing", "[base]") {
  const std::byte bytes[] = {std::byte{1}, std::byte{2}, std::byte{3}};
  SpanReader in(bytes);
  REQUIRE_FALSE(in.read_le<std::uint32_t>());
  REQUIRE_FALSE(in.read_f32());
  REQUIRE_FALSE(in.read_bytes(4));
  REQUIRE_FALSE(in.read_bytes(std::numeric_limits<std::size_t>::max()));
  REQUIRE(in.offset() == 0);
  REQUIRE(in.read_le<std::uint16_t>() == 0x0201);
  REQUIRE_FALSE(in.read_le<std::uint16_t>());
  REQUIRE(in.offset() == 2);
  REQUIRE(in.remaining() == 1);
}

TEST_CASE("bytes: padding fills with zeros up to a size or a multiple", "[base]") {
  ByteWriter out;
  out.put_le<std::uint8_t>(7);
  out.pad_to_multiple(4);
  REQUIRE(out.size() == 4);
  out.pad_to_multiple(4);
  REQUIRE(out.size() == 4);
  out.pad_to(6);
  REQUIRE(out.take() == std::vector<std::byte>{std::byte{7}, {}, {}, {}, {}, {}});
}

TEST_CASE("bytes: checked sizes refuse what 64 bits cannot hold", "[base]") {
  const auto most = std::numeric_limits<std::uint64_t>::max();
  REQUIRE(checked_mul(most, 1) == most);
  REQUIRE_FALSE(checked_mul(std::uint64_t{1} << 32, std::uint64_t{1} << 32));
  REQUIRE(checked_add(most, 0) == most);
  REQUIRE_FALSE(checked_add(most, 1));
}

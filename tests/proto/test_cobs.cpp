// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "proto/cobs.h"

namespace {

using Bytes = std::vector<std::uint8_t>;

auto encoded(const Bytes& bytes) -> Bytes {
  Bytes out(MCL_COBS_MAX(bytes.size()));
  out.resize(mcl_cobs_encode(out.data(), bytes.data(), bytes.size()));
  return out;
}

// Nothing if it is not whole.
auto decoded(const Bytes& bytes) -> Bytes {
  mcl_cobs_decoder_t decoder{};
  Bytes out;
  for (const auto byte : bytes) {
    const auto value = mcl_cobs_decode(&decoder, byte);
    if (value >= 0) out.push_back(static_cast<std::uint8_t>(value));
  }
  return mcl_cobs_is_whole(&decoder) != 0 ? out : Bytes{};
}

// Cheshire and Baker, as a definition: cut at zeros, and after 254 bytes without one.
auto by_definition(const Bytes& bytes) -> Bytes {
  Bytes out, run;
  const auto close = [&] {
    out.push_back(static_cast<std::uint8_t>(run.size() + 1));
    out.insert(out.end(), run.begin(), run.end());
    run.clear();
  };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != 0) run.push_back(bytes[i]);
    if (bytes[i] == 0 || (run.size() == 254 && i + 1 < bytes.size())) close();
  }
  close();
  return out;
}

}  // namespace

TEST_CASE("cobs: decoding undoes encoding around every block boundary", "[proto][cobs]") {
  const auto length = GENERATE(1u, 2u, 253u, 254u, 255u, 256u, 507u, 508u, 509u, 510u, 1036u);
  const auto fill = GENERATE(0x00, 0x01, 0xFF);
  const auto zero_at = GENERATE(-1, 0, 252, 253, 254, 255, 508);
  Bytes bytes(length, static_cast<std::uint8_t>(fill));
  if (zero_at >= 0 && static_cast<std::size_t>(zero_at) < bytes.size())
    bytes[static_cast<std::size_t>(zero_at)] = 0;
  CAPTURE(length, fill, zero_at);
  const auto wire = encoded(bytes);
  CHECK(wire == by_definition(bytes));
  CHECK(std::ranges::count(wire, 0) == 0);
  CHECK(decoded(wire) == bytes);
}

TEST_CASE("cobs: the examples of the literature", "[proto][cobs]") {
  CHECK(encoded({}) == Bytes{1});
  CHECK(encoded({0}) == Bytes{1, 1});
  CHECK(encoded({0, 0}) == Bytes{1, 1, 1});
  CHECK(encoded({0x11, 0x22, 0x00, 0x33}) == Bytes{3, 0x11, 0x22, 2, 0x33});
  CHECK(encoded({0x11, 0x00, 0x00, 0x00}) == Bytes{2, 0x11, 1, 1, 1});
}

TEST_CASE("cobs: encoding in place at the end of its own room", "[proto][cobs]") {
  const auto length = GENERATE(1u, 254u, 255u, 509u, 1036u);
  const auto zeros = GENERATE(0u, 1u, 2u, 100u);
  Bytes bytes(length, 0x5A);
  for (std::size_t i = 0; zeros > 0 && i < length; i += length / zeros + 1) bytes[i] = 0;
  Bytes room(MCL_COBS_MAX(length));
  std::ranges::copy(bytes, room.end() - static_cast<std::ptrdiff_t>(length));
  room.resize(mcl_cobs_encode(room.data(), room.data() + room.size() - length, length));
  CHECK(room == by_definition(bytes));
}

TEST_CASE("cobs: what no encoder writes is refused", "[proto][cobs]") {
  CHECK(decoded({}).empty());
  CHECK(decoded({2}).empty());
  CHECK(decoded({5, 1, 2, 3}).empty());
  CHECK(decoded({255, 1}).empty());
  CHECK(decoded({2, 7, 3, 1}).empty());
}

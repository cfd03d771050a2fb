// SPDX-License-Identifier: MIT
// proto/vectors/frames.json against the codec, and against zlib and the document.
#include <zlib.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "proto/frame.h"

namespace {

using Bytes = std::vector<std::uint8_t>;

auto from_hex(const std::string& text) -> Bytes {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return bytes;
}

auto load() -> nlohmann::json {
  std::ifstream in(std::string(MCULLM_SOURCE_DIR) + "/proto/vectors/frames.json");
  return nlohmann::json::parse(in)["cases"];
}

auto receive(const Bytes& wire, mcl_frame_t& frame, Bytes& buffer) -> int {
  mcl_receiver_t receiver{};
  buffer.resize(MCL_COBS_MAX(MCL_FRAME_BYTES(MCL_PAYLOAD_MAX)));
  mcl_receiver_init(&receiver, buffer.data(), static_cast<std::uint16_t>(buffer.size()));
  int frames = 0;
  for (const auto byte : wire) frames += mcl_receiver_push(&receiver, byte, &frame);
  return frames;
}

void append_u16(Bytes& bytes, int value) {
  bytes.push_back(static_cast<std::uint8_t>(value));
  bytes.push_back(static_cast<std::uint8_t>(value >> 8));
}

// Header, payload and CRC as WIRE.md section 1 lists them.
auto by_document(const nlohmann::json& item) -> Bytes {
  const auto payload = from_hex(item["payload"]);
  Bytes raw = {item["version"].get<std::uint8_t>(), item["type"].get<std::uint8_t>()};
  append_u16(raw, item["seq"]);
  append_u16(raw, static_cast<int>(payload.size()));
  append_u16(raw, item["boot_id"]);
  raw.insert(raw.end(), payload.begin(), payload.end());
  const auto crc = crc32(0, raw.data(), static_cast<uInt>(raw.size()));
  append_u16(raw, static_cast<int>(crc & 0xFFFF));
  append_u16(raw, static_cast<int>(crc >> 16));
  return raw;
}

}  // namespace

TEST_CASE("frame vectors: each good frame is read and written as it stands there", "[proto][vectors]") {
  int good = 0;
  for (const auto& item : load()) {
    if (!item["accepted"].get<bool>()) continue;
    ++good;
    CAPTURE(item["about"].get<std::string>());
    const auto wire = from_hex(item["wire"]);
    mcl_frame_t frame{};
    Bytes buffer;
    REQUIRE(receive(wire, frame, buffer) == 1);
    CHECK(frame.version == item["version"].get<int>());
    CHECK(frame.type == item["type"].get<int>());
    CHECK(frame.seq == item["seq"].get<int>());
    CHECK(frame.boot_id == item["boot_id"].get<int>());
    const auto payload = from_hex(item["payload"]);
    CHECK(Bytes(frame.payload, frame.payload + frame.payload_len) == payload);

    frame.payload = payload.data();
    Bytes written(MCL_WIRE_BYTES(payload.size()));
    written.resize(mcl_frame_encode(written.data(), &frame));
    CHECK(written == wire);

    mcl_cobs_decoder_t decoder{};
    Bytes raw;
    for (auto byte = wire.begin() + 1; byte != wire.end() - 1; ++byte) {
      const auto value = mcl_cobs_decode(&decoder, *byte);
      if (value >= 0) raw.push_back(static_cast<std::uint8_t>(value));
    }
    CHECK(raw == by_document(item));
  }
  CHECK(good >= 15);
}

TEST_CASE("frame vectors: each bad frame is dropped", "[proto][vectors]") {
  int bad = 0;
  for (const auto& item : load()) {
    if (item["accepted"].get<bool>()) continue;
    ++bad;
    CAPTURE(item["about"].get<std::string>());
    mcl_frame_t frame{};
    Bytes buffer;
    CHECK(receive(from_hex(item["wire"]), frame, buffer) == 0);
  }
  CHECK(bad >= 9);
}

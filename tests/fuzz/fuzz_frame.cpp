// SPDX-License-Identifier: MIT
// The receiver that both sides run, on any bytes and in buffers of several sizes; and the codec on any
// payload.
#include "proto/frame.h"

#include <algorithm>
#include <vector>

#include "proto/cobs.h"
#include "tests/fuzz/promise.hpp"

using mcullm::tests::promise;

namespace {

using Bytes = std::vector<std::uint8_t>;

auto encode(const mcl_frame_t& frame) -> Bytes {
  Bytes wire(MCL_WIRE_BYTES(frame.payload_len));
  wire.resize(mcl_frame_encode(wire.data(), &frame));
  return wire;
}

// Exactly as large as promised, so that the sanitizer sees one byte too many.
struct Receiver {
  explicit Receiver(std::size_t max_payload) : buffer(MCL_COBS_MAX(MCL_FRAME_BYTES(max_payload))) {
    mcl_receiver_init(&state, buffer.data(), static_cast<std::uint16_t>(buffer.size()));
  }
  Bytes buffer;
  mcl_receiver_t state{};
};

// What is accepted can be sent again, and is then the same.
void receive(std::span<const std::uint8_t> stream, std::size_t max_payload) {
  Receiver receiver(max_payload);
  mcl_frame_t frame{};
  for (const auto byte : stream) {
    if (mcl_receiver_push(&receiver.state, byte, &frame) == 0) continue;
    promise(frame.payload_len <= max_payload, "no payload is longer than asked for");
    const Bytes payload(frame.payload, frame.payload + frame.payload_len);
    const auto wire = encode(frame);
    Receiver again(max_payload);
    mcl_frame_t copy{};
    int accepted = 0;
    for (const auto sent : wire) accepted += mcl_receiver_push(&again.state, sent, &copy);
    promise(accepted == 1, "an accepted frame, sent again, is accepted");
    promise(copy.type == frame.type && copy.seq == frame.seq && copy.version == frame.version &&
                copy.boot_id == frame.boot_id,
            "its header is the same");
    promise(std::equal(payload.begin(), payload.end(), copy.payload, copy.payload + copy.payload_len),
            "its payload is the same");
  }
  promise(receiver.state.used <= receiver.state.capacity, "the buffer is never overfull");
}

// After any bytes, the next good frame arrives.
void resynchronise(std::span<const std::uint8_t> noise) {
  Receiver receiver(64);
  mcl_frame_t frame{};
  for (const auto byte : noise) mcl_receiver_push(&receiver.state, byte, &frame);
  const mcl_frame_t sent{
      .version = 1, .type = 2, .seq = 3, .boot_id = 4, .payload_len = 0, .payload = nullptr};
  int accepted = 0;
  for (const auto byte : encode(sent)) accepted = mcl_receiver_push(&receiver.state, byte, &frame);
  promise(accepted == 1 && frame.seq == 3, "a good frame after noise is delivered");
}

void round_trip(std::span<const std::uint8_t> payload) {
  payload = payload.first(std::min<std::size_t>(payload.size(), MCL_PAYLOAD_MAX));
  Bytes wire(MCL_COBS_MAX(payload.size()));
  wire.resize(mcl_cobs_encode(wire.data(), payload.data(), payload.size()));
  promise(std::ranges::count(wire, 0) == 0, "COBS leaves no zero");
  mcl_cobs_decoder_t decoder{};
  Bytes back;
  for (const auto byte : wire) {
    const auto value = mcl_cobs_decode(&decoder, byte);
    if (value >= 0) back.push_back(static_cast<std::uint8_t>(value));
  }
  promise(mcl_cobs_is_whole(&decoder) != 0 && std::ranges::equal(back, payload), "COBS comes back");
}

}  // namespace

auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const std::span input(data, size);
  receive(input, MCL_PAYLOAD_MAX);
  receive(input, 3);
  resynchronise(input);
  round_trip(input);
  if (size < 8) return 0;

  // the input as a frame: damage by the fuzzer alone would seldom leave the CRC right
  const auto payload = input.subspan(8).first(std::min<std::size_t>(size - 8, MCL_PAYLOAD_MAX));
  const mcl_frame_t frame{.version = data[0],
                          .type = data[1],
                          .seq = data[2],
                          .boot_id = data[3],
                          .payload_len = static_cast<std::uint16_t>(payload.size()),
                          .payload = payload.data()};
  auto wire = encode(frame);
  receive(wire, MCL_PAYLOAD_MAX);
  wire[data[4] % wire.size()] ^= data[5];
  receive(wire, MCL_PAYLOAD_MAX);
  return 0;
}

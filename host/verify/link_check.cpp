// SPDX-License-Identifier: MIT
#include "verify/link_check.hpp"

#include <fmt/format.h>

#include <functional>

#include "proto/bytes.h"
#include "proto/crc32.h"
#include "proto/message.h"
#include "verify/raw_link.hpp"

namespace mcullm::verify {

namespace {

using std::chrono::milliseconds;

// Silence after which an agent that was going to answer a damaged frame would have done so.
constexpr milliseconds silence{60};

// What a rule expected and what the agent did.
struct Broken {
  std::int64_t expected = 0;
  std::int64_t got = 0;
  std::string note;
};
using Verdict = std::optional<Broken>;

class LinkCheck {
 public:
  explicit LinkCheck(link::Transport& transport) : link_(transport) {}

  auto run() -> Result<Outcome>;

 private:
  auto hello(std::uint8_t version = MCL_WIRE_VERSION) -> std::optional<RawFrame>;
  auto request(std::uint8_t type, std::vector<std::uint8_t> payload) -> RawFrame;
  auto put(std::uint8_t value) -> RawFrame { return request(MCL_PUT, {0, 0, 0, 0, value}); }
  auto first_byte() -> int;
  auto counted_drops() -> std::int64_t;
  auto expect_status(std::uint8_t type, std::vector<std::uint8_t> payload, int status, std::string what)
      -> Verdict;

  auto damaged_frames_are_dropped() -> Verdict;
  auto wrong_length_is_dropped() -> Verdict;
  auto noise_is_survived() -> Verdict;
  auto oversized_frame_is_dropped() -> Verdict;
  auto repeat_is_not_executed() -> Verdict;
  auto foreign_boot_id_is_refused() -> Verdict;
  auto foreign_version_is_ignored() -> Verdict;
  auto arguments_are_checked() -> Verdict;
  auto model_arguments_are_checked() -> Verdict;

  RawLink link_;
  mcl_hello_t hello_{};
  std::uint16_t seq_ = 0x4000;
};

auto bytes_of(std::initializer_list<std::pair<std::uint32_t, int>> fields) -> std::vector<std::uint8_t> {
  std::vector<std::uint8_t> bytes;
  for (const auto& [value, width] : fields) {
    for (int i = 0; i < width; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  return bytes;
}

auto LinkCheck::hello(std::uint8_t version) -> std::optional<RawFrame> {
  RawFrame frame = request(MCL_HELLO, {MCL_WIRE_VERSION});
  frame.version = version;
  frame.boot_id = 0;
  return link_.ask(frame);
}

auto LinkCheck::request(std::uint8_t type, std::vector<std::uint8_t> payload) -> RawFrame {
  return {MCL_WIRE_VERSION, type, ++seq_, hello_.boot_id, std::move(payload)};
}

// The byte at workspace offset 0, or -1.
auto LinkCheck::first_byte() -> int {
  const auto reply = link_.ask(request(MCL_GET, bytes_of({{0, 4}, {1, 2}})));
  return reply && reply->status() == MCL_OK && reply->payload.size() == 2 ? reply->payload[1] : -1;
}

// Frames the agent says it dropped, or -1.
auto LinkCheck::counted_drops() -> std::int64_t {
  const auto reply = link_.ask(request(MCL_STATS, {}));
  return reply && reply->status() == MCL_OK && reply->payload.size() >= 9 ? mcl_get_u32(&reply->payload[5])
                                                                          : -1;
}

auto LinkCheck::expect_status(std::uint8_t type, std::vector<std::uint8_t> payload, int status,
                              std::string what) -> Verdict {
  const auto reply = link_.ask(request(type, std::move(payload)));
  const int got = reply ? reply->status() : -1;
  if (got == status) return std::nullopt;
  return Broken{status, got, what + (reply ? ": wrong status" : ": no reply")};
}

// One flipped bit anywhere must keep a PUT from being executed or answered.
auto LinkCheck::damaged_frames_are_dropped() -> Verdict {
  if (!link_.ask(put(0x11))) return Broken{0x11, -1, "PUT was not answered"};
  const auto before = counted_drops();
  std::size_t sent = 0;
  for (std::size_t at = 1;; at += 2) {
    auto bytes = encode(put(0x77));
    if (at + 1 >= bytes.size()) break;
    bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << (at % 8)));
    link_.send(bytes);
    ++sent;
  }
  if (const auto answered = link_.drain(silence).size(); answered > 0) {
    return Broken{0, static_cast<std::int64_t>(answered), "replies to frames with a flipped bit"};
  }
  if (const auto value = first_byte(); value != 0x11)
    return Broken{0x11, value, "a damaged PUT was executed"};
  if (const auto after = counted_drops(); after < before + static_cast<std::int64_t>(sent) / 2) {
    return Broken{before + static_cast<std::int64_t>(sent), after, "dropped frames in STATS"};
  }
  return std::nullopt;
}

// CRC right, length field wrong: built by encoding a shorter payload under a longer frame's CRC is
// impossible, so the frame is assembled by hand.
auto LinkCheck::wrong_length_is_dropped() -> Verdict {
  auto frame = put(0x55);
  std::vector<std::uint8_t> plain = {frame.version, frame.type, 0, 0, 0, 0, 0, 0};
  mcl_put_u16(&plain[2], frame.seq);
  mcl_put_u16(&plain[4], static_cast<std::uint16_t>(frame.payload.size() - 1));
  mcl_put_u16(&plain[6], frame.boot_id);
  plain.insert(plain.end(), frame.payload.begin(), frame.payload.end());
  const auto crc = mcl_crc32(0, plain.data(), plain.size());
  plain.resize(plain.size() + 4);
  mcl_put_u32(&plain[plain.size() - 4], crc);
  std::vector<std::uint8_t> wire(MCL_COBS_MAX(plain.size()) + 2, 0);
  wire.resize(mcl_cobs_encode(&wire[1], plain.data(), plain.size()) + 2);
  wire.back() = 0;
  link_.send(wire);
  const auto answered = link_.drain(silence).size();
  if (answered == 0) return std::nullopt;
  return Broken{0, static_cast<std::int64_t>(answered), "replies to a frame whose length field is wrong"};
}

auto LinkCheck::noise_is_survived() -> Verdict {
  std::vector<std::uint8_t> noise;
  for (std::uint32_t i = 0; i < 300; ++i) noise.push_back(static_cast<std::uint8_t>(i * 167U + (i >> 3)));
  link_.send(noise);
  link_.drain(silence);
  if (hello()) return std::nullopt;
  return Broken{1, 0, "no HELLO reply after noise"};
}

auto LinkCheck::oversized_frame_is_dropped() -> Verdict {
  std::vector<std::uint8_t> endless(MCL_WIRE_BYTES(MCL_PAYLOAD_MAX) + 200, 0x01);
  link_.send(endless);
  link_.send(std::vector<std::uint8_t>{0});
  link_.drain(silence);
  if (hello()) return std::nullopt;
  return Broken{1, 0, "no HELLO reply after a frame longer than any buffer"};
}

auto LinkCheck::repeat_is_not_executed() -> Verdict {
  auto first = put(0x21);
  auto repeat = first;
  repeat.payload.back() = 0x22;
  if (!link_.ask(first)) return Broken{1, 0, "PUT was not answered"};
  const auto again = link_.ask(repeat);
  if (!again || again->status() != MCL_OK) return Broken{MCL_OK, -1, "a repeated request was not answered"};
  if (const auto value = first_byte(); value != 0x21) {
    return Broken{0x21, value, "a repeated sequence number was executed again"};
  }
  return std::nullopt;
}

auto LinkCheck::foreign_boot_id_is_refused() -> Verdict {
  if (!link_.ask(put(0x31))) return Broken{1, 0, "PUT was not answered"};
  auto foreign = put(0x32);
  foreign.boot_id = static_cast<std::uint16_t>(hello_.boot_id ^ 0x5A5A);
  const auto reply = link_.ask(foreign);
  if (!reply || reply->status() != MCL_ERR_BOOT) {
    return Broken{MCL_ERR_BOOT, reply ? reply->status() : -1, "status of a request for another boot"};
  }
  if (const auto value = first_byte(); value != 0x31)
    return Broken{0x31, value, "it was executed all the same"};
  return std::nullopt;
}

auto LinkCheck::foreign_version_is_ignored() -> Verdict {
  if (!link_.ask(put(0x41))) return Broken{1, 0, "PUT was not answered"};
  auto foreign = put(0x42);
  foreign.version = 99;
  link_.send(encode(foreign));
  link_.drain(silence);
  if (const auto value = first_byte(); value != 0x41) {
    return Broken{0x41, value, "a request of another wire version was executed"};
  }
  if (!hello(99)) return Broken{1, 0, "HELLO of another version was not answered"};
  return std::nullopt;
}

auto LinkCheck::arguments_are_checked() -> Verdict {
  const auto end = hello_.workspace_bytes;
  const auto store = hello_.store_bytes;
  if (auto v = expect_status(0x7F, {}, MCL_ERR_COMMAND, "an unknown type")) return v;
  if (auto v = expect_status(MCL_GET, {0}, MCL_ERR_LENGTH, "GET of one byte")) return v;
  if (auto v = expect_status(MCL_GET, bytes_of({{end, 4}, {1, 2}}), MCL_ERR_RANGE, "GET past the workspace"))
    return v;
  if (auto v = expect_status(MCL_GET, bytes_of({{0xFFFFFFFF, 4}, {2, 2}}), MCL_ERR_RANGE, "GET that wraps"))
    return v;
  if (auto v = expect_status(MCL_PUT, bytes_of({{end, 4}, {1, 1}}), MCL_ERR_RANGE, "PUT past the workspace"))
    return v;
  if (auto v = expect_status(MCL_PUT, bytes_of({{0xFFFFFFFF, 4}, {1, 1}}), MCL_ERR_RANGE, "PUT that wraps"))
    return v;
  const auto huge = bytes_of({{0xFFFF, 2}, {0xFFFF, 2}, {0xFFFF, 2}, {0, 1}, {0, 4}, {1, 2}});
  if (auto v = expect_status(MCL_MATMUL, huge, MCL_ERR_MEMORY, "MATMUL of 65535x65535x65535")) return v;
  const auto beyond = bytes_of({{2, 2}, {2, 2}, {2, 2}, {0, 1}, {4, 4}, {1, 2}});
  if (auto v = expect_status(MCL_MATMUL, beyond, MCL_ERR_RANGE, "MATMUL cell past the result")) return v;
  if (store == 0) return std::nullopt;
  const auto stored =
      bytes_of({{1, 2}, {1, 2}, {1, 2}, {MCL_MATMUL_A_STORED, 1}, {0, 4}, {1, 2}, {store, 4}});
  if (auto v = expect_status(MCL_MATMUL, stored, MCL_ERR_RANGE, "MATMUL past the store")) return v;
  return expect_status(MCL_STORE_CRC, bytes_of({{store, 4}, {1, 4}}), MCL_ERR_RANGE,
                       "STORE_CRC past the store");
}

auto LinkCheck::model_arguments_are_checked() -> Verdict {
  if (hello_.model.status != MCL_MODEL_RUNS) {
    return expect_status(MCL_TOKEN, bytes_of({{1, 2}, {0, 2}}), MCL_ERR_MODEL, "TOKEN without a model");
  }
  if (auto v = expect_status(MCL_TOKEN, bytes_of({{1, 2}, {0xFFFF, 2}}), MCL_ERR_RANGE,
                             "TOKEN past the context")) {
    return v;
  }
  if (auto v =
          expect_status(MCL_LAYER, bytes_of({{0xFFFF, 2}, {0, 2}}), MCL_ERR_RANGE, "LAYER past the last"))
    return v;
  const auto trace = expect_status(MCL_TRACE, bytes_of({{MCL_OP_COUNT, 1}, {0, 2}, {0, 4}, {1, 2}}),
                                   MCL_ERR_RANGE, "TRACE of an unknown op");
  // a chip without room is built without it
  if (trace && trace->got != MCL_ERR_COMMAND) return trace;
  return expect_status(MCL_STORE_WRITE, bytes_of({{512, 4}, {0, 1}}), MCL_ERR_STATE,
                       "STORE_WRITE without BEGIN");
}

auto LinkCheck::run() -> Result<Outcome> {
  const auto reply = hello();
  if (!reply || reply->status() != MCL_OK ||
      mcl_hello_unpack(&hello_, reply->payload.data() + 1, reply->payload.size() - 1) == 0) {
    return Error{Exit::link, "the board does not answer HELLO", "is the agent flashed? try: mcullm flash"};
  }
  struct Rule {
    const char* op;
    std::function<Verdict()> holds;
  };
  const Rule rules[] = {
      {"frame crc", [this] { return damaged_frames_are_dropped(); }},
      {"frame length", [this] { return wrong_length_is_dropped(); }},
      {"resynchronisation", [this] { return noise_is_survived(); }},
      {"frame limit", [this] { return oversized_frame_is_dropped(); }},
      {"at most once", [this] { return repeat_is_not_executed(); }},
      {"boot id", [this] { return foreign_boot_id_is_refused(); }},
      {"wire version", [this] { return foreign_version_is_ignored(); }},
      {"argument bounds", [this] { return arguments_are_checked(); }},
      {"model bounds", [this] { return model_arguments_are_checked(); }},
  };
  Outcome outcome{.what = "link rules"};
  for (const auto& rule : rules) {
    ++outcome.items;
    ++outcome.compared;
    const auto broken = rule.holds();
    if (!broken) continue;
    outcome.mismatch = Mismatch{.op = rule.op,
                                .expected = broken->expected,
                                .got = broken->got,
                                .differing = 1,
                                .compared = 1,
                                .note = broken->note};
    break;
  }
  return outcome;
}

}  // namespace

auto check_link(link::Transport& transport) -> Result<Outcome> {
  auto outcome = LinkCheck(transport).run();
  if (auto failure = transport.failure()) return *std::move(failure);
  return outcome;
}

}  // namespace mcullm::verify

// SPDX-License-Identifier: MIT
#include "fake_agent.hpp"

#include <cstring>

#include "proto/bytes.h"
#include "proto/image.h"

namespace mcullm::tests {

namespace {

auto encode(std::uint8_t version, std::uint8_t type, std::uint16_t seq, std::uint16_t boot_id,
            const Bytes& payload) -> Bytes {
  mcl_frame_t frame{};
  frame.version = version;
  frame.type = type;
  frame.seq = seq;
  frame.boot_id = boot_id;
  frame.payload_len = static_cast<std::uint16_t>(payload.size());
  frame.payload = payload.data();
  Bytes wire(MCL_WIRE_BYTES(payload.size()));
  wire.resize(mcl_frame_encode(wire.data(), &frame));
  return wire;
}

}  // namespace

FakeAgent::FakeAgent() : buffer_(MCL_COBS_MAX(MCL_FRAME_BYTES(MCL_PAYLOAD_MAX))) {
  mcl_receiver_init(&receiver_, buffer_.data(), static_cast<std::uint16_t>(buffer_.size()));
  hello.boot_id = 100;
  hello.arithmetic_version = MCL_ARITHMETIC_VERSION;
  hello.image_version = MCL_IMAGE_VERSION;
  hello.max_payload = 256;
  std::strcpy(hello.board, "fake");
  hello.workspace_bytes = 4096;
}

void FakeAgent::receive(std::span<const std::uint8_t> bytes) {
  for (const auto byte : bytes) {
    mcl_frame_t frame{};
    if (mcl_receiver_push(&receiver_, byte, &frame) != 0) take(frame);
  }
}

void FakeAgent::take(const mcl_frame_t& frame) {
  const std::span payload(frame.payload, frame.payload_len);
  if (running_) {
    if (frame.seq == running_->seq) return send(MCL_EVENT_BUSY, frame.seq, {});
    if (frame.type != MCL_ABORT || frame.boot_id != hello.boot_id) {
      if (frame.type == MCL_ABORT)
        send(MCL_ABORT | MCL_REPLY, frame.seq, refused(MCL_ERR_BOOT, hello.boot_id, frame.boot_id));
      return;
    }
    ++aborted;
    const auto stopped = *running_;
    running_.reset();
    reply(stopped.type, stopped.seq, refused(MCL_ERR_ABORTED, 0, 0), true);
    return reply(MCL_ABORT, frame.seq, ok(), true);
  }
  if (frame.type == MCL_HELLO) {
    kept_seq_.reset();
    hello.wire_version = wire_version;
    Bytes fields(1 + MCL_HELLO_REPLY_BYTES);
    mcl_hello_pack(fields.data() + 1, &hello);
    return reply(MCL_HELLO, frame.seq, fields, false);
  }
  if (frame.boot_id != hello.boot_id)
    return reply(frame.type, frame.seq, refused(MCL_ERR_BOOT, hello.boot_id, frame.boot_id), false);
  if (kept_seq_ == frame.seq) return send(frame.type | MCL_REPLY, frame.seq, kept_);
  const bool computes = frame.type == MCL_TOKEN || frame.type == MCL_GENERATE;
  if (!computes || compute_time.count() == 0) return execute(frame.type, frame.seq, payload);
  running_ = Running{frame.type, frame.seq, {payload.begin(), payload.end()}, Clock::now() + compute_time};
}

void FakeAgent::poll() {
  if (!running_ || Clock::now() < running_->end) return;
  const auto done = *running_;
  running_.reset();
  execute(done.type, done.seq, done.payload);
}

void FakeAgent::execute(std::uint8_t type, std::uint16_t seq, std::span<const std::uint8_t> payload) {
  ++executed;
  const auto command = commands.find(type);
  reply(type, seq, command == commands.end() ? refused(MCL_ERR_COMMAND, type, 0) : command->second(payload),
        true);
  if (type == MCL_RESET) restart();
}

void FakeAgent::restart() {
  ++hello.boot_id;
  kept_seq_.reset();
  running_.reset();
}

void FakeAgent::reply(std::uint8_t type, std::uint16_t seq, const Bytes& payload, bool keep) {
  if (keep) {
    kept_seq_ = seq;
    kept_ = payload;
  }
  send(type | MCL_REPLY, seq, payload);
}

void FakeAgent::send(std::uint8_t type, std::uint16_t seq, const Bytes& payload) {
  sent.push_back(encode(wire_version, type, seq, hello.boot_id, payload));
}

auto ok(std::initializer_list<std::uint32_t> u32_fields) -> Bytes {
  Bytes bytes(1 + 4 * u32_fields.size());
  auto* to = bytes.data() + 1;
  for (const auto field : u32_fields) {
    mcl_put_u32(to, field);
    to += 4;
  }
  return bytes;
}

auto refused(std::uint8_t status, std::uint32_t a, std::uint32_t b) -> Bytes {
  auto bytes = ok({a, b});
  bytes[0] = status;
  return bytes;
}

void FakeLine::write(std::span<const std::byte> bytes) {
  ++writes_;
  if (writes_ > faults_.freeze_after || !connected()) return;
  if (writes_ == faults_.restart_after) agent_.restart();
  const std::span request(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (happens(faults_.lose)) return;
  agent_.receive(request);
  if (happens(faults_.duplicate)) agent_.receive(request);
}

// What the agent sent, as far as it arrives.
void FakeLine::collect() {
  agent_.poll();
  while (!agent_.sent.empty()) {
    const auto frame = std::move(agent_.sent.front());
    agent_.sent.pop_front();
    if (writes_ > faults_.freeze_after || happens(faults_.lose)) continue;
    if (!late_ && happens(faults_.reorder)) {
      late_ = frame;
      continue;
    }
    const int times = happens(faults_.duplicate) ? 2 : 1;
    for (int i = 0; i < times; ++i) arriving_.insert(arriving_.end(), frame.begin(), frame.end());
    if (late_) arriving_.insert(arriving_.end(), late_->begin(), late_->end());
    late_.reset();
  }
}

auto FakeLine::read(std::span<std::byte> into, milliseconds patience) -> std::size_t {
  const auto until = Clock::now() + patience;
  do {
    collect();
    if (arriving_.empty()) continue;
    const auto count = std::min(into.size(), arriving_.size());
    std::memcpy(into.data(), arriving_.data(), count);
    arriving_.erase(arriving_.begin(), arriving_.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
    // no sleep: a lost frame is to cost the time-out that the session has learnt, not a clock tick
  } while (connected() && Clock::now() < until && patience > milliseconds{1});
  return 0;
}

auto impatient() -> link::SessionOptions {
  link::SessionOptions options;
  options.open_patience = options.takeover_patience = milliseconds{300};
  options.hello_interval = milliseconds{2};
  options.round_trip = {.first = milliseconds{1}, .least = milliseconds{0}, .most = milliseconds{1}};
  const link::Deadline deadline{milliseconds{400}, milliseconds{2000}};
  options.control = options.storage = options.compute = deadline;
  options.abort_patience = milliseconds{200};
  return options;
}

auto as_bytes(const Bytes& bytes) -> std::span<const std::byte> { return std::as_bytes(std::span(bytes)); }

}  // namespace mcullm::tests

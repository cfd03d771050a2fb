// SPDX-License-Identifier: MIT
// The rules of proto/WIRE.md sections 1 and 2 and nothing else: an agent whose commands a test chooses, and a
// line to it that loses, repeats and delays frames.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "link/session.hpp"
#include "link/transport.hpp"
#include "proto/frame.h"
#include "proto/message.h"

namespace mcullm::tests {

using Bytes = std::vector<std::uint8_t>;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

class FakeAgent {
 public:
  // From a request's payload to the reply's: status byte and fields.
  using Command = std::function<Bytes(std::span<const std::uint8_t>)>;

  FakeAgent();

  // Bytes of the host; the answers stand in `sent` afterwards, a frame each.
  void receive(std::span<const std::uint8_t> bytes);
  // Finishes what takes its time.
  void poll();
  void restart();

  mcl_hello_t hello{};
  std::uint8_t wire_version = MCL_WIRE_VERSION;
  std::map<std::uint8_t, Command> commands;
  milliseconds compute_time{0};  // of TOKEN and GENERATE; BUSY answers repeats meanwhile
  std::deque<Bytes> sent;
  std::uint64_t executed = 0;  // requests, HELLO not counted
  std::uint64_t aborted = 0;

 private:
  struct Running {
    std::uint8_t type;
    std::uint16_t seq;
    Bytes payload;
    Clock::time_point end;
  };

  void take(const mcl_frame_t& frame);
  void execute(std::uint8_t type, std::uint16_t seq, std::span<const std::uint8_t> payload);
  void reply(std::uint8_t type, std::uint16_t seq, const Bytes& payload, bool keep);
  void send(std::uint8_t type, std::uint16_t seq, const Bytes& payload);

  Bytes buffer_;
  mcl_receiver_t receiver_{};
  std::optional<std::uint16_t> kept_seq_;
  Bytes kept_;
  std::optional<Running> running_;
};

// Little-endian fields after a status byte of MCL_OK.
auto ok(std::initializer_list<std::uint32_t> u32_fields = {}) -> Bytes;
auto refused(std::uint8_t status, std::uint32_t a, std::uint32_t b) -> Bytes;

struct LineFaults {
  double lose = 0, duplicate = 0, reorder = 0;  // per frame; only replies are reordered
  std::uint64_t freeze_after = UINT64_MAX;      // requests; later ones reach nobody
  std::uint64_t restart_after = UINT64_MAX;     // requests; then the agent restarts, once
  std::uint64_t unplug_after = UINT64_MAX;      // requests
  std::uint64_t seed = 1;
};

class FakeLine : public link::Transport {
 public:
  explicit FakeLine(FakeAgent& agent, const LineFaults& faults = {})
      : agent_(agent), faults_(faults), random_(faults.seed) {}

  auto read(std::span<std::byte> into, milliseconds patience) -> std::size_t override;
  void write(std::span<const std::byte> bytes) override;
  void drain() override {}
  auto connected() const -> bool override { return writes_ <= faults_.unplug_after; }
  auto name() const -> std::string override { return "fake"; }

 private:
  auto happens(double probability) -> bool {
    return std::uniform_real_distribution<>()(random_) < probability;
  }
  void collect();

  FakeAgent& agent_;
  LineFaults faults_;
  std::mt19937_64 random_;
  std::uint64_t writes_ = 0;
  Bytes arriving_;
  std::optional<Bytes> late_;  // overtaken by the frame after it
};

// Options under which a lost frame costs microseconds.
auto impatient() -> link::SessionOptions;

auto as_bytes(const Bytes& bytes) -> std::span<const std::byte>;

}  // namespace mcullm::tests

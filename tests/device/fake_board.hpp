// SPDX-License-Identifier: MIT
// A board inside a test: the agent linked into this process, its chip played by vectors.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "hal/hal.h"
#include "proto/message.h"
#include "proto/status.h"

using Bytes = std::vector<std::uint8_t>;

struct Frame {
  std::uint8_t type = 0;
  std::uint16_t seq = 0, boot_id = 0;
  Bytes payload;

  auto status() const -> int { return payload.at(0); }
  auto u16(std::size_t at) const -> std::uint16_t;
  auto u32(std::size_t at) const -> std::uint32_t;
  auto u64(std::size_t at) const -> std::uint64_t;
};

// The one board of the process. Starting another takes its place; the store outlives it when given.
class FakeBoard {
 public:
  struct Options {
    std::uint16_t max_payload = 1024;
    std::size_t arena_bytes = 1U << 20;
    std::uint32_t erase_bytes = 4096;
    bool mapped = true;
  };

  explicit FakeBoard(Options options);
  FakeBoard(Options options, Bytes store);
  FakeBoard(const FakeBoard&) = delete;
  FakeBoard& operator=(const FakeBoard&) = delete;

  auto hello() -> mcl_hello_t;
  // Queues a request without letting the agent run. Returns its seq.
  auto queue(std::uint8_t type, const Bytes& payload, std::optional<std::uint16_t> seq = {}) -> std::uint16_t;
  void queue_raw(const Bytes& wire);
  // Lets the agent run until nothing is left to do; all frames that it sent.
  auto run() -> std::vector<Frame>;
  // One request, one reply; events are dropped.
  auto request(std::uint8_t type, const Bytes& payload = {}) -> Frame;
  // Writes an image through STORE requests; the reply to COMMIT.
  auto store_image(const Bytes& image) -> Frame;

  Options options;
  std::uint16_t boot_id = 0;
  Bytes store;
  std::deque<std::uint8_t> to_agent;
  Bytes from_agent;
  std::optional<std::uint32_t> broken_block;  // programming or reading it fails
  int programs = 0;
  std::uint32_t now = 0;

 private:
  void boot();

  std::uint16_t seq_ = 0;
  std::vector<std::uint64_t> memory_;
};

// Payloads by little-endian parts.
class Payload {
 public:
  auto u8(std::uint8_t v) -> Payload&;
  auto u16(std::uint16_t v) -> Payload&;
  auto u32(std::uint32_t v) -> Payload&;
  auto u64(std::uint64_t v) -> Payload&;
  auto bytes(const Bytes& v) -> Payload&;
  operator Bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

auto read_image(const std::string& golden_file) -> Bytes;

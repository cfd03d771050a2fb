// SPDX-License-Identifier: MIT
#include "fake_board.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <csetjmp>
#include <cstring>
#include <fstream>
#include <iterator>

#include "agent/agent.h"
#include "golden.hpp"
#include "proto/bytes.h"
#include "proto/frame.h"

namespace {

constexpr std::uint32_t store_size = 1U << 17;

FakeBoard* board = nullptr;
std::uint16_t boots = 0;

std::jmp_buf restart;  // out of hal_reset, through C frames, which an exception may not cross

auto broken(std::uint32_t offset, std::uint32_t n) -> bool {
  return board->broken_block && offset <= *board->broken_block && *board->broken_block < offset + n;
}

// false: the agent reset its board.
auto run_until_reset() -> bool {
  if (setjmp(restart) != 0) return false;
  while (agent_poll()) {
  }
  return true;
}

}  // namespace

void hal_board(hal_board_t* description) {
  *description = {};
  std::strcpy(description->name, "fake");
  description->clock_hz = 1000;
  description->tick_unit = MCL_TICKS_CYCLES;
  description->max_payload = board->options.max_payload;
  description->store_bytes = static_cast<std::uint32_t>(board->store.size());
  description->erase_bytes = board->options.erase_bytes;
  description->check_at_start = true;
}

std::uint16_t hal_link_read(std::uint8_t* buf, std::uint16_t n) {
  const auto count = std::min<std::size_t>(n, board->to_agent.size());
  std::copy_n(board->to_agent.begin(), count, buf);
  board->to_agent.erase(board->to_agent.begin(),
                        board->to_agent.begin() + static_cast<std::ptrdiff_t>(count));
  return static_cast<std::uint16_t>(count);
}

void hal_link_write(const std::uint8_t* buf, std::uint16_t n) {
  board->from_agent.insert(board->from_agent.end(), buf, buf + n);
}

std::uint32_t hal_link_overruns() { return 3; }
// every look at the clock is a millisecond later, so that the agent polls whenever it may
std::uint32_t hal_millis() { return ++board->now; }
std::uint32_t hal_ticks() { return board->now += 7; }
std::uint32_t hal_stack_peak() { return 0; }
std::uint16_t hal_boot_entropy() { return boots++; }
void hal_reset() { std::longjmp(restart, 1); }

const std::uint8_t* hal_store_map() { return board->options.mapped ? board->store.data() : nullptr; }

bool hal_store_read(std::uint32_t offset, std::uint8_t* to, std::uint16_t n) {
  REQUIRE(offset + n <= board->store.size());
  if (broken(offset, n)) return false;
  std::copy_n(board->store.begin() + offset, n, to);
  return true;
}

bool hal_store_erase(std::uint32_t offset) {
  REQUIRE(offset % board->options.erase_bytes == 0);
  REQUIRE(offset < board->store.size());
  if (broken(offset, board->options.erase_bytes)) return false;
  std::fill_n(board->store.begin() + offset, board->options.erase_bytes, std::uint8_t{0xFF});
  return true;
}

bool hal_store_program(std::uint32_t offset, const std::uint8_t* block) {
  REQUIRE(offset % HAL_BLOCK_BYTES == 0);
  REQUIRE(offset < board->store.size());
  if (broken(offset, HAL_BLOCK_BYTES)) return false;
  board->programs++;
  for (std::uint32_t i = 0; i < HAL_BLOCK_BYTES; i++) board->store[offset + i] &= block[i];
  return true;
}

auto Frame::u16(std::size_t at) const -> std::uint16_t { return mcl_get_u16(&payload.at(at)); }
auto Frame::u32(std::size_t at) const -> std::uint32_t { return mcl_get_u32(&payload.at(at)); }
auto Frame::u64(std::size_t at) const -> std::uint64_t { return mcl_get_u64(&payload.at(at)); }

FakeBoard::FakeBoard(Options chosen) : FakeBoard(chosen, Bytes(store_size, 0xFF)) {}

FakeBoard::FakeBoard(Options chosen, Bytes stored) : options(chosen), store(std::move(stored)) {
  board = this;
  const auto bytes = AGENT_LINK_BYTES(std::size_t{options.max_payload}) + options.arena_bytes;
  memory_.assign((bytes + 7) / 8, 0xA5A5A5A5A5A5A5A5U);
  boot();
}

void FakeBoard::boot() {
  agent_init(reinterpret_cast<std::uint8_t*>(memory_.data()), static_cast<std::uint32_t>(memory_.size() * 8));
}

auto FakeBoard::queue(std::uint8_t type, const Bytes& payload, std::optional<std::uint16_t> seq)
    -> std::uint16_t {
  if (!seq) seq = ++seq_;
  const mcl_frame_t frame = {
      MCL_WIRE_VERSION, type, *seq, boot_id, static_cast<std::uint16_t>(payload.size()), payload.data()};
  Bytes wire(MCL_WIRE_BYTES(payload.size()));
  wire.resize(mcl_frame_encode(wire.data(), &frame));
  queue_raw(wire);
  return *seq;
}

void FakeBoard::queue_raw(const Bytes& wire) { to_agent.insert(to_agent.end(), wire.begin(), wire.end()); }

auto FakeBoard::run() -> std::vector<Frame> {
  if (!run_until_reset()) boot();
  std::vector<Frame> frames;
  Bytes buffer(2048);
  mcl_receiver_t receiver;
  mcl_receiver_init(&receiver, buffer.data(), static_cast<std::uint16_t>(buffer.size()));
  for (const auto byte : from_agent) {
    mcl_frame_t frame;
    if (!mcl_receiver_push(&receiver, byte, &frame)) continue;
    frames.push_back(
        {frame.type, frame.seq, frame.boot_id, Bytes(frame.payload, frame.payload + frame.payload_len)});
  }
  REQUIRE(receiver.dropped == 0);
  from_agent.clear();
  return frames;
}

auto FakeBoard::request(std::uint8_t type, const Bytes& payload) -> Frame {
  const auto seq = queue(type, payload);
  const auto frames = run();
  REQUIRE(!frames.empty());
  REQUIRE(frames.back().type == (type | MCL_REPLY));
  REQUIRE(frames.back().seq == seq);
  return frames.back();
}

auto FakeBoard::hello() -> mcl_hello_t {
  boot_id = 0;
  const auto reply = request(MCL_HELLO, {MCL_WIRE_VERSION});
  mcl_hello_t hello;
  REQUIRE(reply.status() == MCL_OK);
  REQUIRE(mcl_hello_unpack(&hello, reply.payload.data() + 1, reply.payload.size() - 1));
  boot_id = hello.boot_id;
  return hello;
}

auto FakeBoard::store_image(const Bytes& image) -> Frame {
  const auto begun = request(MCL_STORE_BEGIN, Payload().u32(static_cast<std::uint32_t>(image.size())));
  REQUIRE(begun.status() == MCL_OK);
  const auto write = [&](std::size_t from, std::size_t to) {
    while (from < to) {
      const auto n = std::min<std::size_t>(options.max_payload - 4U, to - from);
      const Bytes piece(image.begin() + static_cast<std::ptrdiff_t>(from),
                        image.begin() + static_cast<std::ptrdiff_t>(from + n));
      const auto reply =
          request(MCL_STORE_WRITE, Payload().u32(static_cast<std::uint32_t>(from)).bytes(piece));
      REQUIRE(reply.status() == MCL_OK);
      from += n;
    }
  };
  write(512, image.size());
  write(0, 512);
  return request(MCL_STORE_COMMIT, Payload().u32(mcl_get_u32(&image[20])));
}

auto Payload::u8(std::uint8_t v) -> Payload& {
  bytes_.push_back(v);
  return *this;
}

auto Payload::u16(std::uint16_t v) -> Payload& {
  return u8(static_cast<std::uint8_t>(v)).u8(static_cast<std::uint8_t>(v >> 8));
}

auto Payload::u32(std::uint32_t v) -> Payload& {
  return u16(static_cast<std::uint16_t>(v)).u16(static_cast<std::uint16_t>(v >> 16));
}

auto Payload::u64(std::uint64_t v) -> Payload& {
  return u32(static_cast<std::uint32_t>(v)).u32(static_cast<std::uint32_t>(v >> 32));
}

auto Payload::bytes(const Bytes& v) -> Payload& {
  bytes_.insert(bytes_.end(), v.begin(), v.end());
  return *this;
}

auto read_image(const std::string& golden_file) -> Bytes {
  std::ifstream in(golden_path(golden_file), std::ios::binary);
  REQUIRE(in);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

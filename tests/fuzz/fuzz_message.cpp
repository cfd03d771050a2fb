// SPDX-License-Identifier: MIT
// Replies of a board that says anything in well-formed frames: HELLO, and every command of the typed client.
#include "proto/message.h"

#include <algorithm>
#include <array>
#include <vector>

#include "link/board.hpp"
#include "tests/fuzz/promise.hpp"

using namespace mcullm;
using tests::promise;

namespace {

using Bytes = std::vector<std::uint8_t>;

void hello_round_trip(std::span<const std::uint8_t> input) {
  mcl_hello_t hello{};
  if (mcl_hello_unpack(&hello, input.data(), input.size()) == 0) {
    promise(input.size() < MCL_HELLO_REPLY_BYTES, "a whole HELLO is read");
    return;
  }
  std::array<std::uint8_t, MCL_HELLO_REPLY_BYTES> packed{}, again{};
  promise(mcl_hello_pack(packed.data(), &hello) == packed.size(), "a HELLO has one length");
  promise(mcl_hello_unpack(&hello, packed.data(), packed.size()) == 1, "a packed HELLO is read");
  mcl_hello_pack(again.data(), &hello);
  promise(packed == again, "a HELLO comes back");
}

// Answers each request with the next piece of the input: a length byte, then status and fields.
class LyingLine : public link::Transport {
 public:
  explicit LyingLine(std::span<const std::uint8_t> lies) : lies_(lies) {
    mcl_receiver_init(&receiver_, buffer_.data(), static_cast<std::uint16_t>(buffer_.size()));
  }

  auto read(std::span<std::byte> into, std::chrono::milliseconds) -> std::size_t override {
    const auto count = std::min(into.size(), reply_.size());
    std::copy_n(std::as_bytes(std::span(reply_)).begin(), count, into.begin());
    reply_.erase(reply_.begin(), reply_.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }
  void write(std::span<const std::byte> bytes) override {
    mcl_frame_t request{};
    for (const auto byte : bytes) {
      if (mcl_receiver_push(&receiver_, std::to_integer<std::uint8_t>(byte), &request) != 0) answer(request);
    }
  }
  void drain() override {}
  auto connected() const -> bool override { return !lies_.empty() || !reply_.empty(); }
  auto name() const -> std::string override { return "lying"; }

 private:
  void answer(const mcl_frame_t& request) {
    Bytes payload = request.type == MCL_HELLO ? honest_hello() : next_lie();
    mcl_frame_t frame{};
    frame.version = MCL_WIRE_VERSION;
    frame.type = request.type | MCL_REPLY;
    frame.seq = request.seq;
    frame.payload_len = static_cast<std::uint16_t>(payload.size());
    frame.payload = payload.data();
    reply_.resize(MCL_WIRE_BYTES(payload.size()));
    reply_.resize(mcl_frame_encode(reply_.data(), &frame));
  }
  static auto honest_hello() -> Bytes {
    mcl_hello_t hello{};
    hello.wire_version = MCL_WIRE_VERSION;
    hello.arithmetic_version = 1;
    hello.max_payload = 256;
    hello.workspace_bytes = 64;
    Bytes payload(1 + MCL_HELLO_REPLY_BYTES);
    mcl_hello_pack(payload.data() + 1, &hello);
    return payload;
  }
  auto next_lie() -> Bytes {
    if (lies_.empty()) return {MCL_ERR_STATE};
    const auto size = std::min<std::size_t>(lies_[0], lies_.size() - 1);
    const Bytes lie(lies_.begin() + 1, lies_.begin() + 1 + static_cast<std::ptrdiff_t>(size));
    lies_ = lies_.subspan(1 + size);
    return lie;
  }

  std::span<const std::uint8_t> lies_;
  Bytes reply_;
  std::array<std::uint8_t, MCL_COBS_MAX(MCL_FRAME_BYTES(MCL_PAYLOAD_MAX))> buffer_{};
  mcl_receiver_t receiver_{};
};

void ask(link::Board& board, std::uint8_t which) {
  const std::vector<int> tokens(100, 3);
  const std::vector<std::int32_t> operand(100, 2);
  switch (which % 12) {
    case 0:
      (void)board.stats();
      break;
    case 1:
      (void)board.get(0, 300);
      break;
    case 2:
      (void)board.matmul({.rows = 10, .inner = 10, .cols = 10}, operand, operand);
      break;
    case 3:
      (void)board.layer(0, 0);
      break;
    case 4:
      (void)board.token(1, 0);
      break;
    case 5: {
      const auto prefill = board.prefill(0, tokens);
      promise(!prefill || prefill->state_crcs.size() == tokens.size(), "a prefill has a CRC for each token");
      break;
    }
    case 6:
      (void)board.generate({.count = 9});
      break;
    case 7:
      (void)board.trace(MCL_OP_Q, 0);
      break;
    case 8:
      (void)board.profile();
      break;
    case 9:
      (void)board.store_commit(1);
      break;
    case 10:
      (void)board.store_crc(0, 9);
      break;
    default:
      (void)board.put_int32(0, operand);
      break;
  }
}

}  // namespace

auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const std::span input(data, size);
  hello_round_trip(input);
  link::Board board(std::make_unique<LyingLine>(input));
  if (!board.connect()) return 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(size, 16); ++i) ask(board, data[i]);
  return 0;
}

// SPDX-License-Identifier: MIT
// Whole tokens on the golden images, through the agent.
#include <catch2/catch.hpp>
#include <string>

#include "engine/engine.h"
#include "fake_board.hpp"
#include "golden.hpp"
#include "proto/crc32.h"
#include "proto/image.h"

namespace {

// A board that starts with a golden image in its store.
auto loaded(const std::string& image, FakeBoard::Options options = {}) -> FakeBoard {
  auto store = read_image(image);
  store.resize(1U << 17, 0xFF);
  return {options, std::move(store)};
}

auto token(std::uint16_t id, std::uint16_t pos) -> Bytes { return Payload().u16(id).u16(pos); }

auto trace(std::uint8_t op, std::uint16_t layer, std::uint32_t first, std::uint16_t count) -> Bytes {
  return Payload().u8(op).u16(layer).u32(first).u16(count);
}

// All bytes of a traced vector.
auto traced(FakeBoard& board, std::uint8_t op, std::uint16_t layer) -> Bytes {
  Bytes all;
  for (std::uint32_t first = 0;; first += 16) {
    const auto reply = board.request(MCL_TRACE, trace(op, layer, first, 16));
    REQUIRE(reply.status() == MCL_OK);
    all.insert(all.end(), reply.payload.begin() + 6, reply.payload.end());
    if (first + 16 >= reply.u32(1)) return all;
  }
}

auto crc(const Bytes& bytes) -> std::uint32_t { return mcl_crc32(0, bytes.data(), bytes.size()); }

// Three tokens in the cache, the third being the last run.
void talk(FakeBoard& board) {
  board.hello();
  for (std::uint16_t pos = 0; pos < 3; pos++) {
    REQUIRE(board.request(MCL_TOKEN, token(static_cast<std::uint16_t>(pos + 4), pos)).status() == MCL_OK);
  }
}

auto generate(std::uint16_t first, std::uint16_t pos, std::uint8_t count, std::uint8_t flags,
              std::uint32_t kt, std::uint32_t top_p, std::uint64_t state) -> Bytes {
  return Payload().u16(first).u16(pos).u8(count).u8(flags).u32(kt).u32(top_p).u64(state);
}

}  // namespace

TEST_CASE("device: golden models, token by token and as a prefill", "[device][golden]") {
  for (const auto& c : golden_cases("model")) {
    const std::string image = c.at("image");
    CAPTURE(image);
    auto board = loaded(image);
    REQUIRE(board.hello().model.status == MCL_MODEL_RUNS);
    Payload prefill;
    prefill.u16(0);
    std::uint16_t pos = 0;
    for (const auto& expected : c.at("tokens")) {
      CAPTURE(pos);
      const auto reply = board.request(MCL_TOKEN, token(expected.at("token"), pos++));
      REQUIRE(reply.status() == MCL_OK);
      CHECK(reply.u16(1) == expected.at("argmax"));
      CHECK(reply.u32(3) == expected.at("logits_crc"));
      CHECK(reply.u32(7) == expected.at("state_crc"));
      prefill.u16(expected.at("token"));
    }
    CHECK(board.hello().model.positions == pos);
    const auto reply = board.request(MCL_PREFILL, prefill);
    REQUIRE(reply.payload.at(5) == pos);
    for (std::size_t i = 0; i < pos; i++) CHECK(reply.u32(6 + 4 * i) == c.at("tokens").at(i).at("state_crc"));
  }
}

TEST_CASE("device: golden sampler", "[device][golden]") {
  for (const auto& c : golden_cases("sampler")) {
    CAPTURE(c.dump());
    auto values = list<std::int32_t>(c, "logits");
    const std::uint32_t kt = c.at("inv_temperature");
    if (kt == 0) continue;  // greedy is the engine's, not the sampler's
    logits_t logits;
    logits_open(&logits, static_cast<std::uint32_t>(values.size()),
                reinterpret_cast<std::uint8_t*>(values.data()));
    sampler_t sampler = {kt, c.at("top_p"), c.at("state"), *std::max_element(values.begin(), values.end())};
    sampler_work_t work;
    CHECK(sampler_choose(&sampler, &logits, &work) == c.at("token"));
    CHECK(sampler.state == c.at("state_after"));
  }
}

TEST_CASE("device: a small payload prefills in parts", "[device][agent]") {
  auto board = loaded("gqa-w8-k8v8.mcm", {.max_payload = 96});
  board.hello();
  Payload long_prefill;
  long_prefill.u16(0);
  for (std::uint16_t i = 0; i < 30; i++) long_prefill.u16(i);
  const auto context = board.request(MCL_PREFILL, long_prefill);
  if (context.status() == MCL_ERR_RANGE) {  // longer than the context of the golden image
    CHECK(context.u32(5) == 30);
    return;
  }
  CHECK(context.payload.at(5) == (96 - 6) / 4);
}

TEST_CASE("device: a run of layers equals the token", "[device][agent]") {
  const std::string image = GENERATE("gqa-w8-k8v8.mcm", "mqa-w8-k16v16.mcm", "mha-w4-k16v8.mcm");
  auto board = loaded(image);
  board.hello();
  mcl_image_header_t header;
  mcl_image_fault_t fault;
  REQUIRE(mcl_image_header_read(&header, board.store.data(), &fault) == MCL_OK);
  for (std::uint16_t pos = 0; pos < 3; pos++) {
    const auto whole = board.request(MCL_TOKEN, token(static_cast<std::uint16_t>(pos + 4), pos));
    const auto x = traced(board, MCL_OP_EMBED, 0);
    REQUIRE(board.request(MCL_PUT, Payload().u32(0).bytes(x)).status() == MCL_OK);
    Frame last;
    for (std::uint16_t layer = 0; layer < header.n_layers; layer++) {
      last = board.request(MCL_LAYER, token(layer, pos));
      REQUIRE(last.status() == MCL_OK);
      const auto out = board.request(MCL_GET, Payload().u32(0).u16(static_cast<std::uint16_t>(x.size())));
      CHECK(crc(Bytes(out.payload.begin() + 1, out.payload.end())) == last.u32(1));
    }
    CHECK(last.u32(1) == whole.u32(7));
    // LAYER rewrote this position: it counts again only when a token has run
    CHECK(board.hello().model.positions == pos);
    board.request(MCL_TOKEN, token(static_cast<std::uint16_t>(pos + 4), pos));
  }
}

TEST_CASE("device: traces agree with the CRCs and change nothing", "[device][agent]") {
  auto board = loaded("gqa-w8-k16v8.mcm");
  talk(board);
  const auto reply = board.request(MCL_TOKEN, token(6, 2));
  mcl_image_header_t header;
  mcl_image_fault_t fault;
  REQUIRE(mcl_image_header_read(&header, board.store.data(), &fault) == MCL_OK);
  const auto last = static_cast<std::uint16_t>(header.n_layers - 1);
  CHECK(crc(traced(board, MCL_OP_LOGITS, 99)) == reply.u32(3));
  CHECK(crc(traced(board, MCL_OP_FFN_RESIDUAL, last)) == reply.u32(7));
  const std::size_t kv_dim = header.n_kv_heads * header.head_size;
  const std::size_t bytes[MCL_OP_COUNT] = {4U * header.dim,
                                           2U * header.dim,
                                           2U * header.dim,
                                           2 * kv_dim,
                                           2 * kv_dim,
                                           2U * header.dim,
                                           2 * kv_dim,
                                           2 * kv_dim,
                                           4U * header.n_heads * 3,
                                           2U * header.dim,
                                           4U * header.dim,
                                           2U * header.dim,
                                           2U * header.hidden_dim,
                                           2U * header.hidden_dim,
                                           2U * header.hidden_dim,
                                           4U * header.dim,
                                           2U * header.dim,
                                           4U * header.vocab_size};
  for (std::uint8_t op = 0; op < MCL_OP_COUNT; op++) {
    CAPTURE(static_cast<int>(op));
    CHECK(traced(board, op, 1).size() == bytes[op]);
  }
  CHECK(board.hello().model.positions == 3);
  const auto again = board.request(MCL_TOKEN, token(6, 2));
  CHECK(again.u32(3) == reply.u32(3));
}

TEST_CASE("device: a vector that did not occur has no elements", "[device][agent]") {
  auto board = loaded("gqa-w8-k8v8.mcm");
  talk(board);
  board.request(MCL_PREFILL, Payload().u16(3).u16(5));
  const auto none = board.request(MCL_TRACE, trace(MCL_OP_LOGITS, 0, 0, 4));
  CHECK(none.status() == MCL_OK);
  CHECK(none.u32(1) == 0);
  CHECK(none.payload.size() == 6);
  board.request(MCL_LAYER, token(1, 0));
  CHECK(board.request(MCL_TRACE, trace(MCL_OP_Q, 0, 0, 4)).u32(1) == 0);
  CHECK(board.request(MCL_TRACE, trace(MCL_OP_EMBED, 0, 0, 4)).u32(1) == 0);
  CHECK(board.request(MCL_TRACE, trace(MCL_OP_Q, 1, 0, 4)).u32(1) != 0);
}

TEST_CASE("device: TRACE refuses what it cannot give", "[device][agent]") {
  auto board = loaded("gqa-w8-k8v8.mcm");
  board.hello();
  CHECK(board.request(MCL_TRACE, trace(MCL_OP_Q, 0, 0, 4)).status() == MCL_ERR_STATE);
  board.request(MCL_TOKEN, token(1, 0));
  CHECK(board.request(MCL_TRACE, trace(MCL_OP_COUNT, 0, 0, 4)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_TRACE, trace(MCL_OP_Q, 99, 0, 4)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_TRACE, trace(MCL_OP_Q, 0, 0, 510)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_TRACE, trace(MCL_OP_Q, 0, 0xFFFFFFF0, 64)).payload.size() == 6);
}

TEST_CASE("device: GENERATE says what token after token would have said", "[device][agent]") {
  auto board = loaded("gqa-w8-k8v8.mcm");
  board.hello();
  board.queue(MCL_GENERATE, generate(5, 0, 8, 0, 0, 0, 77));
  const auto frames = board.run();
  REQUIRE(frames.size() == 9);
  const auto& reply = frames.back();
  REQUIRE(reply.status() == MCL_OK);
  CHECK(reply.u64(5) == 77);
  REQUIRE(reply.payload.at(13) == 8);
  std::uint16_t next = 5;
  for (std::uint16_t i = 0; i < 8; i++) {
    const auto single = board.request(MCL_TOKEN, token(next, i));
    next = reply.u16(14 + 6U * i);
    CHECK(single.u16(1) == next);
    CHECK(single.u32(3) == reply.u32(16 + 6U * i));
    CHECK(frames[i].type == MCL_EVENT_TOKEN);
    CHECK(frames[i].payload.at(0) == i);
    CHECK(frames[i].u16(1) == next);
    CHECK(frames[i].u32(3) == single.u32(3));
  }
}

TEST_CASE("device: GENERATE samples with the state that it hands back", "[device][agent]") {
  auto board = loaded("gqa-w4-k8v8.mcm");
  board.hello();
  const auto whole = board.request(MCL_GENERATE, generate(5, 0, 6, 0, 94548, 60000, 12345));
  auto part = board.request(MCL_GENERATE, generate(5, 0, 3, 0, 94548, 60000, 12345));
  REQUIRE(part.payload.at(13) == 3);
  for (std::size_t i = 0; i < 3; i++) CHECK(part.u16(14 + 6 * i) == whole.u16(14 + 6 * i));
  part = board.request(MCL_GENERATE, generate(part.u16(14 + 12), 3, 3, 0, 94548, 60000, part.u64(5)));
  for (std::size_t i = 0; i < 3; i++) CHECK(part.u16(14 + 6 * i) == whole.u16(14 + 6 * (i + 3)));
  CHECK(part.u64(5) == whole.u64(5));
}

TEST_CASE("device: GENERATE stops at a full reply, at the end of the context and after bos or eos",
          "[device][agent]") {
  auto small = loaded("gqa-w8-k8v8.mcm", {.max_payload = 96});
  small.hello();
  CHECK(small.request(MCL_GENERATE, generate(5, 0, 14, 0, 0, 0, 0)).payload.at(13) == (96 - 14) / 6);
  auto board = loaded("gqa-w8-k8v8.mcm");
  board.hello();
  mcl_image_header_t header;
  mcl_image_fault_t fault;
  REQUIRE(mcl_image_header_read(&header, board.store.data(), &fault) == MCL_OK);
  CHECK(board.request(MCL_GENERATE, generate(5, 0, 160, 0, 0, 0, 0)).payload.at(13) ==
        std::min<int>(header.context, 160));
  // token 36 at position 2 of the golden text chooses 1, which is bos
  for (std::uint16_t pos = 0; pos < 2; pos++) board.request(MCL_TOKEN, token(pos == 0 ? 13 : 22, pos));
  const auto stopped = board.request(MCL_GENERATE, generate(36, 2, 5, MCL_GENERATE_STOP, 0, 0, 0));
  CHECK(stopped.payload.at(13) == 1);
  CHECK(stopped.u16(14) == header.bos_token);
}

TEST_CASE("device: arguments out of range and out of order are refused", "[device][agent]") {
  auto board = loaded("gqa-w8-k8v8.mcm");
  board.hello();
  mcl_image_header_t header;
  mcl_image_fault_t fault;
  REQUIRE(mcl_image_header_read(&header, board.store.data(), &fault) == MCL_OK);
  const auto vocab = static_cast<std::uint16_t>(header.vocab_size);
  const auto refused = board.request(MCL_TOKEN, token(vocab, 0));
  CHECK(refused.status() == MCL_ERR_RANGE);
  CHECK(refused.u32(1) == vocab);
  const auto early = board.request(MCL_TOKEN, token(0, 1));
  CHECK(early.status() == MCL_ERR_STATE);
  CHECK(early.u32(1) == 0);
  CHECK(early.u32(5) == 1);
  CHECK(board.request(MCL_TOKEN, token(0, header.context)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_LAYER, token(header.n_layers, 0)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_LAYER, token(0, header.context)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_PREFILL, Payload().u16(0).u16(1).u8(0)).status() == MCL_ERR_LENGTH);
  CHECK(board.request(MCL_PREFILL, Payload().u16(0).u16(1).u16(vocab)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_GENERATE, generate(1, 0, 0, 0, 0, 0, 1)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_GENERATE, generate(1, 0, 1, 0, 100, 0, 1)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_GENERATE, generate(1, 0, 1, 0, 100, 65537, 1)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_GENERATE, generate(1, 0, 1, 0, 100, 1, 0)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_GENERATE, generate(1, 0, 1, 2, 0, 1, 1)).status() == MCL_ERR_RANGE);
  CHECK(board.hello().model.positions == 0);
}

TEST_CASE("device: an aborted token leaves the positions before it", "[device][agent]") {
  auto board = loaded("gqa-w8-k8v8.mcm");
  talk(board);
  board.queue(MCL_GENERATE, generate(5, 1, 10, 0, 0, 0, 0));
  board.queue(MCL_ABORT, {});
  const auto frames = board.run();
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].status() == MCL_ERR_ABORTED);
  CHECK(frames[0].u32(1) == 0);
  CHECK(board.hello().model.positions == 1);
}

TEST_CASE("device: PROFILE counts the last token and not the traces after it", "[device][agent]") {
  auto board = loaded("gqa-w8-k8v8.mcm");
  talk(board);
  const auto profile = board.request(MCL_PROFILE);
  REQUIRE(profile.payload.at(5) == MCL_OP_COUNT);
  std::uint32_t sum = 0;
  for (std::size_t op = 0; op < MCL_OP_COUNT; op++) sum += profile.u32(6 + 4 * op);
  CHECK(sum == profile.u32(1));
  CHECK(profile.u32(6 + 4 * MCL_OP_LOGITS) > 0);
  CHECK(profile.u32(6 + 4 * MCL_OP_GATE) == 0);
  board.request(MCL_TRACE, trace(MCL_OP_Q, 0, 0, 4));
  CHECK(board.request(MCL_PROFILE).payload == profile.payload);
}

TEST_CASE("device: commands on a model say so when there is none", "[device][agent]") {
  FakeBoard board({});
  board.hello();
  for (const auto& [type, payload] :
       std::vector<std::pair<std::uint8_t, Bytes>>{{MCL_TOKEN, token(0, 0)},
                                                   {MCL_LAYER, token(0, 0)},
                                                   {MCL_PREFILL, token(0, 0)},
                                                   {MCL_GENERATE, generate(0, 0, 1, 0, 0, 0, 0)},
                                                   {MCL_TRACE, trace(0, 0, 0, 0)},
                                                   {MCL_PROFILE, {}}}) {
    const auto reply = board.request(type, payload);
    CHECK(reply.status() == MCL_ERR_MODEL);
    CHECK(reply.u32(1) == MCL_MODEL_NONE);
  }
}

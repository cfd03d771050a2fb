// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "fake_agent.hpp"
#include "link/board.hpp"
#include "link/matmul_tiles.hpp"
#include "link/matvec_tile.hpp"
#include "proto/bytes.h"

using namespace mcullm;
using namespace mcullm::tests;

namespace {

// With a workspace and a matrix product.
struct BoardAgent : FakeAgent {
  explicit BoardAgent(std::uint32_t workspace_bytes = 4096, std::uint16_t max_payload = 256)
      : workspace(workspace_bytes) {
    hello.workspace_bytes = workspace_bytes;
    hello.max_payload = max_payload;
    commands[MCL_PUT] = [this](auto payload) { return put(payload); };
    commands[MCL_GET] = [this](auto payload) { return get(payload); };
    commands[MCL_MATMUL] = [this](auto payload) { return matmul(payload); };
  }

  auto put(std::span<const std::uint8_t> in) -> Bytes {
    const auto offset = mcl_get_u32(in.data());
    if (offset + in.size() - 4 > workspace.size())
      return refused(MCL_ERR_RANGE, static_cast<std::uint32_t>(workspace.size()), offset);
    std::memcpy(&workspace[offset], in.data() + 4, in.size() - 4);
    return ok();
  }
  auto get(std::span<const std::uint8_t> in) -> Bytes {
    const auto offset = mcl_get_u32(in.data());
    auto reply = ok();
    reply.insert(reply.end(), workspace.begin() + offset,
                 workspace.begin() + offset + mcl_get_u16(in.data() + 4));
    return reply;
  }
  auto matmul(std::span<const std::uint8_t> in) -> Bytes {
    const std::size_t rows = mcl_get_u16(in.data()), inner = mcl_get_u16(in.data() + 2),
                      cols = mcl_get_u16(in.data() + 4);
    const bool wide_b = (in[6] & MCL_MATMUL_B_INT16) != 0, narrow = (in[6] & MCL_MATMUL_OUT_INT16) != 0;
    const std::size_t first = mcl_get_u32(in.data() + 7), count = mcl_get_u16(in.data() + 11);
    REQUIRE(rows * inner + inner * cols * (wide_b ? 2 : 1) <= workspace.size());
    auto reply = ok({static_cast<std::uint32_t>(count)});
    for (auto cell = first; cell < first + count; ++cell) {
      std::uint32_t sum = 0;
      for (std::size_t k = 0; k < inner; ++k) {
        const auto a = static_cast<std::int8_t>(workspace[cell / cols * inner + k]);
        const auto* b = &workspace[rows * inner + (k * cols + cell % cols) * (wide_b ? 2 : 1)];
        const int value = wide_b ? static_cast<std::int16_t>(mcl_get_u16(b)) : static_cast<std::int8_t>(*b);
        sum += static_cast<std::uint32_t>(a * value);
      }
      for (int i = 0; i < (narrow ? 2 : 4); ++i, sum >>= 8) reply.push_back(static_cast<std::uint8_t>(sum));
    }
    return reply;
  }

  Bytes workspace;
};

auto connected(FakeAgent& agent, const LineFaults& faults = {}) -> link::Board {
  link::Board board(std::make_unique<FakeLine>(agent, faults), impatient());
  REQUIRE(board.connect());
  return board;
}

auto expected_product(const link::MatmulShape& shape, const std::vector<std::int32_t>& a,
                      const std::vector<std::int32_t>& b) -> std::vector<std::int32_t> {
  std::vector<std::int32_t> cells;
  const auto inner = static_cast<std::size_t>(shape.inner), cols = static_cast<std::size_t>(shape.cols);
  for (std::size_t i = 0; i < static_cast<std::size_t>(shape.rows); ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      std::uint32_t sum = 0;
      for (std::size_t k = 0; k < inner; ++k)
        sum += static_cast<std::uint32_t>(a[i * inner + k] * b[k * cols + j]);
      cells.push_back(shape.out_int16 ? static_cast<std::int16_t>(sum) : static_cast<std::int32_t>(sum));
    }
  }
  return cells;
}

}  // namespace

TEST_CASE("board: what is put comes back, whatever its length and the frame size", "[link][board]") {
  const auto length =
      GENERATE(std::size_t{1}, std::size_t{91}, std::size_t{92}, std::size_t{93}, std::size_t{4000});
  const auto max_payload = GENERATE(std::uint16_t{96}, std::uint16_t{256}, std::uint16_t{1024});
  BoardAgent agent(4096, max_payload);
  auto board = connected(agent);
  std::vector<std::byte> bytes(length);
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::byte>(i * 7);
  REQUIRE(board.put(50, bytes));
  const auto back = board.get(50, length);
  REQUIRE(back);
  CHECK(*back == bytes);
  CHECK(agent.workspace[49] == 0);
  CHECK(agent.workspace[50 + length] == 0);
}

TEST_CASE("board: numbers of 32 bits keep their sign", "[link][board]") {
  BoardAgent agent;
  auto board = connected(agent);
  const std::vector<std::int32_t> values = {0, -1, INT32_MIN, INT32_MAX, 123456};
  REQUIRE(board.put_int32(8, values));
  CHECK(*board.get_int32(8, values.size()) == values);
}

TEST_CASE("board: any product, in as many tiles as the workspace asks for", "[link][board]") {
  const auto workspace =
      GENERATE(std::uint32_t{3}, std::uint32_t{20}, std::uint32_t{100}, std::uint32_t{4096});
  const bool b_int16 = GENERATE(false, true), out_int16 = GENERATE(false, true);
  BoardAgent agent(workspace);
  auto board = connected(agent);
  std::mt19937 random(workspace);
  for (int i = 0; i < 8; ++i) {
    link::MatmulShape shape{.b_int16 = b_int16, .out_int16 = out_int16};
    for (auto* side : {&shape.rows, &shape.inner, &shape.cols}) *side = 1 + static_cast<int>(random() % 12);
    CAPTURE(workspace, b_int16, out_int16, shape.rows, shape.inner, shape.cols);
    std::vector<std::int32_t> a(static_cast<std::size_t>(shape.rows * shape.inner)),
        b(static_cast<std::size_t>(shape.inner * shape.cols));
    for (auto& value : a) value = static_cast<std::int8_t>(random());
    for (auto& value : b)
      value = b_int16 ? static_cast<std::int16_t>(random()) : static_cast<std::int8_t>(random());
    const auto product = board.matmul(shape, a, b);
    REQUIRE(product);
    CHECK(product->cells == expected_product(shape, a, b));
    CHECK(product->ticks > 0);
  }
}

TEST_CASE("board: a matrix passes by one vector, in tiles of rows or of parts of rows", "[link][board]") {
  const auto workspace =
      GENERATE(std::uint32_t{3}, std::uint32_t{20}, std::uint32_t{100}, std::uint32_t{912});
  BoardAgent agent(workspace, 96);
  auto board = connected(agent);
  std::mt19937 random(workspace);
  for (int i = 0; i < 8; ++i) {
    const int rows = 1 + static_cast<int>(random() % 60), cols = 1 + static_cast<int>(random() % 90);
    CAPTURE(workspace, rows, cols);
    std::vector<std::int8_t> weights(static_cast<std::size_t>(rows * cols));
    std::vector<std::int32_t> x(static_cast<std::size_t>(cols));
    for (auto& value : weights) value = static_cast<std::int8_t>(random());
    for (auto& value : x) value = static_cast<std::int16_t>(random());
    const auto product = board.matvec(weights, x);
    REQUIRE(product);
    CHECK(product->cells ==
          expected_product({.rows = rows, .inner = cols, .cols = 1}, {weights.begin(), weights.end()}, x));
    CHECK(product->ticks > 0);
  }
}

TEST_CASE("board: a matrix that cannot meet its vector is refused unsent", "[link][board]") {
  BoardAgent agent(2);
  auto board = connected(agent);
  const std::vector<std::int8_t> weights = {1, 2};
  const std::vector<std::int32_t> one = {1}, three = {1, 2, 3}, large = {1, 32768};
  CHECK(board.matvec(weights, three).error().exit == Exit::usage);
  CHECK(board.matvec(weights, large).error().exit == Exit::usage);
  CHECK(board.matvec(weights, {}).error().exit == Exit::usage);
  CHECK(board.matvec(weights, one).error().exit == Exit::refused);
  CHECK(agent.executed == 0);
}

TEST_CASE("board: rows of a tile fill their requests, and x travels once", "[link][board]") {
  // stories260K on an Uno: 912 bytes, 92 in a request, 22 sums in a reply
  const link::MatvecLimits uno{912, 92, 22};
  for (const auto& [rows, cols] : {std::pair{64, 64}, {512, 64}, {64, 172}, {1, 1}, {7, 455}, {3, 1000}}) {
    CAPTURE(rows, cols);
    const auto tile = link::matvec_tile(rows, cols, uno);
    REQUIRE(tile);
    CHECK((tile->rows + 2) * tile->cols <= 912);
    CHECK((tile->rows >= 1 && tile->rows <= rows && tile->cols >= 1 && tile->cols <= cols));
  }
  CHECK(link::matvec_tile(64, 172, uno)->cols == 172);
  CHECK_FALSE(link::matvec_tile(1, 1, {2, 92, 22}));
}

TEST_CASE("board: a product is checked before anything is sent", "[link][board]") {
  BoardAgent agent(1);
  auto board = connected(agent);
  const std::vector<std::int32_t> one = {1}, large = {128};
  CHECK(board.matmul({.rows = 0}, one, one).error().exit == Exit::usage);
  CHECK(board.matmul({.rows = 65536}, one, one).error().exit == Exit::usage);
  CHECK(board.matmul({.rows = 2}, one, one).error().exit == Exit::usage);
  CHECK(board.matmul({}, large, one).error().exit == Exit::usage);
  CHECK(board.matmul({}, one, large).error().exit == Exit::usage);
  const auto no_room = board.matmul({}, one, one);
  CHECK(no_room.error().exit == Exit::refused);
  CHECK(no_room.error().what.find("needs 2 bytes, the board has 1") != std::string::npos);
  CHECK(agent.executed == 0);
}

TEST_CASE("board: tiles always fit and never vanish", "[link][board]") {
  std::mt19937 random(4);
  for (int i = 0; i < 2000; ++i) {
    link::MatmulShape shape{.b_int16 = i % 2 == 0};
    for (auto* side : {&shape.rows, &shape.inner, &shape.cols})
      *side = 1 + static_cast<int>(random() % 65535);
    const std::uint64_t bytes = 3 + random() % 100'000;
    const auto tile = link::tile_of(shape, bytes);
    REQUIRE(tile);
    REQUIRE(link::operand_bytes(*tile) <= bytes);
    REQUIRE(std::min({tile->rows, tile->inner, tile->cols}) >= 1);
  }
  CHECK_FALSE(link::tile_of({.b_int16 = true}, 2));
}

TEST_CASE("board: the part of B that waits for a stored A fits, and as few parts as can be",
          "[link][board]") {
  std::mt19937 random(5);
  for (int i = 0; i < 2000; ++i) {
    link::MatmulShape shape{.b_int16 = i % 2 == 0};
    for (auto* side : {&shape.rows, &shape.inner, &shape.cols})
      *side = 1 + static_cast<int>(random() % (i % 3 == 0 ? 65535 : 900));
    const std::uint64_t bytes = 2 + random() % 10'000, element = shape.b_int16 ? 2 : 1;
    CAPTURE(shape.inner, shape.cols, bytes);
    const auto tile = link::tape_tile_of(shape, bytes);
    REQUIRE(tile);
    const auto inner = static_cast<std::uint64_t>(tile->inner);
    REQUIRE(inner * static_cast<std::uint64_t>(tile->cols) * element <= bytes);
    REQUIRE((tile->inner >= 1 && tile->inner <= shape.inner));
    REQUIRE((tile->cols >= 1 && tile->cols <= shape.cols));
    const auto whole = static_cast<std::uint64_t>(shape.inner), most = bytes / element;
    CHECK((whole + inner - 1) / inner == (whole + most - 1) / most);
    CHECK(
        (tile->cols == shape.cols || inner * (static_cast<std::uint64_t>(tile->cols) + 1) * element > bytes));
  }
  CHECK_FALSE(link::tape_tile_of({.b_int16 = true}, 1));
}

TEST_CASE("board: a refusal tells its numbers in words", "[link][board]") {
  const std::vector<std::pair<Bytes, std::string>> refusals = {
      {refused(MCL_ERR_COMMAND, 0x24, 0), "built without it"},
      {refused(MCL_ERR_LENGTH, 9, 8), "at least 9 bytes were expected, 8 came"},
      {refused(MCL_ERR_RANGE, 5, 6), "an argument is 6, the limit is 5"},
      {refused(MCL_ERR_MEMORY, 9000, 700), "needs 9000 bytes, the board has 700"},
      {refused(MCL_ERR_MODEL, 1, 0), "none is stored"},
      {refused(MCL_ERR_STATE, 3, 9), "expected 3, found 9"},
      {refused(MCL_ERR_CRC, 0xAB, 0xCD), "CRC 000000cd, not 000000ab"},
      {refused(MCL_ERR_STORE, 512, 0), "failed at byte 512, block 1"},
      {refused(MCL_ERR_FORMAT, 24, 7), "field at offset 24 is 7"},
      {refused(MCL_ERR_FORMAT, 45, 1), "keys and values of 8 bits only (k8v8), the image has k16v8"},
      {refused(MCL_ERR_VERSION, 1, 2), "knows version 1, the image has 2"},
      {refused(99, 1, 2), "status 99 (1, 2)"}};
  BoardAgent agent;
  auto board = connected(agent);
  for (const auto& [reply, words] : refusals) {
    agent.commands[MCL_TOKEN] = [&](auto) { return reply; };
    const auto token = board.token(1, 0);
    REQUIRE_FALSE(token);
    CHECK(token.error().exit == Exit::refused);
    CHECK(token.error().what.find("the board refuses TOKEN: ") == 0);
    CHECK(token.error().what.find(words) != std::string::npos);
    REQUIRE(board.refusal());
    CHECK(board.refusal()->status == reply[0]);
  }
  REQUIRE(board.put_int32(0, std::vector<std::int32_t>{1}));
  CHECK_FALSE(board.refusal());
}

TEST_CASE("board: tokens are prefilled in as many requests as it takes", "[link][board]") {
  const auto at_once = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{200});
  BoardAgent agent(4096, 128);
  std::vector<int> seen;
  agent.commands[MCL_PREFILL] = [&](std::span<const std::uint8_t> in) {
    REQUIRE(mcl_get_u16(in.data()) == 10 + seen.size());
    const auto done = std::min(at_once, (in.size() - 2) / 2);
    auto reply = ok({100});
    reply.push_back(static_cast<std::uint8_t>(done));
    for (std::size_t i = 0; i < done; ++i) {
      const auto token = mcl_get_u16(in.data() + 2 + 2 * i);
      seen.push_back(token);
      for (const int byte : {token & 0xFF, token >> 8, 0, 0})
        reply.push_back(static_cast<std::uint8_t>(byte));
    }
    REQUIRE(reply.size() <= 128);
    return reply;
  };
  auto board = connected(agent);
  std::vector<int> tokens(100);
  for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i] = static_cast<int>(i * 500);
  const auto result = board.prefill(10, tokens);
  REQUIRE(result);
  CHECK(seen == tokens);
  CHECK(std::vector<int>(result->state_crcs.begin(), result->state_crcs.end()) == tokens);
  CHECK(result->ticks == 100 * agent.executed);
}

TEST_CASE("board: generating asks for no more than a reply holds", "[link][board]") {
  BoardAgent agent(4096, 128);
  agent.commands[MCL_GENERATE] = [](std::span<const std::uint8_t> in) {
    REQUIRE(mcl_get_u16(in.data()) == 5);
    REQUIRE(mcl_get_u16(in.data() + 2) == 6);
    REQUIRE(in[4] == 19);
    REQUIRE(in[5] == MCL_GENERATE_STOP);
    REQUIRE(mcl_get_u64(in.data() + 14) == 0x123456789ULL);
    auto reply = ok({77, 0xFFFFFFFF, 0x1});
    reply.push_back(2);
    for (const int byte : {9, 0, 1, 1, 0, 0, 10, 0, 2, 2, 0, 0})
      reply.push_back(static_cast<std::uint8_t>(byte));
    return reply;
  };
  auto board = connected(agent);
  CHECK(board.generate_limit() == 19);
  const auto result = board.generate(
      {.token = 5, .pos = 6, .count = 500, .stop_at_end = true, .random_state = 0x123456789ULL});
  REQUIRE(result);
  CHECK(result->ticks == 77);
  CHECK(result->random_state == 0x1FFFFFFFFULL);
  REQUIRE(result->tokens.size() == 2);
  CHECK(result->tokens[1].token == 10);
  CHECK(result->tokens[1].logits_crc == 0x202);
}

TEST_CASE("board: a trace has elements of two or four bytes, signed", "[link][board]") {
  BoardAgent agent;
  auto board = connected(agent);
  agent.commands[MCL_TRACE] = [](auto) {
    auto reply = ok({300});
    for (const int byte : {2, 0xFF, 0xFF, 5, 0}) reply.push_back(static_cast<std::uint8_t>(byte));
    return reply;
  };
  auto window = board.trace(MCL_OP_Q, 0);
  REQUIRE(window);
  CHECK(window->total == 300);
  CHECK(window->values == std::vector<std::int32_t>{-1, 5});
  agent.commands[MCL_TRACE] = [](auto) {
    auto reply = ok({1});
    for (const int byte : {4, 0xFE, 0xFF, 0xFF, 0xFF}) reply.push_back(static_cast<std::uint8_t>(byte));
    return reply;
  };
  CHECK(board.trace(MCL_OP_LOGITS, 0)->values == std::vector<std::int32_t>{-2});
}

TEST_CASE("board: replies that are too short or contradict themselves are errors of the link",
          "[link][board]") {
  BoardAgent agent;
  auto board = connected(agent);
  const std::vector<std::pair<int, Bytes>> lies = {{MCL_TOKEN, ok({1, 2, 3})},
                                                   {MCL_LAYER, ok({1})},
                                                   {MCL_STATS, ok({1, 2, 3, 4, 5})},
                                                   {MCL_MEMORY, ok({1})},
                                                   {MCL_PROFILE, ok({1})},
                                                   {MCL_PROFILE,
                                                    [] {
                                                      auto b = ok({1});
                                                      b.push_back(200);
                                                      return b;
                                                    }()},
                                                   {MCL_PREFILL, ok({1})},
                                                   {MCL_PREFILL,
                                                    [] {
                                                      auto b = ok({1});
                                                      b.push_back(9);
                                                      return b;
                                                    }()},
                                                   {MCL_PREFILL,
                                                    [] {
                                                      auto b = ok({1});
                                                      b.push_back(0);
                                                      return b;
                                                    }()},
                                                   {MCL_GENERATE, ok({1, 2})},
                                                   {MCL_GENERATE,
                                                    [] {
                                                      auto b = ok({1, 2, 3});
                                                      b.push_back(255);
                                                      return b;
                                                    }()},
                                                   {MCL_TRACE, ok({5})},
                                                   {MCL_TRACE,
                                                    [] {
                                                      auto b = ok({5});
                                                      b.push_back(0);
                                                      b.push_back(1);
                                                      return b;
                                                    }()},
                                                   {MCL_GET, ok()},
                                                   {MCL_STORE_COMMIT, ok({1})},
                                                   {MCL_STORE_CRC, ok()}};
  const auto ask = [&](int type) -> Exit {
    const std::vector<int> tokens = {1, 2};
    switch (type) {
      case MCL_TOKEN:
        return board.token(1, 0).error().exit;
      case MCL_LAYER:
        return board.layer(0, 0).error().exit;
      case MCL_STATS:
        return board.stats().error().exit;
      case MCL_MEMORY:
        return board.memory().error().exit;
      case MCL_PROFILE:
        return board.profile().error().exit;
      case MCL_PREFILL:
        return board.prefill(0, tokens).error().exit;
      case MCL_GENERATE:
        return board.generate({}).error().exit;
      case MCL_TRACE:
        return board.trace(MCL_OP_Q, 0).error().exit;
      case MCL_GET:
        return board.get(0, 4).error().exit;
      case MCL_STORE_COMMIT:
        return board.store_commit(1).error().exit;
      default:
        return board.store_crc(0, 4).error().exit;
    }
  };
  for (const auto& [type, reply] : lies) {
    CAPTURE(type);
    agent.commands[static_cast<std::uint8_t>(type)] = [&](auto) { return reply; };
    CHECK(ask(type) == Exit::link);
  }
}

TEST_CASE("board: what stands where, from an agent that tells and from one that does not", "[link][board]") {
  BoardAgent agent;
  auto board = connected(agent);
  const auto silent = board.memory();
  REQUIRE(silent);
  CHECK_FALSE(silent->has_value());
  agent.commands[MCL_MEMORY] = [](auto) { return Bytes{MCL_OK, 0, 0, 1, 2, 0, 0, 99, 1, 0, 0, 1, 0}; };
  const auto told = board.memory();
  REQUIRE(told);
  REQUIRE(told->has_value());
  REQUIRE((*told)->size() == 2);
  CHECK((*told)->at(0).part == MCL_PART_IMAGE);
  CHECK((*told)->at(0).bytes == 0x201);
  CHECK((*told)->at(1).part == 99);  // a part of later days
  CHECK((*told)->at(1).bytes == 0x10000);
}

TEST_CASE("board: a reset connects again and the model's state is fresh", "[link][board]") {
  BoardAgent agent;
  agent.commands[MCL_RESET] = [](auto) { return ok(); };
  auto board = connected(agent);
  const auto before = board.hello().boot_id;
  REQUIRE(board.reset());
  CHECK(board.hello().boot_id != before);
  CHECK(board.put_int32(0, std::vector<std::int32_t>{1}));
}

TEST_CASE("board: a noisy line changes nothing but the time", "[link][board]") {
  BoardAgent agent(4096, 1024);
  auto board = connected(agent, {.lose = 0.2, .duplicate = 0.1, .reorder = 0.05, .seed = 3});
  std::vector<std::byte> bytes(4000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 13);
  for (int i = 0; i < 5; ++i) {
    REQUIRE(board.put(0, bytes));
    CHECK(*board.get(0, bytes.size()) == bytes);
  }
  CHECK(board.statistics().retries > 0);
}

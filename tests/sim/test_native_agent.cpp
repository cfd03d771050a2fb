// SPDX-License-Identifier: MIT
// The session and the typed client against the real agent behind a real byte stream.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <thread>

#include "base/file.hpp"
#include "flash/upload.hpp"
#include "link/board.hpp"
#include "sim/open_port.hpp"
#include "tests/image/sample_image.hpp"

using namespace mcullm;
using std::chrono::milliseconds;

namespace {

auto open(const sim::PortOptions& port = {}, const link::SessionOptions& options = {}) -> link::Board {
  auto line = sim::open_port("sim:native", port);
  REQUIRE(line);
  link::Board board(std::move(line).value(), options);
  const auto hello = board.connect();
  if (!hello) FAIL(hello.error().what);
  return board;
}

auto small_model() -> std::vector<std::byte> {
  auto image = read_file(std::string(MCULLM_SOURCE_DIR) + "/proto/vectors/gqa-w8-k16v8.mcm");
  REQUIRE(image);
  return *image;
}

// Greedy tokens from the beginning of sequence on.
auto story(link::Board& board) -> std::vector<int> {
  std::vector<int> tokens = {1};
  for (int pos = 0; pos < 8; ++pos) {
    const auto result = board.token(tokens.back(), pos);
    if (!result) FAIL(result.error().what);
    tokens.push_back(result->argmax);
  }
  return tokens;
}

}  // namespace

TEST_CASE("native agent: it says hello, and what is put comes back", "[sim]") {
  auto board = open();
  CHECK(std::string(board.hello().board) == "native");
  CHECK(board.hello().model.status == MCL_MODEL_NONE);
  std::vector<std::byte> bytes(10'000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 11);
  REQUIRE(board.put(100, bytes));
  CHECK((*board.get(100, bytes.size()) == bytes));
  const auto stats = board.stats();
  REQUIRE(stats);
  CHECK(stats->frames_received >= 20);
  CHECK(stats->frames_dropped == 0);
}

TEST_CASE("native agent: it multiplies as defined", "[sim]") {
  auto board = open();
  const std::vector<std::int32_t> a = {-128, 127, 3, -4}, b = {-128, 127, 127, -128};
  const auto product = board.matmul({.rows = 2, .inner = 2, .cols = 2}, a, b);
  REQUIRE(product);
  CHECK(product->cells == std::vector<std::int32_t>{16384 + 16129, -16256 - 16256, -384 - 508, 381 + 512});
}

TEST_CASE("native agent: a product whose left side stands in the storage, in panels and columns", "[sim]") {
  const auto arena = GENERATE("600", "1000", "65536");
  // the storage outlives the restart after the upload
  const std::filesystem::path store = "tape_matmul.store";
  std::filesystem::remove(store);
  auto line = sim::open_port(std::string("exec:exec ") + MCULLM_AGENT + " --max-payload 128 --store " +
                             store.string() + " --arena " + arena);
  REQUIRE(line);
  link::Board board(std::move(line).value());
  REQUIRE(board.connect());
  const bool b_int16 = GENERATE(false, true), out_int16 = GENERATE(false, true);
  CAPTURE(arena, b_int16, out_int16);
  const link::MatmulShape shape{37, 700, 5, b_int16, out_int16};
  std::mt19937 random(7);
  std::vector<std::int32_t> a(37 * 700), b(700 * 5);
  for (auto& value : a) value = static_cast<std::int8_t>(random());
  for (auto& value : b)
    value = b_int16 ? static_cast<std::int16_t>(random()) : static_cast<std::int8_t>(random());
  const auto tiled = board.matmul(shape, a, b);
  const auto from_tape = board.tape_matmul(shape, a, b);
  if (!from_tape) FAIL(from_tape.error().what);
  REQUIRE(tiled);
  CHECK(from_tape->cells == tiled->cells);
  CHECK(from_tape->ticks > 0);
  const auto too_long = board.tape_matmul(
      {.rows = 65535, .inner = 300}, std::vector<std::int32_t>(65535 * 300), std::vector<std::int32_t>(300));
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().exit == Exit::refused);
}

TEST_CASE("native agent: without a model it refuses to run one, and says why", "[sim]") {
  auto board = open();
  const auto token = board.token(1, 0);
  REQUIRE_FALSE(token);
  CHECK(token.error().exit == Exit::refused);
  CHECK(token.error().what.find("none is stored") != std::string::npos);
}

TEST_CASE("native agent: a reset gives a new boot id and keeps the stored model", "[sim]") {
  auto board = open();
  REQUIRE(flash::ensure_model(board, small_model()));
  const auto before = story(board);
  const auto boot_id = board.hello().boot_id;
  const auto hello = board.reset();
  REQUIRE(hello);
  CHECK(hello->boot_id != boot_id);
  CHECK(hello->model.status == MCL_MODEL_RUNS);
  CHECK(story(board) == before);
}

TEST_CASE("native agent: the same tokens over a line that flips, drops and repeats bytes", "[sim]") {
  auto clean = open();
  REQUIRE(flash::ensure_model(clean, small_model()));
  const auto expected = story(clean);
  const auto fault =
      GENERATE("flip=5e-4,seed=1", "drop=5e-4,seed=2", "dup=5e-4,seed=3", "truncate=5e-4,seed=4",
               "flip=2e-4,drop=2e-4,dup=2e-4,truncate=2e-4,delay=3,seed=5");
  CAPTURE(fault);
  auto noisy = open({.fault = fault});
  const auto stored = flash::ensure_model(noisy, small_model());
  if (!stored) FAIL(stored.error().what);
  CHECK(story(noisy) == expected);
  CHECK(noisy.statistics().retries > 0);
}

TEST_CASE("native agent: a board that is reset again and again is noticed each time, and never lies",
          "[sim]") {
  auto board = open({.fault = "reset=40"});
  REQUIRE(flash::ensure_model(board, small_model()));
  int restarts = 0, right = 0;
  const std::vector<std::int32_t> two = {2}, three = {3};
  for (int i = 0; i < 100; ++i) {
    const auto product = board.matmul({}, two, three);
    if (product) {
      right += product->cells[0] == 6;
      continue;
    }
    REQUIRE(board.restarted());
    ++restarts;
    REQUIRE(board.connect());
  }
  CHECK(restarts >= 3);
  CHECK(right == 100 - restarts);
}

TEST_CASE("native agent: killed, it is noticed within two seconds", "[sim]") {
  auto line = sim::open_port(std::string("exec:exec timeout -s KILL 0.5 ") + MCULLM_AGENT);
  REQUIRE(line);
  link::Board board(std::move(line).value());
  REQUIRE(board.connect());
  std::this_thread::sleep_for(milliseconds{700});
  const auto start = std::chrono::steady_clock::now();
  const auto stats = board.stats();
  REQUIRE_FALSE(stats);
  CHECK(stats.error().exit == Exit::link);
  CHECK(std::chrono::steady_clock::now() - start < milliseconds{2000});
}

TEST_CASE("native agent: a program that talks otherwise is no device", "[sim]") {
  auto line = sim::open_port("exec:yes 2>/dev/null");
  REQUIRE(line);
  link::Board board(std::move(line).value(), {.open_patience = milliseconds{500}});
  const auto hello = board.connect();
  REQUIRE_FALSE(hello);
  CHECK(hello.error().exit == Exit::no_device);
  CHECK(hello.error().what.find("but no answer among them") != std::string::npos);
}

TEST_CASE("native agent: Ctrl-C stops a long request, and the board is ready for the next one", "[sim]") {
  const checkpoint::ModelShape shape{.dim = 256,
                                     .hidden_dim = 512,
                                     .n_layers = 4,
                                     .n_heads = 4,
                                     .n_kv_heads = 4,
                                     .vocab_size = 256,
                                     .context = 512};
  std::atomic<bool> interrupted{false};
  auto board = open({}, {.cancel = &interrupted});
  REQUIRE(flash::ensure_model(board, image::write_model_image(tests::sample_model_image(shape, {}, 1))));
  std::jthread ctrl_c([&] {
    std::this_thread::sleep_for(milliseconds{60});
    interrupted = true;
  });
  const auto start = std::chrono::steady_clock::now();
  const auto done = board.prefill(0, std::vector<int>(512, 5));
  ctrl_c.join();
  REQUIRE_FALSE(done);
  CHECK(done.error().exit == Exit::cancelled);
  CHECK(std::chrono::steady_clock::now() - start < milliseconds{2000});
  interrupted = false;
  CHECK(board.token(1, 0));
}

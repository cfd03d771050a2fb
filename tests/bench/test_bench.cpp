// SPDX-License-Identifier: MIT
#include "bench/bench.hpp"

#include <atomic>
#include <catch2/catch.hpp>

#include "bench/board_clock.hpp"
#include "bench/sweep.hpp"
#include "image/random_model.hpp"
#include "plan/arena.hpp"
#include "sim/open_port.hpp"

using namespace mcullm;

namespace {

constexpr auto port = "exec:" MCULLM_AGENT;
constexpr auto small_port = "exec:" MCULLM_AGENT " --arena 6000";

auto connected(const std::string& spec) -> std::unique_ptr<link::Board> {
  auto line = sim::open_port(spec);
  REQUIRE(line);
  auto board = std::make_unique<link::Board>(std::move(*line));
  REQUIRE(board->connect());
  return board;
}

auto model() -> image::ModelImage { return image::random_model_image({.shape = {16, 24, 2, 4, 2, 40, 48}}); }

}  // namespace

TEST_CASE("bench: each test is repeated and described", "[bench]") {
  std::atomic<bool> cancel = false;
  bench::MeasuredBoard board(connected(port), port, {}, &cancel);
  const auto image = model();
  const auto bytes = image::write_model_image(image);
  REQUIRE(board.run(bytes, no_progress));
  bench::BenchOptions options;
  options.repetitions = 2;
  options.tests = {{bench::Test::Kind::prefill, 20, 0}, {bench::Test::Kind::decode, 30, 10}};
  const auto report = bench::run_bench(board, port, image, bytes.size(), nullptr, options, no_progress);
  REQUIRE(report);
  CHECK(report->agent_name == "native");
  CHECK(report->unit == boards::TickUnit::nanoseconds);
  CHECK(report->basis == boards::Basis::measured);
  CHECK(report->macs == 2 * (2 * 16 * 16 + 2 * 8 * 16 + 3 * 24 * 16) + 40 * 16);
  CHECK(report->arena_bytes_used > 0);
  REQUIRE(report->tests.size() == 2);
  for (const auto& test : report->tests) {
    CHECK(test.samples.size() == 2);
    CHECK(test.tokens_per_second > 0);
    CHECK(test.link_bytes_per_token > 0);
    CHECK(test.ticks_per_mac > 0);
    CHECK_FALSE(test.predicted_tokens_per_second);
  }
  const auto classifier = static_cast<std::size_t>(plan::Work::classifier);
  CHECK(report->tests[0].ticks_by_work[classifier] == 0);  // a prompt needs no logits
  CHECK(report->tests[1].ticks_by_work[classifier] > 0);
}

TEST_CASE("bench: a test beyond the context is an error", "[bench]") {
  std::atomic<bool> cancel = false;
  bench::MeasuredBoard board(connected(port), port, {}, &cancel);
  const auto image = model();
  const auto bytes = image::write_model_image(image);
  REQUIRE(board.run(bytes, no_progress));
  bench::BenchOptions options;
  options.tests = {{bench::Test::Kind::decode, 30, 19}};
  const auto report = bench::run_bench(board, port, image, bytes.size(), nullptr, options, no_progress);
  REQUIRE_FALSE(report);
  CHECK(report.error().exit == Exit::usage);
}

TEST_CASE("bench: a profile belongs to the position that was asked for", "[bench]") {
  std::atomic<bool> cancel = false;
  bench::MeasuredBoard board(connected(port), port, {}, &cancel);
  const auto image = model();
  REQUIRE(board.run(image::write_model_image(image), no_progress));
  const auto size = plan::size_of(image, 0);
  for (const int pos : {5, 0, 30, 29}) {
    const auto token = board.profile_token({size, pos, 0});
    REQUIRE(token);
    CHECK(token->pos == pos);
    CHECK(token->ticks > 0);
    const auto hello = board.board().connect();  // tells how far the cache goes
    REQUIRE(hello);
    CHECK(hello->model.positions == pos + 1);
  }
}

TEST_CASE("sweep: models that do not fit are rows, and the next one runs", "[bench]") {
  std::atomic<bool> cancel = false;
  bench::MeasuredBoard board(connected(small_port), small_port, {}, &cancel);
  bench::SweepSet set;
  set.models = {{"small", {16, 32, 1, 2, 2, 64, 32}, 8, image::KvFormat::k8v8, {}, ""},
                {"large", {64, 172, 5, 8, 4, 512, 512}, 8, image::KvFormat::k8v8, {}, ""},
                {"nibbles", {16, 32, 2, 4, 1, 40, 16}, 4, image::KvFormat::k16v8, {}, ""}};
  bench::SweepOptions options;
  options.positions = {0, 15, 31};
  const auto report = bench::run_sweep(board, small_port, set, nullptr, options, no_progress);
  REQUIRE(report);
  REQUIRE(report->rows.size() == 3);
  CHECK(report->rows[0].tokens.size() == 3);
  CHECK(report->rows[0].arena_bytes == plan::arena_use(bench::size_of(set.models[0]), {}).total());
  CHECK_FALSE(report->rows[1].refused.empty());
  CHECK(report->rows[1].tokens.empty());
  CHECK(report->rows[2].refused.empty());
  CHECK(report->rows[2].tokens.size() == 2);  // position 31 is its last one, 15
}

TEST_CASE("sweep: shards cover the set, each model once", "[bench]") {
  std::atomic<bool> cancel = false;
  bench::MeasuredBoard board(connected(port), port, {}, &cancel);
  bench::SweepSet set;
  for (int i = 0; i < 7; ++i)
    set.models.push_back({std::to_string(i), {8, 8, 1, 2, 2, 32, 8}, 8, image::KvFormat::k8v8, {}, ""});
  std::vector<std::size_t> indices;
  for (std::size_t shard = 1; shard <= 3; ++shard) {
    bench::SweepOptions options;
    options.shard = shard;
    options.shards = 3;
    const auto report = bench::run_sweep(board, port, set, nullptr, options, no_progress);
    REQUIRE(report);
    CHECK(report->models == 7);
    for (const auto& row : report->rows) indices.push_back(row.index);
  }
  std::sort(indices.begin(), indices.end());
  CHECK(indices == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6});
}

TEST_CASE("bench: rates follow clock, ticks and cycles per tick", "[bench]") {
  CHECK(bench::rate(2, 1000, 1'000'000, 1) == Approx(2000));
  CHECK(bench::rate(1, 1000, 1'000'000, 2) == Approx(500));
  CHECK(bench::rate(1, 0, 1'000'000, 1) == 0);
}

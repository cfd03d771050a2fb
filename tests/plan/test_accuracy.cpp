// SPDX-License-Identifier: MIT
// What `mcullm plan` predicts beside what a simulated board counts, for models and shapes that the costs in
// the register were not fitted to. Counts of a simulator do not depend on the computer, so the bound is
// exact.
#include <fmt/format.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "bench/bench.hpp"
#include "boards/board_register.hpp"
#include "image/random_model.hpp"
#include "plan/arena.hpp"
#include "sim/open_port.hpp"

using namespace mcullm;

namespace {

constexpr double most_off = 0.25;

struct Model {
  std::string name;
  std::vector<std::byte> bytes;
};

auto bundled(const std::string& name) -> Model {
  const auto bytes = read_file(fmt::format("{}/models/{}.mcm", MCULLM_SOURCE_DIR, name));
  REQUIRE(bytes);
  return {name, *bytes};
}

auto random(const checkpoint::ModelShape& s, image::KvFormat kv, int bits) -> Model {
  return {fmt::format("{},{},{},{},{},{} w{}", s.dim, s.hidden_dim, s.n_layers, s.n_heads, s.n_kv_heads,
                      s.vocab_size, bits),
          image::write_model_image(image::random_model_image({.shape = s, .kv_format = kv, .bits = bits}))};
}

// Shapes that no set of shapes has.
auto odd_shapes() -> std::vector<Model> {
  using image::KvFormat;
  return {random({24, 100, 2, 3, 1, 61, 40}, KvFormat::k8v8, 8),
          random({40, 56, 1, 5, 5, 130, 33}, KvFormat::k16v8, 4),
          random({56, 36, 3, 4, 2, 90, 24}, KvFormat::k16v16, 8)};
}

auto all_models() -> std::vector<Model> {
  auto models = odd_shapes();
  for (const auto* name : {"tales27k", "tales260k", "tales260k.w4"}) models.push_back(bundled(name));
  return models;
}

// Prompt and text at the beginning and at a position that is far enough for the cache to count.
auto tests_of(const image::ModelImage& image, int depth) -> std::vector<bench::Test> {
  using Kind = bench::Test::Kind;
  const int later = std::min(depth, image.shape.context - 2);
  return {{Kind::prefill, 3, 0}, {Kind::decode, 2, 0}, {Kind::prefill, 2, later}, {Kind::decode, 2, later}};
}

// Runs the models that the board has room for; returns how many.
auto compare(const std::string& id, const std::vector<Model>& models, int depth) -> int {
  const auto known = boards::load_register("");
  REQUIRE(known);
  const auto* entry = known->find(id);
  REQUIRE(entry != nullptr);
  auto line = sim::open_port(entry->simulator);
  REQUIRE(line);
  auto connected = std::make_unique<link::Board>(std::move(*line));
  REQUIRE(connected->connect());
  std::atomic<bool> cancel = false;
  bench::MeasuredBoard board(std::move(connected), entry->simulator, {}, &cancel);
  int ran = 0;
  for (const auto& model : models) {
    CAPTURE(id, model.name);
    const auto image = image::parse_model_image(model.bytes, model.name);
    REQUIRE(image);
    if (const auto running = board.run(model.bytes, no_progress); !running) {
      INFO(running.error().what);
      REQUIRE(running.error().exit == Exit::refused);
      continue;
    }
    ran++;
    const auto report = bench::run_bench(board, entry->simulator, *image, model.bytes.size(), entry,
                                         {tests_of(*image, depth), 1}, no_progress);
    REQUIRE(report);
    if (id != "uno") {  // whose layout follows what the chip has left
      CHECK(std::abs(static_cast<double>(report->arena_bytes) -
                     static_cast<double>(entry->memory.arena_bytes)) <= 512);  // a build more or less
      const auto use = plan::arena_use(plan::size_of(*image, 0), entry->places);
      CHECK(report->arena_bytes_used == use.total());
    }
    for (const auto& test : report->tests) {
      REQUIRE(test.predicted_tokens_per_second);
      const double off = *test.predicted_tokens_per_second / test.tokens_per_second - 1;
      fmt::print("{:10} {:24} {:16} {:9.1f} tok/s, predicted {:+5.1f} %\n", id, model.name, test.test.name(),
                 test.tokens_per_second, 100 * off);
      CAPTURE(test.test.name(), test.tokens_per_second, *test.predicted_tokens_per_second);
      CHECK(std::abs(off) < most_off);
    }
  }
  return ran;
}

}  // namespace

TEST_CASE("plan: within a quarter of a simulated Uno", "[uno]") {
  CHECK(compare("uno", all_models(), 24) >= 4);
}
TEST_CASE("plan: within a quarter of a simulated Pico", "[pico]") {
  CHECK(compare("pico", all_models(), 100) == 6);
}
TEST_CASE("plan: within a quarter of an STM32F405", "[stm32f405]") {
  CHECK(compare("stm32f405", all_models(), 100) >= 4);
}
TEST_CASE("plan: within a quarter of a Musca-B1", "[musca-b1]") {
  CHECK(compare("musca-b1", all_models(), 100) == 6);
}
TEST_CASE("plan: within a quarter of RV32IMC", "[rv32]") { CHECK(compare("rv32", all_models(), 100) == 6); }
TEST_CASE("plan: within a quarter of RV32IMAC with Zb", "[rv32-zb]") {
  CHECK(compare("rv32-zb", odd_shapes(), 100) == 3);
}
TEST_CASE("plan: within a quarter of an lx106", "[xtensa]") {
  CHECK(compare("xtensa", all_models(), 100) >= 4);
}
TEST_CASE("plan: within a quarter of a micro:bit", "[microbit]") {
  CHECK(compare("microbit", odd_shapes(), 30) >= 2);
}

// SPDX-License-Identifier: MIT
// What the boards in QEMU have of their own: starts that differ, flash that lasts or that nobody can write.
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <numeric>
#include <string>

#include "base/file.hpp"
#include "flash/upload.hpp"
#include "link/board.hpp"
#include "sim/open_port.hpp"

using namespace mcullm;
namespace fs = std::filesystem;

namespace {

auto vector_file(const std::string& name) -> fs::path {
  return fs::path(MCULLM_SOURCE_DIR) / "proto" / "vectors" / name;
}

auto model(const std::string& name) -> std::vector<std::byte> {
  auto bytes = read_file(vector_file(name));
  REQUIRE(bytes);
  return *bytes;
}

// Nothing where the emulator or the agent's compiler is not installed.
auto plug_in(const std::string& board, const sim::PortOptions& options = {}) -> std::unique_ptr<link::Board> {
  auto line = sim::open_port("sim:" + board, options);
  if (!line && line.error().exit == Exit::no_device) {
    WARN("SKIPPED: " << line.error().what << "; " << line.error().hint);
    return nullptr;
  }
  if (!line) FAIL(line.error().what);
  auto plugged = std::make_unique<link::Board>(std::move(*line), link::SessionOptions{});
  if (auto hello = plugged->connect(); !hello) FAIL(hello.error().what);
  return plugged;
}

}  // namespace

TEST_CASE("qemu: no start has the boot id of another, and a reset is a start", "[qemu]") {
  const std::string name = GENERATE("musca-b1", "stm32f405", "rv32", "microbit", "xtensa");
  CAPTURE(name);
  auto board = plug_in(name);
  if (!board) return;
  std::vector<int> ids = {board->hello().boot_id};
  for (int i = 0; i < 3; ++i) {
    const auto hello = board->reset();
    if (!hello) FAIL(hello.error().what);
    REQUIRE(hello);
    ids.push_back(hello->boot_id);
  }
  board.reset();
  board = plug_in(name);
  ids.push_back(board->hello().boot_id);
  std::sort(ids.begin(), ids.end());
  CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
}

TEST_CASE("qemu: a model larger than the flash is refused before the board starts", "[qemu]") {
  const auto [name, room] = GENERATE(std::pair{"microbit", 128 << 10}, std::pair{"xtensa", 4 << 20});
  CAPTURE(name);
  const auto file = fs::temp_directory_path() / ("mcullm-too-large-" + std::to_string(getpid()));
  REQUIRE(write_file(file, std::vector<std::byte>(static_cast<std::size_t>(room) + 1)));
  const auto line = sim::open_port(std::string("sim:") + name, {.model = file});
  fs::remove(file);
  REQUIRE_FALSE(line);
  if (line.error().exit == Exit::no_device) {
    WARN("SKIPPED: " << line.error().what);
    return;
  }
  CHECK(line.error().exit == Exit::refused);
  CHECK(line.error().what.find("room for " + std::to_string(room)) != std::string::npos);
}

TEST_CASE("qemu: a board with a ROM has the model with which it was started, before and after a reset",
          "[qemu]") {
  const std::string name = GENERATE("musca-b1", "stm32f405");
  CAPTURE(name);
  const auto file = vector_file("gqa-w8-k8v8.mcm");
  auto board = plug_in(name, {.model = file});
  if (!board) return;
  CHECK(board->hello().model.status == MCL_MODEL_RUNS);
  CHECK(flash::ensure_model(*board, model("gqa-w8-k8v8.mcm"))->already_there);
  const auto other = flash::upload(*board, model("gqa-w4-k8v8.mcm"));
  REQUIRE_FALSE(other);
  CHECK(other.error().exit == Exit::refused);
  CHECK(other.error().what.find("cannot write its storage") != std::string::npos);
  CHECK(board->store_begin(4096).error().exit == Exit::refused);
  CHECK(board->token(1, 0));  // the attempts have not cost the model
  REQUIRE(board->reset());
  CHECK(board->hello().model.status == MCL_MODEL_RUNS);
  CHECK(board->stats()->stack_bytes > 100);
}

TEST_CASE("qemu: the flash of the RISC-V machine is programmed over the link, and lasts", "[qemu]") {
  const fs::path store = fs::temp_directory_path() / ("mcullm-qemu-" + std::to_string(::getpid()));
  const auto first = model("gqa-w8-k8v8.mcm"), second = model("mha-w4-k16v8.mcm");
  for (const auto* image : {&first, &second}) {
    auto board = plug_in("rv32", {.store = store});
    if (!board) return;
    const auto report = flash::upload(*board, *image);
    REQUIRE(report);
    CHECK(report->sent_bytes >= image->size() / 2);
  }
  auto board = plug_in("rv32-zb", {.store = store});
  if (board) CHECK(flash::ensure_model(*board, second)->already_there);
  board.reset();
  fs::remove(store);
}

TEST_CASE("qemu: the flash of the micro:bit is programmed over the link, and outlives a reset", "[qemu]") {
  auto board = plug_in("microbit");
  if (!board) return;
  CHECK(board->hello().model.status == MCL_MODEL_NONE);
  for (const auto* name : {"gqa-w8-k8v8.mcm", "mqa-w8-k16v16.mcm"}) {
    const auto image = model(name);
    const auto report = flash::upload(*board, image);
    REQUIRE(report);
    CHECK(report->sent_bytes >= image.size() / 2);
    REQUIRE(board->reset());
    CHECK(flash::ensure_model(*board, image)->already_there);
  }
}

TEST_CASE("qemu: the ticks of a token are those of its operations, and repeat", "[qemu]") {
  const std::string name = GENERATE("musca-b1", "rv32");
  CAPTURE(name);
  auto board = plug_in(name, {.model = vector_file("gqa-w8-k8v8.mcm")});
  if (!board) return;
  CHECK(board->hello().tick_unit == MCL_TICKS_INSTRUCTIONS);
  std::uint32_t ticks = 0;
  for (int run = 0; run < 3; ++run) {
    const auto token = board->token(1, 0);
    REQUIRE(token);
    const auto profile = board->profile();
    REQUIRE(profile);
    CHECK(std::accumulate(profile->by_op.begin(), profile->by_op.end(), 0U) == profile->ticks);
    CHECK(token->ticks >= profile->ticks);
    // a timer's interrupt may fall into one run and not into the other
    if (run > 0) CHECK(std::abs(static_cast<int>(token->ticks - ticks)) < 400);
    ticks = token->ticks;
  }
}

TEST_CASE("qemu: of a model of 15 million parameters, the classifier takes its share of the weights",
          "[qemu]") {
  const fs::path file = MCULLM_15M;
  if (!fs::exists(file)) {
    WARN("SKIPPED: no " << file.string());
    return;
  }
  auto board = plug_in("musca-b1", {.model = file});
  if (!board) return;
  REQUIRE(board->token(1, 0));
  const auto profile = board->profile();
  REQUIRE(profile);
  const double share = profile->by_op[MCL_OP_LOGITS] / static_cast<double>(profile->ticks);
  WARN("instructions of a token: " << profile->ticks << ", of its classifier: " << 100 * share << " %");
  // vocab * dim of 15.2 million weights
  CHECK(share > 0.55);
  CHECK(share < 0.70);
}

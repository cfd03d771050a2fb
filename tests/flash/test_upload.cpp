// SPDX-License-Identifier: MIT
// Uploads to the real agent, broken off at every frame in several ways.
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <random>

#include "flash/upload.hpp"
#include "proto/bytes.h"
#include "proto/crc32.h"
#include "proto/image_fields.h"
#include "sim/open_port.hpp"
#include "tests/image/sample_image.hpp"

using namespace mcullm;
using std::chrono::milliseconds;
namespace fs = std::filesystem;

namespace {

using Image = std::vector<std::byte>;

// How an upload ends early, at a certain frame.
enum class Break { none, host_before, host_after, board_killed };

// Counts the frames sent and breaks at one of them.
class BreakingLine : public link::Transport {
 public:
  BreakingLine(std::unique_ptr<Transport> line, Break kind, int frame, int* frames)
      : line_(std::move(line)), kind_(kind), frame_(frame), frames_(frames) {}

  auto read(std::span<std::byte> into, milliseconds patience) -> std::size_t override {
    return connected() ? line_->read(into, patience) : 0;
  }
  void write(std::span<const std::byte> bytes) override {
    const bool now = ++*frames_ == frame_;
    if (now && kind_ == Break::host_before) gone_ = true;
    if (!gone_) line_->write(bytes);
    if (now && kind_ == Break::host_after) gone_ = true;
    if (now && kind_ == Break::board_killed) line_->reset();
  }
  void drain() override { line_->drain(); }
  auto connected() const -> bool override { return !gone_ && line_->connected(); }
  auto name() const -> std::string override { return line_->name(); }

 private:
  std::unique_ptr<Transport> line_;
  Break kind_;
  int frame_;
  int* frames_;
  bool gone_ = false;
};

// A board whose flash is a file that outlives it.
class Bench {
 public:
  Bench() : store_(fs::temp_directory_path() / fmt::format("mcullm-flash-{}", ::getpid())) { erase(); }
  ~Bench() { erase(); }
  void erase() { fs::remove(store_); }

  auto plug_in(Break kind = Break::none, int frame = 0, const std::string& agent_options = "")
      -> link::Board {
    auto line = sim::open_port(fmt::format("exec:exec '{}' --store '{}' --store-bytes 131072 {}",
                                           MCULLM_AGENT, store_.string(), agent_options));
    REQUIRE(line);
    link::SessionOptions options;
    options.hello_interval = milliseconds{1000};  // one HELLO: the frames are counted
    options.round_trip = {.first = milliseconds{40}, .least = milliseconds{20}, .most = milliseconds{500}};
    frames = 0;
    return link::Board(std::make_unique<BreakingLine>(std::move(line).value(), kind, frame, &frames),
                       options);
  }

  int frames = 0;  // sent by the last board

 private:
  fs::path store_;
};

auto image_of(std::uint32_t seed) -> Image {
  const checkpoint::ModelShape shape{.dim = 32,
                                     .hidden_dim = 48,
                                     .n_layers = 2,
                                     .n_heads = 4,
                                     .n_kv_heads = 2,
                                     .vocab_size = 256,
                                     .context = 16};
  return image::write_model_image(tests::sample_model_image(shape, {}, seed));
}

auto header_crc(const Image& image) -> std::uint32_t {
  return mcl_get_u32(reinterpret_cast<const std::uint8_t*>(image.data()) + MCL_AT_HEADER_CRC);
}

// What the board runs, if anything, is one of these images to the last byte.
void check_never_half(link::Board& board, const std::vector<Image>& allowed) {
  if (board.hello().model.status != MCL_MODEL_RUNS) return;
  bool known = false;
  for (const auto& image : allowed) {
    if (header_crc(image) != board.hello().model.header_crc) continue;
    known = true;
    const auto crc = board.store_crc(0, static_cast<std::uint32_t>(image.size()));
    REQUIRE(crc);
    CHECK(*crc == mcl_crc32(0, image.data(), image.size()));
  }
  CHECK(known);
}

auto must_upload(link::Board& board, const Image& image) -> flash::UploadReport {
  const auto hello = board.connect();
  if (!hello) FAIL(hello.error().what);
  const auto report = flash::upload(board, image);
  if (!report) FAIL(report.error().what);
  CHECK(board.hello().model.status == MCL_MODEL_RUNS);
  CHECK(board.hello().model.header_crc == header_crc(image));
  return *report;
}

constexpr std::uint64_t erase_bytes = 4096;

}  // namespace

TEST_CASE("upload: the image arrives, runs after a restart, and is not sent twice", "[flash]") {
  Bench bench;
  const auto image = image_of(1);
  {
    auto board = bench.plug_in();
    const auto report = must_upload(board, image);
    CHECK(report.sent_bytes == image.size());
    CHECK(report.kept_bytes == 0);
    CHECK_FALSE(report.already_there);
    CHECK(board.token(1, 0));
  }
  auto board = bench.plug_in();
  REQUIRE(board.connect());
  check_never_half(board, {image});
  CHECK(board.hello().model.status == MCL_MODEL_RUNS);
  const auto before = bench.frames;
  const auto again = flash::ensure_model(board, image);
  REQUIRE(again);
  CHECK(again->already_there);
  CHECK(bench.frames == before);
}

TEST_CASE("upload: only what differs is sent", "[flash]") {
  Bench bench;
  auto image = image_of(1);
  auto board = bench.plug_in();
  must_upload(board, image);
  const auto report = must_upload(board, image);
  CHECK(report.sent_bytes <= erase_bytes);
  CHECK(report.kept_bytes >= image.size() - erase_bytes);
}

TEST_CASE("upload: progress only rises, and ends at the whole image", "[flash]") {
  Bench bench;
  const auto image = image_of(1);
  auto board = bench.plug_in();
  REQUIRE(board.connect());
  std::uint64_t last = 0;
  bool rises = true;
  REQUIRE(flash::upload(board, image, [&](const Progress& progress) {
    rises = rises && progress.done >= last && progress.total == image.size();
    last = progress.done;
  }));
  CHECK(rises);
  CHECK(last == image.size());
}

TEST_CASE("upload: an image that is too long for the storage is refused before the first byte", "[flash]") {
  Bench bench;
  const auto image = image_of(1);
  auto board = bench.plug_in(Break::none, 0, "--store-bytes 8192");
  REQUIRE(board.connect());
  const auto before = bench.frames;
  const auto report = flash::upload(board, image);
  REQUIRE_FALSE(report);
  CHECK(report.error().exit == Exit::refused);
  CHECK(report.error().what.find(fmt::format("has {} bytes", image.size())) != std::string::npos);
  CHECK(report.error().what.find("holds 8192") != std::string::npos);
  CHECK(bench.frames == before);
}

TEST_CASE("upload: a board that cannot write its storage says so, and which model it holds matters",
          "[flash]") {
  const auto image = image_of(1);
  mcl_hello_t hello{};
  hello.store_bytes = 1 << 20;
  hello.erase_bytes = 0;
  hello.model.status = MCL_MODEL_NONE;
  const auto empty = flash::check_fit(hello, image);
  REQUIRE_FALSE(empty);
  CHECK(empty.error().exit == Exit::refused);
  CHECK(empty.error().what.find("cannot write its storage, which holds no model") != std::string::npos);
  hello.model.status = MCL_MODEL_RUNS;
  hello.model.header_crc = header_crc(image_of(2));
  CHECK(flash::check_fit(hello, image).error().what.find("another model") != std::string::npos);
  hello.model.header_crc = header_crc(image);
  CHECK(flash::check_fit(hello, image));
}

TEST_CASE("upload: a model that needs more memory than there is is refused before its body is sent",
          "[flash]") {
  Bench bench;
  const auto image = image_of(1);
  auto board = bench.plug_in(Break::none, 0, "--arena 2048");
  REQUIRE(board.connect());
  const auto report = flash::upload(board, image);
  REQUIRE_FALSE(report);
  CHECK(report.error().exit == Exit::refused);
  CHECK(report.error().what.find("the board has 2048") != std::string::npos);
  CHECK(bench.frames < 8);
}

TEST_CASE("upload: what is no model image is refused by name, and the board not asked", "[flash]") {
  Bench bench;
  auto board = bench.plug_in();
  REQUIRE(board.connect());
  const auto before = bench.frames;
  auto image = image_of(1);
  CHECK(flash::upload(board, Image(100)).error().what.find("100 bytes are too short") != std::string::npos);
  auto longer = image;
  longer.push_back(std::byte{0});
  CHECK(flash::upload(board, longer).error().what.find("its header says") != std::string::npos);
  image[30] ^= std::byte{1};
  CHECK(flash::upload(board, image).error().exit == Exit::input);
  CHECK(bench.frames == before);
}

TEST_CASE("upload: a plan changes nothing", "[flash]") {
  Bench bench;
  const auto old_image = image_of(1), new_image = image_of(2);
  auto board = bench.plug_in();
  must_upload(board, old_image);
  const auto same = flash::plan(board, old_image);
  REQUIRE(same);
  CHECK(same->already_there);
  const auto other = flash::plan(board, new_image);
  REQUIRE(other);
  CHECK(other->sent_bytes > 0);
  REQUIRE(board.connect());
  check_never_half(board, {old_image});
  CHECK(board.hello().model.status == MCL_MODEL_RUNS);
}

TEST_CASE("upload: broken off at every frame, it goes on, and no half image ever runs", "[flash]") {
  const auto kind = GENERATE(Break::host_before, Break::host_after, Break::board_killed);
  const auto old_image = image_of(1), new_image = image_of(2);
  Bench bench;
  int runs = 0;
  for (int frame = 2; runs < 200; ++frame, ++runs) {  // frame 1 is HELLO
    CAPTURE(static_cast<int>(kind), frame);
    bench.erase();
    {
      auto board = bench.plug_in();
      must_upload(board, old_image);
    }
    bool broke = true;
    {
      auto board = bench.plug_in(kind, frame);
      const auto hello = board.connect();
      if (!hello) FAIL(hello.error().what);
      const auto report = flash::upload(board, new_image);
      broke = bench.frames >= frame;
      if (kind == Break::board_killed) {
        if (!report) FAIL(report.error().what);
        CHECK(report->restarts <= 1);
        CHECK(report->sent_bytes <= new_image.size() + 3 * erase_bytes);
      } else if (broke) {
        CHECK((report ? bench.frames == frame : report.error().exit == Exit::link));
      }
    }
    auto board = bench.plug_in();
    REQUIRE(board.connect());
    check_never_half(board, {old_image, new_image});
    must_upload(board, new_image);
    CHECK(board.token(1, 0));
    if (!broke) break;
  }
  CHECK(runs > 30);
  CHECK(runs < 200);
}

TEST_CASE("upload: resuming sends one erase block again at most, besides the first", "[flash]") {
  const auto image = image_of(2);
  Bench bench;
  for (int frame = 5; frame < 40; frame += 3) {
    CAPTURE(frame);
    bench.erase();
    std::uint64_t sent_before = 0;
    {
      auto board = bench.plug_in(Break::host_before, frame);
      REQUIRE(board.connect());
      const auto report = flash::upload(board, image, [&](const Progress& p) { sent_before = p.done; });
      if (report) continue;
    }
    auto board = bench.plug_in();
    const auto report = must_upload(board, image);
    CHECK(report.sent_bytes <= image.size() - std::min(sent_before, image.size()) + 2 * erase_bytes);
  }
}

TEST_CASE("upload: broken off several times at random, it arrives all the same", "[flash]") {
  std::mt19937 random(8);
  Bench bench;
  for (std::uint32_t run = 0; run < 15; ++run) {
    const auto image = image_of(10 + run);
    const auto breaks = 2 + random() % 9;
    for (unsigned i = 0; i < breaks; ++i) {
      const auto kind = std::array{Break::host_before, Break::host_after, Break::board_killed}[random() % 3];
      {
        auto board = bench.plug_in(kind, 2 + static_cast<int>(random() % 40));
        REQUIRE(board.connect());
        (void)flash::upload(board, image);
      }
      auto board = bench.plug_in();
      REQUIRE(board.connect());
      check_never_half(board, {image, image_of(9 + run)});
    }
    auto board = bench.plug_in();
    must_upload(board, image);
  }
}

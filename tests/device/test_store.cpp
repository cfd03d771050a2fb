// SPDX-License-Identifier: MIT
// Images into the storage: whole, broken off, damaged, too large.
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "fake_board.hpp"
#include "proto/bytes.h"
#include "proto/crc32.h"
#include "proto/image_fields.h"

namespace {

const std::string golden = "gqa-w8-k16v8.mcm";

auto write(FakeBoard& board, std::size_t offset, const Bytes& image, std::size_t n) -> Frame {
  const Bytes piece(image.begin() + static_cast<std::ptrdiff_t>(offset),
                    image.begin() + static_cast<std::ptrdiff_t>(offset + n));
  return board.request(MCL_STORE_WRITE, Payload().u32(static_cast<std::uint32_t>(offset)).bytes(piece));
}

auto begin(FakeBoard& board, const Bytes& image) -> Frame {
  return board.request(MCL_STORE_BEGIN, Payload().u32(static_cast<std::uint32_t>(image.size())));
}

auto commit(FakeBoard& board, const Bytes& image) -> Frame {
  return board.request(MCL_STORE_COMMIT, Payload().u32(mcl_get_u32(&image[20])));
}

// The header's own CRC again after a change.
void seal(Bytes& image) {
  mcl_put_u32(&image[MCL_AT_HEADER_CRC], 0);
  mcl_put_u32(&image[MCL_AT_HEADER_CRC], mcl_crc32(0, image.data(), 512));
}

// The same after a change of the layers.
void seal_layers(Bytes& image) {
  const auto bytes = mcl_get_u16(&image[MCL_AT_N_LAYERS]) * mcl_get_u32(&image[MCL_AT_LAYER_BYTES]);
  mcl_put_u32(&image[MCL_AT_LAYERS_CRC], mcl_crc32(0, &image[512], bytes));
  seal(image);
}

}  // namespace

TEST_CASE("device: a stored image runs, at once and after a restart", "[device][store]") {
  const auto payload = GENERATE(std::uint16_t{96}, std::uint16_t{133}, std::uint16_t{1024});
  const auto erase = GENERATE(512U, 4096U);
  const auto image = read_image(golden);
  FakeBoard board({.max_payload = payload, .erase_bytes = erase});
  board.hello();
  const auto committed = board.store_image(image);
  CHECK(committed.status() == MCL_OK);
  mcl_model_state_t state;
  REQUIRE(mcl_model_state_unpack(&state, committed.payload.data() + 1, committed.payload.size() - 1));
  CHECK(state.status == MCL_MODEL_RUNS);
  CHECK(state.header_crc == mcl_get_u32(&image[20]));
  CHECK(std::equal(image.begin(), image.end(), board.store.begin()));
  CHECK(board.request(MCL_TOKEN, Payload().u16(1).u16(0)).status() == MCL_OK);

  FakeBoard restarted({.max_payload = payload, .erase_bytes = erase}, board.store);
  const auto hello = restarted.hello();
  CHECK(hello.model.status == MCL_MODEL_RUNS);
  CHECK(hello.workspace_bytes < hello.arena_bytes);
}

TEST_CASE("device: STORE_BEGIN makes the old image invalid at once", "[device][store]") {
  const auto image = read_image(golden);
  FakeBoard board({});
  board.hello();
  REQUIRE(board.store_image(image).status() == MCL_OK);
  const auto begun = begin(board, image);
  CHECK(begun.u32(1) == 512);
  CHECK(board.hello().model.status == MCL_MODEL_NONE);
  CHECK(board.request(MCL_TOKEN, Payload().u16(1).u16(0)).status() == MCL_ERR_MODEL);
  FakeBoard restarted({}, board.store);
  CHECK(restarted.hello().model.status == MCL_MODEL_NONE);
}

TEST_CASE("device: a restart after any number of written blocks never shows a model", "[device][store]") {
  const auto image = read_image(golden);
  Bytes old_store;
  {
    FakeBoard board({});
    board.hello();
    REQUIRE(board.store_image(image).status() == MCL_OK);
    old_store = board.store;
  }
  for (std::size_t blocks = 0; blocks * 512 + 512 < image.size(); blocks += 3) {
    CAPTURE(blocks);
    FakeBoard board({}, old_store);
    board.hello();
    REQUIRE(begin(board, image).status() == MCL_OK);
    for (std::size_t i = 0; i < blocks; i++) {
      REQUIRE(write(board, 512 + 512 * i, image, std::min<std::size_t>(512, image.size() - 512 - 512 * i))
                  .status() == MCL_OK);
    }
    FakeBoard restarted({}, board.store);
    CHECK(restarted.hello().model.status == MCL_MODEL_NONE);
    REQUIRE(restarted.store_image(image).status() == MCL_OK);
  }
}

TEST_CASE("device: an upload resumes at an erase block that differs", "[device][store]") {
  constexpr std::size_t erase = 1024;
  const auto image = read_image(golden);
  REQUIRE(image.size() > 5 * erase);
  const auto write_blocks = [&](FakeBoard& board, std::size_t from, std::size_t to) {
    for (auto at = from; at < to; at += 512)
      REQUIRE(write(board, at, image, std::min(to - at, erase / 2)).status() == MCL_OK);
  };
  FakeBoard first({.erase_bytes = erase});
  first.hello();
  REQUIRE(begin(first, image).status() == MCL_OK);
  write_blocks(first, 512, 3 * erase + 512);

  FakeBoard board({.erase_bytes = erase}, first.store);
  board.hello();
  REQUIRE(begin(board, image).status() == MCL_OK);
  const auto crc = board.request(MCL_STORE_CRC, Payload().u32(erase).u32(2 * erase));
  CHECK(crc.u32(1) == mcl_crc32(0, &image[erase], 2 * erase));
  write_blocks(board, 512, erase);
  const auto before = board.programs;
  write_blocks(board, 3 * erase, image.size());
  CHECK(board.programs == before + static_cast<int>((image.size() - 3 * erase + 511) / 512));
  REQUIRE(write(board, 0, image, 512).status() == MCL_OK);
  CHECK(commit(board, image).status() == MCL_OK);
}

TEST_CASE("device: STORE requests out of order are refused with what was expected", "[device][store]") {
  const auto image = read_image(golden);
  FakeBoard board({});
  board.hello();
  CHECK(write(board, 512, image, 16).status() == MCL_ERR_STATE);
  CHECK(commit(board, image).status() == MCL_ERR_STATE);
  CHECK(board.request(MCL_STORE_BEGIN, Payload().u32(512)).status() == MCL_ERR_RANGE);
  const auto large = board.request(MCL_STORE_BEGIN, Payload().u32(1U << 20));
  CHECK(large.status() == MCL_ERR_MEMORY);
  CHECK(large.u32(5) == board.store.size());
  REQUIRE(begin(board, image).status() == MCL_OK);
  const auto gap = write(board, 520, image, 16);
  CHECK(gap.status() == MCL_ERR_STATE);
  CHECK(gap.u32(1) == 512);
  CHECK(gap.u32(5) == 520);
  CHECK(write(board, 512, image, 16).u32(1) == 528);
  // the header does not push out a block of data that is not complete
  CHECK(write(board, 0, image, 16).status() == MCL_ERR_STATE);
  CHECK(write(board, 528, image, 496).u32(1) == 1024);
  CHECK(write(board, 16, image, 16).status() == MCL_ERR_STATE);
  CHECK(write(board, 0, image, 16).status() == MCL_OK);
  CHECK(write(board, 16, image, 497).status() == MCL_ERR_RANGE);
  CHECK(commit(board, image).status() == MCL_ERR_STATE);
  const auto beyond = board.request(
      MCL_STORE_WRITE, Payload().u32(static_cast<std::uint32_t>(image.size() & ~4095U)).bytes(Bytes(1020)));
  CHECK(beyond.status() == (((image.size() & 4095U) < 1020) ? MCL_ERR_RANGE : MCL_OK));
}

TEST_CASE("device: COMMIT refuses damage, wrong headers and models without room", "[device][store]") {
  auto image = read_image(golden);
  FakeBoard board({});
  board.hello();
  SECTION("a byte of the tape") {
    auto damaged = image;
    damaged[700] ^= 1;
    const auto reply = board.store_image(damaged);
    CHECK(reply.status() == MCL_ERR_CRC);
    CHECK(reply.u32(1) == mcl_get_u32(&image[MCL_AT_LAYERS_CRC]));
  }
  SECTION("a byte of the tokenizer") {
    image.back() ^= 1;
    CHECK(board.store_image(image).status() == MCL_ERR_CRC);
  }
  SECTION("a byte of the header") {
    image[30] ^= 1;
    CHECK(board.store_image(image).status() == MCL_ERR_CRC);
  }
  SECTION("another header than announced") {
    board.store_image(image);
    REQUIRE(begin(board, image).status() == MCL_OK);
    REQUIRE(write(board, 0, image, 512).status() == MCL_OK);
    const auto reply = board.request(MCL_STORE_COMMIT, Payload().u32(1));
    CHECK(reply.status() == MCL_ERR_CRC);
    CHECK(reply.u32(1) == 1);
  }
  SECTION("a field out of its range") {
    mcl_put_u16(&image[MCL_AT_N_LAYERS], 65);
    seal(image);
    const auto reply = board.store_image(image);
    CHECK(reply.status() == MCL_ERR_FORMAT);
    CHECK(reply.u32(1) == MCL_AT_N_LAYERS);
    CHECK(reply.u32(5) == 65);
  }
  SECTION("a shift out of its range") {
    const auto second_layer = 512 + mcl_get_u32(&image[MCL_AT_LAYER_BYTES]);
    image[second_layer + 8] = 31;
    seal_layers(image);
    const auto reply = board.store_image(image);
    CHECK(reply.status() == MCL_ERR_FORMAT);
    CHECK(reply.u32(1) == second_layer + 8);
    CHECK(reply.u32(5) == 31);
  }
  SECTION("another arithmetic") {
    mcl_put_u16(&image[MCL_AT_ARITHMETIC_VERSION], 2);
    seal(image);
    const auto reply = board.store_image(image);
    CHECK(reply.status() == MCL_ERR_VERSION);
    CHECK(reply.u32(5) == 2);
  }
  CHECK(board.hello().model.status == MCL_MODEL_NONE);
}

TEST_CASE("device: any numbers on the tape run without undefined behaviour", "[device][store]") {
  for (const auto* file : {"gqa-w8-k8v8.mcm", "gqa-w4-k8v8.mcm", "mqa-w8-k16v16.mcm"}) {
    auto image = read_image(file);
    std::mt19937 random(1);
    const auto layer_bytes = mcl_get_u32(&image[MCL_AT_LAYER_BYTES]);
    for (std::size_t i = 512; i < mcl_get_u32(&image[MCL_AT_CLASSIFIER_OFFSET]); i++) {
      // extremes at first, then anything
      const auto value = i % 3 == 0 ? 0x80U : i % 3 == 1 ? 0x7FU : random();
      if ((i - 512) % layer_bytes >= 16) image[i] = static_cast<std::uint8_t>(value);
    }
    seal_layers(image);
    FakeBoard board({});
    board.hello();
    REQUIRE(board.store_image(image).status() == MCL_OK);
    const auto reply =
        board.request(MCL_GENERATE, Payload().u16(1).u16(0).u8(16).u8(0).u32(94548).u32(60000).u64(1));
    CHECK(reply.status() == MCL_OK);
  }
}

TEST_CASE("device: MEMORY tells every byte, with and without a model", "[device][store]") {
  const auto image = read_image(golden);
  FakeBoard board({});
  const auto arena = board.hello().arena_bytes;
  const auto parts = [&] {
    const auto reply = board.request(MCL_MEMORY);
    REQUIRE(reply.status() == MCL_OK);
    REQUIRE(reply.payload.size() % MCL_MEMORY_PART_BYTES == 1);
    std::map<int, std::uint32_t> bytes;
    for (std::size_t at = 1; at < reply.payload.size(); at += MCL_MEMORY_PART_BYTES) {
      const int part = reply.payload[at];
      CHECK(reply.payload[at + 1] == (part == MCL_PART_IMAGE ? MCL_PLACE_STORAGE : MCL_PLACE_RAM));
      CHECK(bytes.emplace(part, reply.u32(at + 2)).second);
    }
    return bytes;
  };
  auto empty = parts();
  CHECK(empty.size() == 2);
  CHECK(empty[MCL_PART_FREE] == arena);
  CHECK(empty[MCL_PART_LINK] >= 2 * board.options.max_payload);

  REQUIRE(board.store_image(image).status() == MCL_OK);
  auto full = parts();
  CHECK(full[MCL_PART_IMAGE] == image.size());
  const auto used = full[MCL_PART_VECTORS] + full[MCL_PART_LOGITS] + full[MCL_PART_CACHE];
  CHECK(used == board.request(MCL_STATS).u32(21));
  CHECK(used + full[MCL_PART_FREE] == arena);
  CHECK(full.count(MCL_PART_KEPT) == 0);  // this board copies nothing
}

TEST_CASE("device: a model without room is refused with the numbers, before and after a restart",
          "[device][store]") {
  const auto image = read_image(golden);
  FakeBoard roomy({});
  roomy.hello();
  REQUIRE(roomy.store_image(image).status() == MCL_OK);
  const auto needed = roomy.request(MCL_STATS).u32(21);
  const auto arena = (needed + 7) / 8 * 8;

  FakeBoard exact({.arena_bytes = arena}, roomy.store);
  CHECK(exact.hello().model.status == MCL_MODEL_RUNS);
  CHECK(exact.request(MCL_TOKEN, Payload().u16(1).u16(0)).status() == MCL_OK);

  FakeBoard tight({.arena_bytes = arena - 8}, roomy.store);
  const auto hello = tight.hello();
  CHECK(hello.model.status == MCL_MODEL_TOO_LARGE);
  CHECK(hello.model.detail_a == needed);
  CHECK(hello.model.detail_b == arena - 8);
  const auto refused = tight.store_image(image);
  CHECK(refused.status() == MCL_ERR_MEMORY);
  CHECK(refused.u32(1) == needed);
  CHECK(refused.u32(5) == arena - 8);
}

TEST_CASE("device: a damaged or foreign store is told apart at the start", "[device][store]") {
  const auto image = read_image(golden);
  Bytes store(1U << 17, 0xFF);
  std::copy(image.begin(), image.end(), store.begin());
  SECTION("damaged") {
    store[5000] ^= 1;
    FakeBoard board({}, store);
    CHECK(board.hello().model.status == MCL_MODEL_DAMAGED);
  }
  SECTION("refused") {
    store[26] ^= 1;
    FakeBoard board({}, store);
    const auto model = board.hello().model;
    CHECK(model.status == MCL_MODEL_REFUSED);
    CHECK(model.detail_a == MCL_AT_HEADER_CRC);
  }
  SECTION("longer than the storage") {
    store.resize(8192);
    FakeBoard board({}, store);
    CHECK(board.hello().model.status == MCL_MODEL_REFUSED);
  }
}

TEST_CASE("device: a failing storage is reported with the place", "[device][store]") {
  const auto image = read_image(golden);
  FakeBoard board({.erase_bytes = 512});
  board.hello();
  REQUIRE(begin(board, image).status() == MCL_OK);
  board.broken_block = 1024;
  REQUIRE(write(board, 512, image, 512).status() == MCL_OK);
  const auto failed = write(board, 1024, image, 512);
  CHECK(failed.status() == MCL_ERR_STORE);
  CHECK(failed.u32(1) == 1024);
  CHECK(board.request(MCL_STORE_READ, Payload().u32(1024).u16(4)).status() == MCL_ERR_STORE);
  CHECK(board.request(MCL_STORE_CRC, Payload().u32(512).u32(2048)).status() == MCL_ERR_STORE);
  board.broken_block.reset();
  CHECK(write(board, 1024, image, 512).u32(1) == 1536);
}

TEST_CASE("device: reads of the storage stay inside it", "[device][store]") {
  FakeBoard board({});
  board.hello();
  const auto size = static_cast<std::uint32_t>(board.store.size());
  CHECK(board.request(MCL_STORE_READ, Payload().u32(size - 4).u16(4)).payload.size() == 5);
  CHECK(board.request(MCL_STORE_READ, Payload().u32(size - 4).u16(5)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_STORE_CRC, Payload().u32(1).u32(size)).status() == MCL_ERR_RANGE);
  CHECK(board.request(MCL_STORE_CRC, Payload().u32(0xFFFFFFFF).u32(0xFFFFFFFF)).u32(5) == 0xFFFFFFFF);
  CHECK(board.request(MCL_STORE_CRC, Payload().u32(size).u32(0)).u32(1) == 0);
}

TEST_CASE("device: an unfinished upload keeps its block from PUT", "[device][store]") {
  const auto image = read_image(golden);
  FakeBoard board({.arena_bytes = 2048});
  board.hello();
  REQUIRE(begin(board, image).status() == MCL_OK);
  CHECK(board.hello().workspace_bytes == 2048 - 512);
  CHECK(board.request(MCL_PUT, Payload().u32(2048 - 512).u8(1)).status() == MCL_ERR_RANGE);
}

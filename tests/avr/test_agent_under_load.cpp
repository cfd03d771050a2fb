// SPDX-License-Identifier: MIT
// The agent of the ATmega328P while it computes: what the line brings meanwhile, and how far the stack comes.
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/elf_size.hpp"
#include "base/file.hpp"
#include "proto/bytes.h"
#include "proto/message.h"
#include "sim/open_port.hpp"
#include "verify/raw_link.hpp"

using namespace mcullm;
using verify::RawFrame;

namespace {

constexpr std::chrono::seconds patience{60};

// A simulated Uno with a model on its card, met by HELLO.
class Uno {
 public:
  Uno() : card_(std::filesystem::temp_directory_path() / fmt::format("mcullm-load-{}.img", ::getpid())) {
    std::filesystem::copy_file(MCULLM_SOURCE_DIR "/proto/vectors/gqa-w8-k8v8.mcm", card_,
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(card_, 8U << 20);
    auto line =
        sim::open_port(fmt::format("exec:exec {} --firmware {} --sd {}", SIMULATOR, AGENT, card_.string()));
    REQUIRE(line);
    line_ = std::move(line).value();
    link_.emplace(*line_);
    const auto reply = link_->ask({.type = MCL_HELLO, .seq = 1, .payload = {MCL_WIRE_VERSION}});
    REQUIRE(reply);
    mcl_hello_t hello;
    REQUIRE(mcl_hello_unpack(&hello, reply->payload.data() + 1, reply->payload.size() - 1));
    REQUIRE(hello.model.status == MCL_MODEL_RUNS);
    boot_id_ = hello.boot_id;
  }
  ~Uno() {
    line_.reset();
    std::filesystem::remove(card_);
  }
  Uno(const Uno&) = delete;
  auto operator=(const Uno&) -> Uno& = delete;

  auto request(std::uint8_t type, std::vector<std::uint8_t> payload = {}) -> RawFrame {
    return {.type = type, .seq = ++seq_, .boot_id = boot_id_, .payload = std::move(payload)};
  }
  // All at once, as fast as the line carries it.
  void send(const std::vector<RawFrame>& frames, std::size_t noise = 0) {
    std::vector<std::uint8_t> bytes;
    for (const auto& frame : frames) {
      const auto wire = verify::encode(frame);
      bytes.insert(bytes.end(), wire.begin(), wire.end());
    }
    for (std::size_t i = 0; i < noise; i++) bytes.push_back(static_cast<std::uint8_t>(i % 251));
    link_->send(bytes);
  }
  // The reply to this request; counts the BUSY events before it.
  auto reply(const RawFrame& request, int* busy = nullptr) -> RawFrame {
    for (;;) {
      const auto frame = link_->receive(patience);
      REQUIRE(frame);
      if (frame->type == MCL_EVENT_BUSY && frame->seq == request.seq && busy != nullptr) ++*busy;
      if (frame->type == (request.type | MCL_REPLY) && frame->seq == request.seq) return *frame;
    }
  }
  // u32 number `index` of STATS.
  auto stats(std::size_t index) -> std::uint32_t {
    const auto asked = request(MCL_STATS);
    const auto told = link_->ask(asked);
    REQUIRE(told);
    return mcl_get_u32(&told->payload.at(1 + 4 * index));
  }

 private:
  std::filesystem::path card_;
  std::unique_ptr<link::Transport> line_;
  std::optional<verify::RawLink> link_;
  std::uint16_t boot_id_ = 0, seq_ = 10;
};

enum { DROPPED = 1, OVERRUNS = 3, STACK = 4 };

// Runs token 1 at position 0 and `count` tokens in all.
auto generate(std::uint8_t count, std::uint32_t inv_temperature) -> std::vector<std::uint8_t> {
  std::vector<std::uint8_t> payload(22);
  payload[0] = 1;
  payload[4] = count;
  mcl_put_u32(&payload[6], inv_temperature);
  mcl_put_u32(&payload[10], 60000);
  payload[14] = 1;
  return payload;
}

// What a reply says, but for the ticks.
auto content(const RawFrame& reply) -> std::vector<std::uint8_t> {
  REQUIRE(reply.status() == MCL_OK);
  return {reply.payload.begin() + 5, reply.payload.end()};
}

}  // namespace

TEST_CASE("uno: a repeat at the line's full rate in the middle of a token loses no byte", "[avr]") {
  Uno uno;
  const auto quiet = uno.request(MCL_GENERATE, generate(3, 0));
  uno.send({quiet});
  const auto expected = content(uno.reply(quiet));
  // the longest of the requests that run for long; its repeat arrives while nobody asks for bytes
  const auto repeated = uno.request(MCL_GENERATE, generate(3, 0));
  int busy = 0;
  uno.send({repeated, repeated});
  CHECK(content(uno.reply(repeated, &busy)) == expected);
  CHECK(busy == 1);
  CHECK(uno.stats(DROPPED) == 0);
  CHECK(uno.stats(OVERRUNS) == 0);
}

TEST_CASE("uno: a flood in the middle of a token changes nothing that is computed", "[avr]") {
  Uno uno;
  const auto quiet = uno.request(MCL_GENERATE, generate(3, 0));
  uno.send({quiet});
  const auto expected = content(uno.reply(quiet));
  const auto flooded = uno.request(MCL_GENERATE, generate(3, 0));
  std::vector<RawFrame> frames(20, flooded);
  for (int i = 0; i < 20; i++) frames.push_back(uno.request(MCL_PUT, std::vector<std::uint8_t>(90, 0x55)));
  uno.send(frames, 500);
  CHECK(content(uno.reply(flooded)) == expected);
  // what came beyond what it holds is told, and the line goes on
  CHECK(uno.stats(OVERRUNS) > 0);
  const auto after = uno.request(MCL_GENERATE, generate(3, 0));
  uno.send({after});
  CHECK(content(uno.reply(after)) == expected);
}

TEST_CASE("uno: variables and stack leave an eighth of the memory after sampling", "[avr]") {
  Uno uno;
  const auto sampled = uno.request(MCL_GENERATE, generate(4, 94548));
  uno.send({sampled});
  content(uno.reply(sampled));
  const auto file = read_file(AGENT);
  REQUIRE(file);
  const auto size = elf_size(file.value());
  REQUIRE(size);
  const auto stack = uno.stats(STACK);
  CAPTURE(size->static_bytes, stack);
  CHECK(stack > 100);
  CHECK(size->static_bytes + stack <= 1800);
}

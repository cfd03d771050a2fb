// SPDX-License-Identifier: MIT
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <vector>

#include "link/faulty_transport.hpp"

using namespace mcullm;
using std::chrono::milliseconds;

namespace {

// Gives back what was written.
class Loop : public link::Transport {
 public:
  explicit Loop(int* resets = nullptr) : resets_(resets) {}
  auto read(std::span<std::byte> into, milliseconds) -> std::size_t override {
    const auto count = std::min(into.size(), bytes_.size());
    std::copy_n(bytes_.begin(), count, into.begin());
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }
  void write(std::span<const std::byte> bytes) override {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void drain() override {}
  auto connected() const -> bool override { return true; }
  void reset() override { ++*resets_; }
  auto name() const -> std::string override { return "loop"; }

 private:
  int* resets_;
  std::vector<std::byte> bytes_;
};

using Received = std::vector<std::byte>;

auto pass(const std::string& spec, const Received& sent, std::size_t write_size = 100) -> Received {
  const auto parsed = link::parse_fault_spec(spec);
  REQUIRE(parsed);
  const auto line = link::make_faulty(std::make_unique<Loop>(), *parsed);
  Received received;
  const auto drain = [&] {
    std::array<std::byte, 64> chunk;
    while (const auto count = line->read(chunk, milliseconds{0}))
      received.insert(received.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(count));
  };
  for (std::size_t at = 0; at < sent.size(); at += write_size) {
    line->write(std::span(sent).subspan(at, std::min(write_size, sent.size() - at)));
    drain();
  }
  drain();
  return received;
}

auto numbers(std::size_t count) -> Received {
  Received bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i % 255 + 1);
  return bytes;
}

}  // namespace

TEST_CASE("faulty transport: without faults nothing changes", "[link][fault]") {
  const auto sent = numbers(5000);
  CHECK((pass("seed=3", sent) == sent));
}

TEST_CASE("faulty transport: faults come about as often as asked for, and in both directions",
          "[link][fault]") {
  const auto sent = numbers(200'000);
  const auto flipped = pass("flip=0.01", sent);
  REQUIRE(flipped.size() == sent.size());
  std::size_t differing = 0;
  for (std::size_t i = 0; i < sent.size(); ++i) differing += flipped[i] != sent[i];
  CHECK(differing > 3500);  // twice one percent, as every byte goes and comes
  CHECK(differing < 4500);
  CHECK(pass("drop=0.01", sent).size() < sent.size() - 3500);
  CHECK(pass("dup=0.01", sent).size() > sent.size() + 3500);
}

TEST_CASE("faulty transport: truncation loses the rest of a frame and not its boundary", "[link][fault]") {
  auto sent = numbers(50'000);
  for (std::size_t i = 0; i < sent.size(); i += 50) sent[i] = std::byte{0};
  const auto received = pass("truncate=0.01", sent);
  CHECK(received.size() < sent.size() * 3 / 4);
  CHECK(std::ranges::count(received, std::byte{0}) == std::ranges::count(sent, std::byte{0}));
}

TEST_CASE("faulty transport: the same seed makes the same faults, however the bytes are cut",
          "[link][fault]") {
  auto sent = numbers(20'000);
  for (std::size_t i = 0; i < sent.size(); i += 50) sent[i] = std::byte{0};
  const std::string spec = "flip=0.01,drop=0.01,dup=0.01,truncate=0.001,seed=";
  CHECK((pass(spec + "5", sent, 100) == pass(spec + "5", sent, 77)));
  CHECK((pass(spec + "5", sent) != pass(spec + "6", sent)));
}

TEST_CASE("faulty transport: replies come late and in order", "[link][fault]") {
  const auto line = link::make_faulty(std::make_unique<Loop>(), {.delay = milliseconds{40}, .seed = 2});
  const auto sent = numbers(200);
  for (std::size_t i = 0; i < sent.size(); i += 20) line->write(std::span(sent).subspan(i, 20));
  const auto start = std::chrono::steady_clock::now();
  Received received(sent.size());
  std::size_t count = 0;
  while (count < sent.size() && std::chrono::steady_clock::now() < start + milliseconds{1000})
    count += line->read(std::span(received).subspan(count, std::min<std::size_t>(20, sent.size() - count)),
                        milliseconds{50});
  CHECK((received == sent));
  CHECK(std::chrono::steady_clock::now() - start >= milliseconds{5});
}

TEST_CASE("faulty transport: the board is reset after every so many frames", "[link][fault]") {
  int resets = 0;
  const auto line = link::make_faulty(std::make_unique<Loop>(&resets), {.reset = 3});
  for (int i = 0; i < 10; ++i) line->write(numbers(4));
  CHECK(resets == 3);
}

TEST_CASE("faulty transport: every mistake in a specification gets its own message", "[link][fault]") {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"", "'': expected NAME=VALUE"},
      {"flip", "'flip': expected NAME=VALUE"},
      {"flip=2", "'flip=2': not a probability from 0 to 1"},
      {"flip=-0.1", "'flip=-0.1': not a probability"},
      {"drop=nan", "'drop=nan': not a probability"},
      {"flip=1e-4x", "'flip=1e-4x': not a probability"},
      {"flip=1e-4,,dup=0", "'': expected NAME=VALUE"},
      {"delay=-1", "'delay=-1': not milliseconds"},
      {"delay=60001", "'delay=60001': not milliseconds"},
      {"reset=1.5", "'reset=1.5': not a whole number"},
      {"seed=", "'seed=': not a whole number"},
      {"flap=1", "'flap=1': no such fault"}};
  for (const auto& [text, message] : mistakes) {
    CAPTURE(text);
    const auto spec = link::parse_fault_spec(text);
    REQUIRE_FALSE(spec);
    CHECK(spec.error().exit == Exit::usage);
    CHECK(spec.error().what.find(message) != std::string::npos);
    CHECK_FALSE(spec.error().hint.empty());
  }
  const auto spec = link::parse_fault_spec("seed=7,flip=1e-4,reset=5,delay=20,truncate=1,dup=.5,drop=0");
  REQUIRE(spec);
  CHECK(spec->flip == 1e-4);
  CHECK(spec->truncate == 1.0);
  CHECK(spec->dup == 0.5);
  CHECK(spec->reset == 5);
  CHECK(spec->delay == milliseconds{20});
  CHECK(spec->seed == 7);
}

// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>

#include "sim/uno/crc.hpp"
#include "sim/uno/sd_card.hpp"
#include "uno.hpp"

using namespace mcullm::uno;

namespace {

using Bytes = std::vector<std::uint8_t>;

// Talks to a card as a careful driver does. A byte takes one microsecond.
class Host {
  uno::Folder folder_;

 public:
  explicit Host(bool high_capacity, const CardFaults& faults = {}, const CardTiming& timing = {})
      : card(std::move(CardImage::open(folder_ / "card", 1).value()), high_capacity, timing, faults) {}

  SdCard card;
  Cycles now = 0;

  auto exchange(std::uint8_t byte) -> std::uint8_t {
    now += cycles_from_us(1);
    return card.exchange(byte, now);
  }
  auto read(std::size_t count) -> Bytes {
    Bytes bytes(count);
    for (auto& byte : bytes) byte = exchange(0xff);
    return bytes;
  }
  // R1, or 0xff when the card stays silent.
  auto command(std::uint8_t index, std::uint32_t argument, bool good_crc = true) -> std::uint8_t {
    Bytes frame = {static_cast<std::uint8_t>(0x40 | index)};
    for (int shift = 24; shift >= 0; shift -= 8)
      frame.push_back(static_cast<std::uint8_t>(argument >> shift));
    frame.push_back(static_cast<std::uint8_t>(crc7_byte(frame) ^ (good_crc ? 0 : 2)));
    for (int i = 0; i < 100 && exchange(0xff) == 0; i++) {
    }
    for (const auto byte : frame) exchange(byte);
    if (index == 12) exchange(0xff);
    for (int i = 0; i < 10; i++) {
      if (const auto answer = exchange(0xff); !(answer & 0x80)) return answer;
    }
    return 0xff;
  }
  void initialise() {
    card.select(false);
    read(10);
    card.select(true);
    REQUIRE(command(0, 0) == 1);
    REQUIRE(command(8, 0x1aa) == 1);
    REQUIRE(read(4) == Bytes{0, 0, 1, 0xaa});
    for (int i = 0; i < 10 && command(55, 0) <= 1 && command(41, 0x40000000) != 0; i++) {
    }
    REQUIRE(command(13, 0) == 0);
    read(1);
  }
  // The microseconds until the card drives something else than `busy`.
  auto wait_while(std::uint8_t busy, std::uint8_t& then) -> std::uint64_t {
    const auto start = now;
    for (int i = 0; i < 1'000'000; i++) {
      if (then = exchange(0xff); then != busy) break;
    }
    return (now - start) / cycles_from_us(1);
  }
  static auto block(std::uint8_t fill) -> Bytes { return Bytes(block_bytes, fill); }
  auto send_block(std::uint8_t token, const Bytes& data, bool good_crc = true) -> std::uint8_t {
    const auto crc = static_cast<std::uint16_t>(crc16(data) ^ (good_crc ? 0 : 1));
    exchange(token);
    for (const auto byte : data) exchange(byte);
    exchange(static_cast<std::uint8_t>(crc >> 8));
    exchange(static_cast<std::uint8_t>(crc));
    return exchange(0xff) & 0x1f;
  }
  // Data of the next block if its CRC holds, otherwise the token alone.
  auto receive_block(std::size_t size = block_bytes) -> Bytes {
    std::uint8_t token = 0;
    wait_while(0xff, token);
    if (token != 0xfe) return {token};
    auto bytes = read(size + 2);
    const bool intact = crc16(bytes) == 0;
    bytes.resize(size);
    return intact ? bytes : Bytes{};
  }
  auto write(std::uint32_t number, const Bytes& data) -> std::uint8_t {
    REQUIRE(command(24, number) == 0);
    const auto response = send_block(0xfe, data);
    std::uint8_t then = 0;
    wait_while(0x00, then);
    return response;
  }
};

}  // namespace

TEST_CASE("crc: the checksums of a card match known values", "[sim_uno]") {
  const Bytes go_idle = {0x40, 0, 0, 0, 0}, interface_condition = {0x48, 0, 0, 1, 0xaa};
  CHECK(crc7_byte(go_idle) == 0x95);
  CHECK(crc7_byte(interface_condition) == 0x87);
  CHECK(crc16(Bytes(512, 0xff)) == 0x7fa1);
}

TEST_CASE("card: a firmware writes and reads blocks in all four ways", "[sim_uno]") {
  const std::string type = GENERATE("sdhc", "sdsc");
  const std::string name = GENERATE("card_crc", "card_plain");
  const uno::Folder folder;
  const auto outcome = uno::run({"--firmware", uno::firmware(name), "--sd", folder / "card",
                                 "--sd-create-mib", "1", "--sd-type", type});
  CAPTURE(type, name, outcome.report.dump());
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.mark_values() == std::vector<int>{1, 2, 3, 4});
  CHECK(outcome.report["card"]["blocks_written"] == 4);
  CHECK(outcome.report["card"]["blocks_read"] >= 4);
  CHECK(outcome.report["card"]["crc_errors"] == 0);
  std::ifstream image(folder / "card", std::ios::binary);
  image.seekg(103 * 512 + 300);
  CHECK(image.get() == ((3 * 31 + 300 * 7 + 1) & 0xff));
}

TEST_CASE("card: a firmware meets the faults that the options ask for", "[sim_uno]") {
  struct Case {
    std::vector<std::string> options;
    int reason;  // second mark of the failure in card.c
  };
  const auto fault = GENERATE(values<Case>({
      {{"--sd-remove-at-cycle", "0"}, 2},      // no answer to CMD0
      {{"--sd-remove-after-blocks", "5"}, 2},  // after one read: the next command is not answered
      {{"--sd-read-error-at", "100"}, 11},     // a token that is not FE
      {{"--sd-bad-crc-at", "102"}, 12},
      {{"--sd-write-error-at", "100"}, 9},
      {{"--sd-write-crc-error-at", "102"}, 9},
  }));
  const uno::Folder folder;
  uno::Arguments arguments = {"--firmware",    uno::firmware("card_crc"), "--sd",
                              folder / "card", "--sd-create-mib",         "1"};
  arguments.insert(arguments.end(), fault.options.begin(), fault.options.end());
  const auto outcome = uno::run(arguments);
  CAPTURE(fault.options, outcome.mark_values());
  REQUIRE(outcome.marks.size() >= 2);
  CHECK(outcome.marks[outcome.marks.size() - 2].second == 0xee);
  CHECK(outcome.marks.back().second == fault.reason);
}

TEST_CASE("card: timing options cost the time that they say", "[sim_uno]") {
  const uno::Folder folder;
  const auto cycles = [&](const uno::Arguments& more) {
    uno::Arguments arguments = {"--firmware",    uno::firmware("card_plain"), "--sd",
                                folder / "card", "--sd-create-mib",           "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto outcome = uno::run(arguments);
    REQUIRE(outcome.exit_code == 0);
    return static_cast<double>(outcome.report["cycles"].get<std::uint64_t>());
  };
  const double usual = cycles({});
  const double us = 16;
  CHECK(cycles({"--sd-access-us", "1300"}) - usual == Approx(2 * 1000 * us).margin(300));
  CHECK(cycles({"--sd-write-us", "2500"}) - usual == Approx(5 * 1000 * us).margin(500));
  CHECK(cycles({"--sd-slow-every", "2", "--sd-slow-us", "11500"}) - usual ==
        Approx(2 * 10000 * us).margin(300));
  CHECK(cycles({"--sd-busy-at", "101", "--sd-busy-ms", "500"}) - usual == Approx(498500 * us).margin(300));
}

TEST_CASE("card: without a card nothing drives the line", "[sim_uno]") {
  const auto outcome = uno::run({"--firmware", uno::firmware("card_plain")});
  CHECK(outcome.mark_values() == std::vector<int>{1, 0xee, 2});
}

TEST_CASE("card: it wants 74 clocks and a good CRC before it speaks SPI", "[sim_uno]") {
  Host host(true);
  host.card.select(true);
  CHECK(host.command(0, 0) == 0xff);
  host.card.select(false);
  host.read(9);
  host.card.select(true);
  CHECK(host.command(0, 0) == 0xff);
  host.card.select(false);
  host.read(1);
  host.card.select(true);
  CHECK(host.command(8, 0x1aa) == 0xff);
  CHECK(host.command(0, 0, false) == 0xff);
  CHECK(host.command(0, 0) == 0x01);
  CHECK(host.command(8, 0x1aa, false) == 0x09);
  CHECK(host.command(17, 0) == 0x05);  // illegal until it is initialised
}

TEST_CASE("card: a high-capacity card stays idle for a host that does not know such cards", "[sim_uno]") {
  Host host(true);
  host.read(10);
  host.card.select(true);
  REQUIRE(host.command(0, 0) == 1);
  for (int i = 0; i < 20; i++) {
    host.command(55, 0);
    CHECK(host.command(41, 0x40000000) == 1);  // CMD8 was not sent
  }
}

TEST_CASE("card: registers state the capacity", "[sim_uno]") {
  const bool high_capacity = GENERATE(true, false);
  Host host(high_capacity);
  host.initialise();
  REQUIRE(host.command(9, 0) == 0);
  const auto csd = host.receive_block(16);
  REQUIRE(csd.size() == 16);
  if (high_capacity) {
    CHECK(csd[0] >> 6 == 1);
    CHECK((csd[8] << 8 | csd[9]) == 1);  // (1 + 1) * 512 KiB
  } else {
    const int size = (csd[6] & 3) << 10 | csd[7] << 2 | csd[8] >> 6;
    const int multiplier = (csd[9] & 3) << 1 | csd[10] >> 7;
    CHECK(csd[0] >> 6 == 0);
    CHECK((size + 1) << (multiplier + 2) == 2048);
  }
  CHECK(crc7_byte(std::span(csd).first(15)) == csd[15]);
  REQUIRE(host.command(10, 0) == 0);
  CHECK(host.receive_block(16).size() == 16);
  REQUIRE(host.command(58, 0) == 0);
  CHECK(host.read(4)[0] == (high_capacity ? 0xc0 : 0x80));
}

TEST_CASE("card: addresses count blocks or bytes, and end with the card", "[sim_uno]") {
  Host large(true), small(false);
  large.initialise();
  small.initialise();
  CHECK(large.write(2047, large.block(7)) == 0x05);
  CHECK(large.command(24, 2048) == 0x40);
  CHECK(large.command(17, 0xffffffff) == 0x40);
  CHECK(small.write(2047 * 512, small.block(7)) == 0x05);
  CHECK(small.command(17, 100) == 0x20);
  CHECK(small.command(17, 2048 * 512) == 0x40);
  CHECK(small.command(16, 512) == 0);
  CHECK(small.command(16, 64) == 0x40);
}

TEST_CASE("card: a multiple read goes on until CMD12, whose stuff byte is no response", "[sim_uno]") {
  Host host(true);
  host.initialise();
  for (std::uint8_t i = 0; i < 4; i++) REQUIRE(host.write(10 + i, host.block(i)) == 0x05);
  REQUIRE(host.command(18, 10) == 0);
  for (std::uint8_t i = 0; i < 3; i++) CHECK(host.receive_block() == host.block(i));
  CHECK(host.command(12, 0) == 0);
  CHECK(host.command(13, 0) == 0);
  host.read(1);
  REQUIRE(host.command(17, 13) == 0);
  CHECK(host.receive_block() == host.block(3));
}

TEST_CASE("card: data comes after the access time and the gap", "[sim_uno]") {
  Host host(true, {}, {.access_us = 250, .gap_us = 40});
  host.initialise();
  std::uint8_t token = 0;
  REQUIRE(host.command(18, 0) == 0);
  CHECK(host.wait_while(0xff, token) == Approx(250).margin(5));
  CHECK(token == 0xfe);
  host.read(block_bytes + 2);
  CHECK(host.wait_while(0xff, token) == Approx(40).margin(2));
  CHECK(token == 0xfe);
}

TEST_CASE("card: CMD23 ends a multiple transfer by count", "[sim_uno]") {
  Host host(true);
  host.initialise();
  REQUIRE(host.command(23, 2) == 0);
  REQUIRE(host.command(25, 20) == 0);
  std::uint8_t then = 0;
  for (std::uint8_t i = 1; i <= 2; i++) {
    CHECK(host.send_block(0xfc, host.block(i)) == 0x05);
    host.wait_while(0, then);
  }
  REQUIRE(host.command(23, 2) == 0);
  REQUIRE(host.command(18, 20) == 0);
  CHECK(host.receive_block() == host.block(1));
  CHECK(host.receive_block() == host.block(2));
  CHECK(host.read(1000) == Bytes(1000, 0xff));
  CHECK(host.command(55, 0) == 0);
  CHECK(host.command(23, 8) == 0);  // ACMD23: only a hint
}

TEST_CASE("card: with CRC on, wrong checksums are refused and change nothing", "[sim_uno]") {
  Host host(true);
  host.initialise();
  std::uint8_t then = 0;
  REQUIRE(host.command(24, 5) == 0);
  CHECK(host.send_block(0xfe, host.block(1), false) == 0x05);  // not looked at yet
  host.wait_while(0, then);
  REQUIRE(host.command(59, 1) == 0);
  CHECK(host.command(13, 0, false) == 0x08);
  REQUIRE(host.command(24, 5) == 0);
  CHECK(host.send_block(0xfe, host.block(2), false) == 0x0b);
  REQUIRE(host.command(17, 5) == 0);
  CHECK(host.receive_block() == host.block(1));
  CHECK(host.card.counts().crc_errors == 2);
}

TEST_CASE("card: it keeps writing while it is not selected, and says so afterwards", "[sim_uno]") {
  Host host(true);
  host.initialise();
  REQUIRE(host.command(24, 5) == 0);
  CHECK(host.send_block(0xfe, host.block(1)) == 0x05);
  host.card.select(false);
  CHECK(host.read(100) == Bytes(100, 0xff));
  host.card.select(true);
  std::uint8_t then = 0;
  CHECK(host.wait_while(0, then) == Approx(1400).margin(5));
}

TEST_CASE("card: a transfer that is broken off leaves a card that can start again", "[sim_uno]") {
  Host host(true);
  host.initialise();
  const auto broken = GENERATE(as<std::uint8_t>{}, 18, 25);
  REQUIRE(host.command(broken, 5) == 0);
  if (broken == 25) host.exchange(0xfc);
  host.read(100);
  host.card.select(false);  // a reset of the chip lets the line go
  host.initialise();
  CHECK(host.write(5, host.block(3)) == 0x05);
  REQUIRE(host.command(17, 5) == 0);
  CHECK(host.receive_block() == host.block(3));
}

TEST_CASE("card: a fault can happen a given number of times", "[sim_uno]") {
  CardFaults faults;
  faults.read_error_at = 7;
  faults.bad_crc_at = 8;
  faults.times = 2;
  Host host(true, faults);
  host.initialise();
  for (int attempt = 0; attempt < 3; attempt++) {
    REQUIRE(host.command(17, 7) == 0);
    CHECK(host.receive_block() == (attempt < 2 ? Bytes{0x04} : host.block(0)));
    REQUIRE(host.command(17, 8) == 0);
    CHECK(host.receive_block() == (attempt < 2 ? Bytes{} : host.block(0)));
  }
}

TEST_CASE("card: one that was pulled must be initialised again", "[sim_uno]") {
  Host host(true);
  host.initialise();
  host.card.pull_or_insert();
  CHECK(host.command(17, 0) == 0xff);
  host.card.pull_or_insert();
  CHECK(host.command(17, 0) == 0xff);
  host.initialise();
  CHECK(host.command(17, 0) == 0);
}

TEST_CASE("card: an image of an impossible size is refused", "[sim_uno]") {
  const uno::Folder folder;
  std::ofstream(folder / "odd") << "not a card";
  const auto image = CardImage::open(folder / "odd", 0);
  REQUIRE_FALSE(image);
  CHECK(image.error().what.find("10 bytes") != std::string::npos);
  CHECK_FALSE(CardImage::open(folder / "missing", 0));
}

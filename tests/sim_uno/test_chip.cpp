// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "uno.hpp"

namespace {

auto run_firmware(const std::string& name) { return uno::run({"--firmware", uno::firmware(name)}); }

}  // namespace

TEST_CASE("spi: a byte takes eight bit times at every clock rate", "[sim_uno]") {
  const auto outcome = run_firmware("spi_timing");
  REQUIRE(outcome.exit_code == 0);
  REQUIRE(outcome.marks.size() == 14);
  for (std::size_t rate = 0; rate < 7; rate++) {
    const auto cycles = outcome.marks[2 * rate + 1].first - outcome.marks[2 * rate].first;
    const std::uint64_t byte = 8u << (rate + 1);
    CAPTURE(rate, cycles);
    CHECK(cycles > byte);
    CHECK(cycles <= byte + 10);  // the polling loop notices a little later
  }
  CHECK(outcome.report["spi"]["transfers"] == 7);
}

TEST_CASE("spi: a write one cycle too early collides and fails the run", "[sim_uno]") {
  const auto just_right = run_firmware("spi_17");
  CHECK(just_right.exit_code == 0);
  CHECK(just_right.mark_values() == std::vector<int>{0x81});
  const auto too_early = run_firmware("spi_16");
  CHECK(too_early.exit_code == 9);
  CHECK(too_early.mark_values() == std::vector<int>{0xc1});
  CHECK(too_early.report["violation_counts"]["spi-collision"] == 1);
}

TEST_CASE("spi: the overhead per byte is a parameter", "[sim_uno]") {
  const auto slower = uno::run({"--firmware", uno::firmware("spi_17"), "--spi-overhead", "2"});
  CHECK(slower.exit_code == 9);
}

TEST_CASE("spi: SPIF is cleared by reading the status and then touching the data", "[sim_uno]") {
  CHECK(run_firmware("spif_rule").mark_values() == std::vector<int>{0x81, 0x81, 0x01});
}

TEST_CASE("cpu: instructions and interrupts take the cycles of the data sheet", "[sim_uno]") {
  const auto outcome = run_firmware("cycles");
  REQUIRE(outcome.mark_values() == std::vector<int>{1, 2, 3, 4, 5, 6, 7});
  const auto between = [&](int from, int to) { return outcome.cycle_of(to) - outcome.cycle_of(from); };
  CHECK(between(1, 2) == 2);
  CHECK(between(2, 3) == 2 + 2 + 2 + 2 + 2);
  CHECK(between(3, 4) == 2 + 3 + 2 + 2 + 3 + 4);
  CHECK(between(5, 6) == 2 + 2 + 4 + 3);
  CHECK(between(6, 7) == 2 + 4 + 3);
}

TEST_CASE("watch: the deepest stack is known to the byte", "[sim_uno]") {
  const auto outcome = run_firmware("stack_shallow");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.report["sram"]["stack_bytes"] == 102);  // and the return address of main
  CHECK(outcome.report["sram"]["static_bytes"] == 200);
}

TEST_CASE("watch: a stack that grows into the variables fails the run", "[sim_uno]") {
  const auto outcome = run_firmware("stack_deep");
  CHECK(outcome.exit_code == 9);
  CHECK(outcome.report["violation_counts"]["stack-overflow"] == 1);
}

TEST_CASE("watch: memory that is not there is noticed", "[sim_uno]") {
  const auto name = GENERATE("read_beyond_ram", "write_beyond_ram");
  const auto outcome = run_firmware(name);
  CAPTURE(name, outcome.report.dump());
  CHECK(outcome.exit_code == 9);
  CHECK(outcome.report["ended"] == "crash");
  CHECK(outcome.report["violation_counts"]["memory"] == 1);
}

TEST_CASE("watch: a reserved register is noticed", "[sim_uno]") {
  const auto outcome = run_firmware("write_reserved");
  CHECK(outcome.exit_code == 9);
  CHECK(outcome.report["ended"] == "sleep");
  CHECK(outcome.report["violation_counts"]["reserved-register"] == 1);
}

TEST_CASE("run: a cycle limit ends it", "[sim_uno]") {
  const auto outcome = uno::run({"--firmware", uno::firmware("greeting"), "--max-cycles", "100000"});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.report["ended"] == "max-cycles");
  CHECK(outcome.report["cycles"] >= 100000);
  CHECK(outcome.report["cycles"] < 110000);
}

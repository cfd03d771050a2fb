// SPDX-License-Identifier: MIT
// Cards and hosts that fail: a clear error or a resumed upload, never a hang, never a wrong image accepted.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <string>
#include <thread>

#include "base/child_process.hpp"
#include "base/file.hpp"
#include "base/installed_file.hpp"
#include "flash/upload.hpp"
#include "proto/crc32.h"
#include "proto/image_fields.h"
#include "sim/board_on_pty.hpp"
#include "sim/open_port.hpp"
#include "tests/cli/program.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using tests::run;

namespace {

const std::string models = MCULLM_SOURCE_DIR "/proto/vectors/";
const std::string model = models + "gqa-w8-k8v8.mcm", other = models + "gqa-w4-k8v8.mcm";

auto agent_is_missing() -> bool {
  if (find_installed("agent-atmega328p.elf")) return false;
  WARN("SKIPPED: no agent-atmega328p.elf (apt-get install gcc-avr avr-libc)");
  return true;
}

// A simulator with faults of its own; each start of it is a power-on.
auto faulty_uno(const std::string& card, const std::string& faults) -> std::string {
  return fmt::format("exec:{} --firmware {} --sd {} --sd-create-mib 8 --report {}.json {}", SIMULATOR,
                     find_installed("agent-atmega328p.elf")->string(), card, card, faults);
}

// A card that holds the model.
auto stored_card(const tests::ScratchFolder& folder) -> std::string {
  const auto card = folder / "card.img";
  REQUIRE(run({"image", "--sd", card, "--size", "8M", model}).code == 0);
  return card;
}

}  // namespace

TEST_CASE("faults: a card that is pulled out in the middle of a token is named", "[sim_uno][faults]") {
  if (agent_is_missing()) return;
  const tests::ScratchFolder folder;
  const auto card = stored_card(folder);
  const auto ran =
      run({"validate", "--port", faulty_uno(card, "--sd-remove-after-blocks 60"), model, "--tokens", "12"});
  CHECK(ran.code == 7);
  CHECK_THAT(ran.err, Contains("card") && Contains("block ") && Contains("hint:"));
}

TEST_CASE("faults: a block that cannot be read is named", "[sim_uno][faults]") {
  if (agent_is_missing()) return;
  const tests::ScratchFolder folder;
  const auto card = stored_card(folder);
  const auto ran =
      run({"validate", "--port", faulty_uno(card, "--sd-read-error-at 3"), model, "--tokens", "4"});
  CHECK(ran.code == 7);
  CHECK_THAT(ran.err, Contains("card") && Contains("block ") && Contains("hint:"));
}

TEST_CASE("faults: a bit that flips on its way from the card is a wrong number, and is found",
          "[sim_uno][faults]") {
  if (agent_is_missing()) return;
  const tests::ScratchFolder folder;
  const auto card = stored_card(folder);
  const auto ran = run({"validate", "--port", faulty_uno(card, "--sd-bad-crc-at 5"), model, "--tokens", "4"});
  CHECK(ran.code == 6);
  CHECK_THAT(ran.err, Contains("position 0"));
  // and an image that is read back wrong is not accepted
  const auto flashed = run({"flash", "--port", faulty_uno(folder / "new.img", "--sd-bad-crc-at 5"), model});
  CHECK((flashed.code == 6 || flashed.code == 7));
}

TEST_CASE("faults: a block that is not written is named, and no model is left", "[sim_uno][faults]") {
  if (agent_is_missing()) return;
  for (const std::string fault : {"--sd-write-error-at 4", "--sd-write-crc-error-at 4"}) {
    CAPTURE(fault);
    const tests::ScratchFolder folder;
    const auto card = folder / "card.img";
    const auto broken = run({"flash", "--port", faulty_uno(card, fault), model});
    CHECK(broken.code == 7);
    CHECK_THAT(broken.err, Contains("card") && Contains("block 4") && Contains("hint:"));
    const auto mended = run({"flash", "--port", faulty_uno(card, ""), model});
    CHECK(mended.code == 0);
    CHECK_THAT(mended.out, Contains("were there already; the board runs it"));
  }
}

TEST_CASE("faults: a write that stays busy for half a second is waited for", "[sim_uno][faults]") {
  if (agent_is_missing()) return;
  const tests::ScratchFolder folder;
  const auto ran =
      run({"flash", "--port", faulty_uno(folder / "card.img", "--sd-busy-at 4 --sd-busy-ms 500"), model});
  CHECK(ran.code == 0);
}

TEST_CASE("faults: a slot without a card is said to be one", "[sim_uno][faults]") {
  if (agent_is_missing()) return;
  const tests::ScratchFolder folder;
  const auto port = fmt::format("exec:{} --firmware {} --report {}", SIMULATOR,
                                find_installed("agent-atmega328p.elf")->string(), folder / "report");
  for (const std::string command : {"chat", "validate", "flash", "profile"}) {
    CAPTURE(command);
    const auto ran = run({command, "--port", port, model});
    CHECK(ran.code == 7);
    CHECK_THAT(ran.err, Contains("card") && Contains("hint:"));
  }
}

TEST_CASE("faults: a board that restarts during an upload gets the rest of it", "[sim_uno][faults]") {
  if (agent_is_missing()) return;
  const tests::ScratchFolder folder;
  const auto ran =
      run({"flash", "--port", faulty_uno(folder / "card.img", ""), model, "--fault", "reset=40", "--json"});
  INFO(ran.err);
  CHECK(ran.code == 0);
  CHECK(ran.out.find("\"restarts\": 0") == std::string::npos);
}

TEST_CASE("faults: a host that is killed during an upload leaves no wrong image", "[sim_uno][faults]") {
  if (agent_is_missing()) return;
  constexpr int kills = 50;
  const tests::ScratchFolder folder;
  const auto uno = sim::find_simulated_board("uno");
  REQUIRE(uno);
  const auto board = sim::BoardOnPty::start(**uno, {.store = folder / "card.img"});
  REQUIRE(board);
  const auto port = (*board)->path();
  const auto started = std::chrono::steady_clock::now();
  REQUIRE(run({"flash", "--port", port, model}).code == 0);
  const auto whole =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  int interrupted = 0;
  for (int i = 0; i < kills; ++i) {
    const auto& wanted = i % 2 == 0 ? other : model;
    auto host =
        ChildProcess::start({MCULLM_PROGRAM, "-q", "flash", "--port", port, wanted}, {.out = nowhere});
    REQUIRE(host);
    if (!host->wait(whole * (i + 1) / kills)) ++interrupted;
    host->kill();

    auto line = sim::open_port(port);
    REQUIRE(line);
    link::Board left(std::move(line).value(), {.open_patience = std::chrono::seconds{30}});
    const auto hello = left.connect();
    REQUIRE(hello);
    if (hello->model.status != MCL_MODEL_RUNS) continue;
    // what runs is one of the two, to its last byte
    const auto image = read_file(i % 2 == 0 ? other : model), before = read_file(i % 2 == 0 ? model : other);
    REQUIRE((image && before));
    const auto crc = left.store_crc(0, static_cast<std::uint32_t>(image->size()));
    const auto crc_before = left.store_crc(0, static_cast<std::uint32_t>(before->size()));
    REQUIRE((crc && crc_before));
    CHECK((*crc == mcl_crc32(0, image->data(), image->size()) ||
           *crc_before == mcl_crc32(0, before->data(), before->size())));
  }
  ::close(nowhere);
  CHECK(interrupted > kills / 4);
  CHECK(run({"flash", "--port", port, model}).code == 0);
  CHECK(run({"validate", "--port", port, model, "--tokens", "4"}).code == 0);
}

// SPDX-License-Identifier: MIT
// A desk where all is well, and the same desk with one fault after another: each is named, with its fix, and
// nothing else is.
#include <catch2/catch.hpp>
#include <functional>

#include "doctor/examine.hpp"
#include "proto/image.h"

using namespace mcullm;
using doctor::Facts;
using doctor::Verdict;

namespace {

auto well() -> Facts {
  Facts facts;
  facts.user = "ada";
  facts.groups = {"ada", "dialout"};
  facts.programs = {{"avrdude", "avrdude", "flashes the Uno", true},
                    {"node", "nodejs", "runs sim:pico", true}};
  facts.simulators.push_back({"sim:native", std::nullopt});
  auto& port = facts.ports.emplace_back();
  port.path = "/dev/ttyACM0";
  port.usb = true;
  port.usb_vendor = 0x2341;
  port.usb_product = 0x43;
  port.matches = {{"uno", "Arduino Uno R3", false}};
  port.accessible = true;
  port.group = "dialout";
  auto& agent = port.agent.emplace();
  agent.board = "uno";
  agent.expected_build = agent.hello.agent_build = 0x1234;
  agent.hello.arithmetic_version = MCL_ARITHMETIC_VERSION;
  agent.hello.image_version = MCL_IMAGE_VERSION;
  agent.hello.model.status = MCL_MODEL_RUNS;
  agent.hello.model.header_crc = 0xabcd;
  agent.model_name = "tales27k";
  return facts;
}

struct Fault {
  const char* name;
  std::function<void(Facts&)> plant;
  Verdict verdict;
  const char* what;
  const char* fix;
  Exit exit = Exit::ok;
};

const std::vector<Fault> faults = {
    {"no permission",
     [](Facts& facts) {
       facts.ports[0].accessible = false;
       facts.ports[0].agent.reset();
     },
     Verdict::fail, "/dev/ttyACM0: no permission", "sudo usermod -aG dialout ada", Exit::no_device},
    {"not in the group", [](Facts& facts) { facts.groups = {"ada"}; }, Verdict::warn,
     "not in the group dialout", "usermod -aG dialout ada"},
    {"port busy",
     [](Facts& facts) {
       facts.ports[0].holders = {{431, "minicom"}};
       facts.ports[0].agent.reset();
     },
     Verdict::fail, "in use by minicom (process 431)", "kill 431", Exit::no_device},
    {"ModemManager", [](Facts& facts) { facts.modem_manager = true; }, Verdict::warn, "ModemManager runs",
     "mcullm doctor --udev"},
    {"missing avrdude", [](Facts& facts) { facts.programs[0].found = false; }, Verdict::warn,
     "avrdude is not installed", "apt-get install avrdude"},
    {"missing node", [](Facts& facts) { facts.programs[1].found = false; }, Verdict::warn,
     "node is not installed", "apt-get install nodejs"},
    {"a simulated board that cannot start",
     [](Facts& facts) {
       facts.simulators[0].lacks = Error{Exit::no_device, "its agent is not there", "./dev build"};
     },
     Verdict::warn, "sim:native cannot be started: its agent is not there", "./dev build"},
    {"old agent", [](Facts& facts) { facts.ports[0].agent->hello.agent_build = 0x77; }, Verdict::warn,
     "another build (00000077)", "mcullm flash --board uno --port /dev/ttyACM0"},
    {"agent of another arithmetic",
     [](Facts& facts) { facts.ports[0].agent->hello.arithmetic_version = MCL_ARITHMETIC_VERSION + 1; },
     Verdict::fail, "computes by arithmetic", "mcullm flash --board uno", Exit::refused},
    {"no model", [](Facts& facts) { facts.ports[0].agent->hello.model.status = MCL_MODEL_NONE; },
     Verdict::warn, "no model is stored", "mcullm flash --port /dev/ttyACM0"},
    {"wrong image",
     [](Facts& facts) {
       facts.model = doctor::ModelFacts{"mine.mcm", "tales260k", 0x9999};
     },
     Verdict::fail, "runs tales27k (0000abcd), not tales260k (00009999) of mine.mcm",
     "mcullm flash --port /dev/ttyACM0 mine.mcm", Exit::refused},
    {"corrupted image, found at the start",
     [](Facts& facts) { facts.ports[0].agent->hello.model.status = MCL_MODEL_DAMAGED; }, Verdict::fail,
     "the stored one is damaged", "mcullm flash --port /dev/ttyACM0", Exit::refused},
    {"corrupted image, found now",
     [](Facts& facts) { facts.ports[0].agent->stored_damage = "layers: CRC 1, the header has 2"; },
     Verdict::fail, "the stored image is damaged: layers", "mcullm flash --port /dev/ttyACM0", Exit::refused},
    {"image too large", [](Facts& facts) { facts.ports[0].agent->hello.model.status = MCL_MODEL_TOO_LARGE; },
     Verdict::fail, "does not fit in memory", "mcullm plan", Exit::refused},
    {"unknown USB device",
     [](Facts& facts) {
       facts.ports[0].matches.clear();
       facts.ports[0].agent.reset();
     },
     Verdict::warn, "unknown board, USB 2341:0043", "MCULLM_BOARDS"},
    {"unknown board behind the agent", [](Facts& facts) { facts.ports[0].agent->board.clear(); },
     Verdict::warn, "is not in the register", "MCULLM_BOARDS"},
    {"waiting boot loader",
     [](Facts& facts) {
       facts.ports[0].matches = {{"pico", "RP2040 in BOOTSEL mode", true}};
       facts.ports[0].agent.reset();
     },
     Verdict::warn, "waits for a program", "mcullm flash --board pico"},
    {"chip that shows its volume",
     [](Facts& facts) {
       facts.ports.clear();
       facts.volumes = {{"RPI-RP2", "/dev/sda1", "pico"}};
     },
     Verdict::warn, "/dev/sda1: RPI-RP2 waits for a program", "mcullm flash --board pico"},
    {"silent port",
     [](Facts& facts) {
       facts.ports[0].agent.reset();
       facts.ports[0].silent = Error{Exit::no_device, "no agent answers", "flash one"};
     },
     Verdict::fail, "/dev/ttyACM0: no agent answers", "flash one", Exit::no_device},
    {"nothing plugged in", [](Facts& facts) { facts.ports.clear(); }, Verdict::warn, "no board is plugged in",
     "--port sim:native"},
    {"wrong configuration",
     [](Facts& facts) {
       facts.config = Error{Exit::input, "mcullm.toml, line 3: unknown key", "mcullm help config"};
     },
     Verdict::fail, "mcullm.toml, line 3", "mcullm help config", Exit::input},
};

auto not_well(const Facts& facts) -> std::vector<doctor::Finding> {
  std::vector<doctor::Finding> found;
  for (auto& finding : doctor::examine(facts))
    if (finding.verdict != Verdict::ok) found.push_back(finding);
  return found;
}

}  // namespace

TEST_CASE("doctor: where all is well every line is OK and none has a fix", "[doctor]") {
  const auto findings = doctor::examine(well());
  CHECK(findings.size() >= 8);
  for (const auto& finding : findings) {
    CAPTURE(finding.what);
    CHECK(finding.verdict == Verdict::ok);
    CHECK(finding.fix.empty());
  }
}

TEST_CASE("doctor: each planted fault is named with its fix, and nothing else is", "[doctor]") {
  for (const auto& fault : faults) {
    CAPTURE(fault.name);
    auto facts = well();
    fault.plant(facts);
    const auto found = not_well(facts);
    REQUIRE(found.size() == 1);
    CAPTURE(found[0].what, found[0].fix);
    CHECK(found[0].verdict == fault.verdict);
    CHECK(found[0].what.find(fault.what) != std::string::npos);
    CHECK(found[0].fix.find(fault.fix) != std::string::npos);
    CHECK(found[0].exit == fault.exit);
  }
}

TEST_CASE("doctor: root, the group, or the rules give access; the rules calm ModemManager", "[doctor]") {
  auto facts = well();
  facts.groups.clear();
  facts.root = true;
  CHECK(not_well(facts).empty());
  facts.root = false;
  facts.rules_installed = true;
  facts.modem_manager = true;
  CHECK(not_well(facts).empty());
}

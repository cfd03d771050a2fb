// SPDX-License-Identifier: MIT
// The doctor at a desk with real faults: programs that PATH lacks, a flash with a wrong byte, an agent that
// is not the one beside the tool.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/fake_ports/plugged_board.hpp"
#include "model_files.hpp"

using Catch::Matchers::Contains;
using mcullm::tests::ModelFiles;
using mcullm::tests::PluggedBoard;
using mcullm::tests::PortList;
using mcullm::tests::Ran;
using mcullm::tests::run;
using mcullm::tests::ScratchFolder;
using mcullm::tests::Variable;

namespace fs = std::filesystem;

namespace {

auto agent_with(const std::string& store) -> std::string {
  return "exec:" MCULLM_AGENT " --store '" + store + "'";
}

// The line of the finding, and its fix.
auto line_with(const Ran& ran, const std::string& text) -> std::string {
  const auto found = ran.out.find(text);
  if (found == std::string::npos) return "no line with " + text + " in\n" + ran.out;
  const auto start = ran.out.rfind('\n', found) + 1;
  const auto end = ran.out.find('\n', ran.out.find('\n', found) + 1);
  return ran.out.substr(start, end - start);
}

void damage(const std::string& file, std::streamoff at) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(at);
  const char damaged = static_cast<char>(bytes.get() ^ 1);
  bytes.seekp(at);
  bytes.put(damaged);
}

}  // namespace

TEST_CASE("doctor: a board with its model is OK", "[cli][doctor]") {
  const ModelFiles files;
  const auto port = agent_with(files.folder / "flash");
  REQUIRE(run({"flash", "--port", port, files.model}).code == 0);
  const auto ran = run({"doctor", "--port", port, "--model", files.model});
  CHECK(ran.code == 0);
  CHECK_THAT(line_with(ran, "its stored bytes have their CRC"), Contains("OK"));
  CHECK_THAT(line_with(ran, "the agent is the one of this tool"), Contains("OK"));
  CHECK_THAT(ran.out, !Contains("FAIL"));
}

TEST_CASE("doctor: missing flashers and emulators are named with their package", "[cli][doctor]") {
  const ScratchFolder empty;
  const PortList no_ports;
  const Variable path("PATH", empty / "");
  const auto ran = run({"doctor"});
  CHECK(ran.code == 0);
  CHECK_THAT(line_with(ran, "avrdude is not installed"),
             Contains("WARN") && Contains("apt-get install avrdude"));
  CHECK_THAT(line_with(ran, "node is not installed"), Contains("WARN") && Contains("apt-get install nodejs"));
  CHECK_THAT(line_with(ran, "no board is plugged in"), Contains("WARN"));
}

TEST_CASE("doctor: a wrong image and a corrupted one are told apart", "[cli][doctor]") {
  const ModelFiles files;
  const std::string store = files.folder / "flash";
  const auto port = agent_with(store);
  REQUIRE(run({"flash", "--port", port, files.model}).code == 0);

  const auto wrong = run({"doctor", "--port", port, "--model", files.other});
  CHECK(wrong.code == 7);
  CHECK_THAT(line_with(wrong, " runs "),
             Contains("FAIL") && Contains("not ") && Contains("mcullm flash --port"));

  damage(store, 600);  // in the layers
  const auto corrupted = run({"doctor", "--port", port});
  CHECK(corrupted.code == 7);
  CHECK_THAT(line_with(corrupted, "damaged"), Contains("FAIL") && Contains("mcullm flash --port"));
}

TEST_CASE("doctor: an agent of another build is an old one", "[cli][doctor]") {
  const ScratchFolder folder;
  fs::copy_file(MCULLM_AGENT, folder / "mcullm-agent-posix");
  std::ofstream(folder / "mcullm-agent-posix.build") << "#define AGENT_BUILD 0x00000001u\n";
  const Variable agents("MCULLM_AGENT_DIR", folder / "");
  const auto ran = run({"doctor", "--port", "sim:native"});
  CHECK_THAT(line_with(ran, "another build"),
             Contains("WARN") && Contains("(00000001)") && Contains("mcullm flash --board native"));
}

TEST_CASE("doctor: ports without permission, without a known board, and in use", "[cli][doctor]") {
  PortList ports;
  ports.add("/dev/ttyFAKE0", "2341", "0043");  // nobody may open what is not there
  ports.add("/dev/ttyFAKE1", "feed", "beef");
  const auto ran = run({"doctor"});
  CHECK(ran.code == 4);
  CHECK_THAT(line_with(ran, "ttyFAKE0: no permission"), Contains("FAIL") && Contains("usermod -aG"));
  CHECK_THAT(line_with(ran, "ttyFAKE1: unknown board, USB feed:beef"), Contains("WARN"));
}

TEST_CASE("doctor: a wrong configuration is a finding, not the end", "[cli][doctor]") {
  const ScratchFolder scratch;
  std::ofstream(scratch / "c.toml") << "prot = 1\n";
  const auto ran = run({"doctor", "--config", scratch / "c.toml", "--json"});
  CHECK(ran.code == 3);
  const auto report = nlohmann::json::parse(ran.out);
  CHECK(report["schema"] == "mcullm.doctor.v1");
  CHECK(report["failures"] == 1);
  CHECK_THAT(report["findings"][0]["what"].get<std::string>(), Contains("c.toml, line 1"));
}

TEST_CASE("doctor: --udev prints rules alone", "[cli][doctor]") {
  const auto ran = run({"doctor", "--udev"});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, Contains("SUBSYSTEM==\"tty\"") && Contains("uaccess") && !Contains("WARN"));
}

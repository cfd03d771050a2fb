// SPDX-License-Identifier: MIT
// What is plugged in, and which of it a command takes.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/fake_ports/plugged_board.hpp"
#include "model_files.hpp"

using Catch::Matchers::Contains;
using mcullm::tests::ModelFiles;
using mcullm::tests::PluggedBoard;
using mcullm::tests::PortList;
using mcullm::tests::run;
using nlohmann::json;

namespace {

// Another program that has the port open.
class Holder {
 public:
  explicit Holder(const std::string& path) : child_(::fork()) {
    if (child_ == 0) {
      ::execl("/bin/sh", "sh", "-c", ("exec sleep 600 <" + path).c_str(), nullptr);
      ::_exit(127);
    }
  }
  ~Holder() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  auto pid() const -> pid_t { return child_; }

 private:
  pid_t child_;
};

auto listed(std::vector<std::string> more = {}) -> json {
  more.insert(more.begin(), {"list", "--json"});
  const auto ran = run(more);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return json::parse(ran.out);
}

}  // namespace

TEST_CASE("list: an agent behind a port is told, with what its USB ids say", "[cli][ports]") {
  const ModelFiles files;
  const PluggedBoard board({"--store", files.folder / "flash"});
  PortList ports;
  ports.add(board.path(), "2341", "0043", "5573932", "Arduino Uno");
  REQUIRE(run({"flash", "--port", board.path(), files.model}).code == 0);

  const auto port = listed()["ports"].at(0);
  CHECK(port["port"] == board.path());
  CHECK(port["usb"]["vid"] == "2341");
  CHECK(port["usb"]["serial"] == "5573932");
  CHECK(port["guesses"][0]["board"] == "uno");
  CHECK(port["accessible"] == true);
  CHECK(port["agent"]["board"] == "native");
  CHECK(port["agent"]["model"]["runs"] == true);
  CHECK_FALSE(port["agent"]["model"]["name"].get<std::string>().empty());
  CHECK(port["silent"].is_null());

  const auto text = run({"list"}).out;
  CHECK_THAT(text,
             Contains(board.path()) && Contains("2341:0043") && Contains("native") && Contains(" runs"));
}

TEST_CASE("list: --no-probe opens nothing, and a guess is marked as one", "[cli][ports]") {
  PortList ports;
  ports.add("/dev/no-such-port", "2341", "0043");
  const auto port = listed({"--no-probe"})["ports"].at(0);
  CHECK(port["agent"].is_null());
  CHECK(port["silent"] == "not asked");
  CHECK_THAT(run({"list", "--no-probe"}).out, Contains("uno?"));
}

TEST_CASE("list: ports that may not be asked say why", "[cli][ports]") {
  const PluggedBoard busy;
  const Holder holder(busy.path());
  PortList ports;
  ports.add("/dev/ttyFAKE0", "0", "0");
  ports.add("/dev/ttyFAKE1", "feed", "beef");
  ports.add("/dev/ttyFAKE2", "2e8a", "0003");
  ports.add("/dev/ttyFAKE3", "2341", "0043");
  ports.add(busy.path(), "2341", "0043");
  const auto silent = [](const json& list, const std::string& path) {
    for (const auto& port : list["ports"])
      if (port["port"] == path) return port["silent"].get<std::string>();
    return std::string("not listed");
  };
  auto list = listed();
  // the shell becomes sleep, which is then named
  for (int i = 0; i < 100 && !Contains("sleep").match(silent(list, busy.path())); ++i) list = listed();
  CHECK_THAT(silent(list, "/dev/ttyFAKE0"), Contains("not USB"));
  CHECK_THAT(silent(list, "/dev/ttyFAKE1"), Contains("unknown USB device"));
  CHECK_THAT(silent(list, "/dev/ttyFAKE2"), Contains("BOOTSEL"));
  CHECK_THAT(silent(list, "/dev/ttyFAKE3"), Contains("no permission"));
  CHECK_THAT(silent(list, busy.path()),
             Contains("in use by sleep (process " + std::to_string(holder.pid()) + ")"));
}

TEST_CASE("list: simulated boards stand there with what they lack", "[cli]") {
  const mcullm::tests::ScratchFolder empty;
  const mcullm::tests::Variable path("PATH", empty / "");
  const PortList no_ports;
  const auto list = listed();
  CHECK(list["ports"].empty());
  CHECK(list["simulated"][0]["port"] == "sim:native");
  CHECK(list["simulated"][0]["ready"] == true);
  for (const auto& board : list["simulated"])
    if (!board["ready"]) CHECK_FALSE(board["fix"].is_null());
}

TEST_CASE("list: a chip that waits for a UF2 file is listed with the command for it", "[cli][ports]") {
  // /dev of its own, where udev has seen a Pico with its button held
  const mcullm::tests::ScratchFolder scratch;
  const std::string desk =
      "mount -t tmpfs none /dev && mkdir -p /dev/disk/by-label && : >/dev/sdz1 && "
      "ln -s ../../sdz1 /dev/disk/by-label/RPI-RP2 && exec '" MCULLM_PROGRAM "' list --no-probe ";
  const auto at_desk = [&](const std::string& more, const std::string& out) {
    const auto command = "unshare -rm sh -c \"" + desk + more + "\" >'" + (scratch / out) + "' 2>/dev/null";
    return std::system(command.c_str());
  };
  if (std::system("unshare -rm mount -t tmpfs none /dev 2>/dev/null") != 0) {
    WARN("SKIPPED: no right to make a /dev here");
    return;
  }
  CHECK(at_desk("--json", "json") == 0);
  std::ifstream in(scratch / "json");
  const auto volume = json::parse(in)["volumes"].at(0);
  CHECK(volume["label"] == "RPI-RP2");
  CHECK(volume["device"] == "/dev/sdz1");
  CHECK(volume["board"] == "pico");
  CHECK(volume["mounted"].is_null());
  CHECK(at_desk("", "text") == 0);
  std::ifstream text(scratch / "text");
  const std::string shown{std::istreambuf_iterator<char>(text), {}};
  CHECK_THAT(shown, Contains("/dev/sdz1") && Contains("pico?") && Contains("mcullm flash --board pico"));
}

TEST_CASE("list: --watch tells what is there, and Ctrl-C ends it", "[cli][ports]") {
  PortList ports;
  ports.add("/dev/ttyFAKE0", "2341", "0043", "77");
  const mcullm::tests::ScratchFolder scratch;
  const std::string events = scratch / "events";
  const auto ran = run({"list", "--watch", "--json"}, "",
                       ">" + events + " & for i in $(seq 300); do grep -qs schema " + events +
                           " && break; sleep 0.1; done; kill -INT $!; wait $!");
  CHECK(ran.code == 130);
  std::ifstream in(events);
  std::string line;
  std::getline(in, line);
  const auto event = json::parse(line);
  CHECK(event["schema"] == "mcullm.list-event.v1");
  CHECK(event["change"] == "present");
  CHECK(event["port"]["usb"]["serial"] == "77");
}

TEST_CASE("port choice: the one board that answers is taken, and said", "[cli][ports]") {
  const ModelFiles files;
  const PluggedBoard board({"--store", files.folder / "flash"});
  PortList ports;
  ports.add(board.path(), "1a86", "7523", "A1");
  ports.add("/dev/ttyFAKE1", "feed", "beef");
  REQUIRE(run({"flash", "--port", "id:A1", files.model}).code == 0);
  const auto ran = run({"chat", files.model, "-p", "abc", "-n", "4", "--seed", "1"});
  CHECK(ran.code == 0);
  CHECK_THAT(ran.err,
             Contains("using the board at " + board.path()) && Contains("/dev/ttyFAKE1: unknown USB"));
}

TEST_CASE("port choice: of several boards none is guessed", "[cli][ports]") {
  const ModelFiles files;
  const PluggedBoard one, other;
  PortList ports;
  ports.add(one.path(), "2341", "0043", "A1");
  ports.add(other.path(), "2e8a", "000a", "B2");
  const auto ran = run({"chat", files.model, "-p", "abc"});
  CHECK(ran.code == 4);
  CHECK_THAT(ran.err, Contains("2 boards answer") && Contains(one.path()) && Contains(other.path()) &&
                          Contains("--port "));
}

TEST_CASE("port choice: a serial number names a board, a wrong one names those that are there",
          "[cli][ports]") {
  const PluggedBoard board;
  PortList ports;
  ports.add(board.path(), "2341", "0043", "A1");
  CHECK(run({"validate", "--port", "id:A1", "--matmul", "2x2"}).code == 0);
  const auto wrong = run({"validate", "--port", "id:B2", "--matmul", "2x2"});
  CHECK(wrong.code == 4);
  CHECK_THAT(wrong.err, Contains("id:B2") && Contains("id:A1 at " + board.path()));
}

TEST_CASE("port choice: without a board the first that can be simulated here stands in", "[cli][ports]") {
  const ModelFiles files;
  const PortList no_ports;
  const auto native = run({"chat", files.model, "-p", "abc", "-n", "4"});
  CHECK(native.code == 0);
  CHECK_THAT(native.err, Contains("no board found; sim:native, the first"));
}

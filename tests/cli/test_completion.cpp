// SPDX-License-Identifier: MIT
// Completion in the shells themselves, and the manual page by the program that shows it.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/fake_ports/plugged_board.hpp"

using Catch::Matchers::Contains;
using mcullm::tests::PortList;
using mcullm::tests::run;
using mcullm::tests::ScratchFolder;
using mcullm::tests::Variable;

namespace {

auto installed(const std::string& program) -> bool {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

// What a shell's script says, with mcullm on its PATH.
class Shell {
 public:
  explicit Shell(std::string command) : command_(std::move(command)) {}

  auto says(const std::string& script) const -> std::string {
    std::ofstream(scratch_ / "script") << script;
    const auto folder = std::filesystem::path(MCULLM_PROGRAM).parent_path().string();
    const std::string line = "cd '" + (scratch_ / "") + "' && PATH='" + folder + "':\"$PATH\" " + command_ +
                             " script >script.out 2>&1 </dev/null";
    const int status = std::system(line.c_str());
    std::ifstream in(scratch_ / "script.out");
    std::stringstream out;
    out << in.rdbuf();
    INFO(out.str());
    CHECK(status == 0);
    return out.str();
  }
  void touch(const std::string& file) const { std::ofstream(scratch_ / file) << "x"; }

 private:
  std::string command_;
  ScratchFolder scratch_;
};

// What bash would offer at the end of this line, one a line.
auto offered_by_bash(const Shell& bash, const std::string& line) -> std::string {
  return bash.says("source <(mcullm completion bash)\nCOMP_LINE='" + line +
                   "'\nCOMP_POINT=${#COMP_LINE}\n_mcullm\nprintf '[%s]\\n' \"${COMPREPLY[@]}\"\n");
}

}  // namespace

TEST_CASE("completion: bash offers commands, options, values and files", "[cli][completion]") {
  const Shell bash("bash --norc");
  CHECK(offered_by_bash(bash, "mcullm ch") == "[chat]\n");
  CHECK_THAT(offered_by_bash(bash, "mcullm "),
             Contains("[flash]") && Contains("[doctor]") && !Contains("__"));
  CHECK_THAT(offered_by_bash(bash, "mcullm chat --te"), Contains("[--temperature]"));
  CHECK_THAT(offered_by_bash(bash, "mcullm chat --no"),
             Contains("[--no-verify]") && Contains("[--no-color]"));
  CHECK(offered_by_bash(bash, "mcullm completion f") == "[fish]\n");
  CHECK_THAT(offered_by_bash(bash, "mcullm flash --board "), Contains("[uno]") && Contains("[pico]"));
  CHECK_THAT(offered_by_bash(bash, "mcullm help ex"), Contains("[exit-codes]"));
  bash.touch("one.mcm");
  bash.touch("one.txt");
  CHECK(offered_by_bash(bash, "mcullm chat o") == "[one.mcm]\n");
  CHECK(offered_by_bash(bash, "mcullm chat one.mcm --log o") == "[one.mcm]\n[one.txt]\n");
}

TEST_CASE("completion: bash offers the ports of this moment, past its breaks at colons",
          "[cli][completion]") {
  const Shell bash("bash --norc");
  PortList ports;
  ports.add("/dev/ttyFAKE7", "2341", "0043", "5573932");
  const auto all = offered_by_bash(bash, "mcullm chat --port ");
  CHECK_THAT(all, Contains("[/dev/ttyFAKE7]") && Contains("[id:5573932]") && Contains("[sim:native]"));
  // bash replaces what is behind the last colon or equals sign
  CHECK(offered_by_bash(bash, "mcullm chat --port sim:na") == "[native]\n");
  CHECK(offered_by_bash(bash, "mcullm chat --port=sim:na") == "[native]\n");
  CHECK(offered_by_bash(bash, "mcullm chat --port=/dev/ttyF") == "[/dev/ttyFAKE7]\n");
}

TEST_CASE("completion: bundled images are offered by their names, and commands know them",
          "[cli][completion]") {
  const auto folder = std::filesystem::path(MCULLM_PROGRAM).parent_path() / "models";
  if (!std::filesystem::exists(folder / "tales27k.mcm")) {
    WARN("SKIPPED: no bundled images beside the program");
    return;
  }
  const Shell bash("bash --norc");
  CHECK(offered_by_bash(bash, "mcullm chat tales27k.w") == "[tales27k.w4]\n");
  CHECK_THAT(offered_by_bash(bash, "mcullm plan tales"), Contains("[tales27k]"));
  const auto plan = run({"plan", "tales27k", "--board", "native", "--json"});
  CHECK(plan.code == 0);
  CHECK_THAT(plan.out, Contains("models/tales27k.mcm"));
  // a file of the current folder comes first
  bash.touch("tales27k");
  CHECK_THAT(bash.says("mcullm plan tales27k --board native || true"),
             Contains("tales27k: 1 bytes"));
  CHECK(run({"plan", "tales27", "--board", "native"}).code == 3);
}

TEST_CASE("completion: bash takes the profiles from the configuration", "[cli][completion]") {
  const ScratchFolder scratch;
  std::ofstream(scratch / "c.toml") << "[bench]\nport = 'sim:native'\n";
  const Variable config("MCULLM_CONFIG", scratch / "c.toml");
  CHECK(offered_by_bash(Shell("bash --norc"), "mcullm --profile b") == "[bench]\n");
}

TEST_CASE("completion: zsh gets words with their meaning, and files", "[cli][completion]") {
  if (!installed("zsh")) {
    WARN("SKIPPED: no zsh");
    return;
  }
  const Shell zsh("zsh -f");
  const std::string stubs =
      "compdef() { }\n_describe() { print -rl -- \"${(@P)2}\" }\n_files() { print files \"$@\" }\n"
      "source <(mcullm completion zsh)\n";
  CHECK_THAT(zsh.says(stubs + "words=(mcullm chat --port sim:na); CURRENT=4; _mcullm\n"),
             Contains("sim\\:native:the agent built for this computer"));
  CHECK_THAT(zsh.says(stubs + "words=(mcullm chat ''); CURRENT=3; _mcullm\n"), Contains("files -g *.mcm"));
}

TEST_CASE("completion: fish completes a command line", "[cli][completion]") {
  if (!installed("fish")) {
    WARN("SKIPPED: no fish");
    return;
  }
  const ScratchFolder home;
  const Variable variable("HOME", home / "");
  const Shell fish("fish --no-config");
  CHECK_THAT(fish.says("mcullm completion fish | source\ncomplete -C 'mcullm chat --port sim:na'\n"),
             Contains("sim:native\tthe agent built for this computer"));
  CHECK_THAT(fish.says("mcullm completion fish | source\ncomplete -C 'mcullm ch'\n"), Contains("chat\t"));
}

TEST_CASE("manual page: roff without a warning, with every command and the help's pages", "[cli]") {
  const auto page = run({"help", "man"});
  CHECK(page.code == 0);
  for (const auto* const text :
       {".SH NAME", ".SS mcullm chat", ".SS mcullm doctor", ".SH \"EXIT CODES\"", "MCULLM_PORT"})
    CHECK_THAT(page.out, Contains(text));
  CHECK_THAT(page.out, !Contains("__complete"));
  if (!installed("groff")) {
    WARN("SKIPPED: no groff");
    return;
  }
  const ScratchFolder scratch;
  std::ofstream(scratch / "mcullm.1") << page.out;
  const std::string check = "groff -man -Tutf8 -ww -z '" + (scratch / "mcullm.1") + "' 2>&1 | tee '" +
                            (scratch / "warnings") + "' | (! grep .)";
  CHECK(std::system(check.c_str()) == 0);
}

// SPDX-License-Identifier: MIT
// Small wrong changes, planted one at a time in a copy of the device's sources: `mcullm validate` must catch
// each and name the operation that is wrong. A fault that does not apply any more fails the test, so the list
// cannot rot.
#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path source_dir = MCULLM_SOURCE_DIR;
const fs::path work_dir = MUTANTS_WORK_DIR;

struct Mutant {
  std::string name;
  fs::path file{};           // relative to the sources
  std::string from{}, to{};  // `from` stands exactly once in the file
  std::string op{};          // regular expression for the operation that validate must name
  std::string model = "gqa-w8-k8v8.mcm";
};

auto read_text(const fs::path& path) -> std::string {
  std::ifstream in(path);
  REQUIRE(in);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// "[name]" followed by "key = value" lines; "\n" in a value is a line break.
auto read_mutants() -> std::vector<Mutant> {
  std::ifstream in(source_dir / "tests/mutants/mutants.txt");
  REQUIRE(in);
  std::vector<Mutant> mutants;
  static const std::regex field(R"(^(\w+)\s*= (.*)$)");
  for (std::string line; std::getline(in, line);) {
    std::smatch match;
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      mutants.push_back({.name = line.substr(1, line.size() - 2)});
    } else if (std::regex_match(line, match, field)) {
      const auto value = std::regex_replace(match[2].str(), std::regex(R"(\\n)"), "\n");
      auto& mutant = mutants.back();
      if (match[1] == "file") mutant.file = value;
      if (match[1] == "from") mutant.from = value;
      if (match[1] == "to") mutant.to = value;
      if (match[1] == "op") mutant.op = value;
      if (match[1] == "model") mutant.model = value;
    } else {
      FAIL("mutants.txt: " << line);
    }
  }
  return mutants;
}

struct Finished {
  int exit = -1;
  std::string output;
};

auto run(const std::string& command) -> Finished {
  CAPTURE(command);
  auto* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Finished finished;
  std::array<char, 4096> chunk;
  while (const auto count = fread(chunk.data(), 1, chunk.size(), pipe))
    finished.output.append(chunk.data(), count);
  const int status = pclose(pipe);
  finished.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return finished;
}

auto plant(const Mutant& mutant) -> fs::path {
  auto text = read_text(source_dir / mutant.file);
  const auto at = text.find(mutant.from);
  REQUIRE(at != std::string::npos);
  REQUIRE(text.find(mutant.from, at + 1) == std::string::npos);
  text.replace(at, mutant.from.size(), mutant.to);
  const auto folder = work_dir / std::to_string(std::hash<std::string>{}(mutant.name));
  fs::create_directories(folder);
  std::ofstream(folder / mutant.file.filename()) << text;
  return folder;
}

// The changed file is compiled alone and linked before the archives, so that it replaces its original.
auto build_agent(const Mutant& mutant, const fs::path& folder) -> fs::path {
  auto agent = folder / "agent";
  const auto original = (source_dir / mutant.file).parent_path();
  const auto built =
      run(fmt::format("'{}' -std=gnu11 -O1 -w -I'{}' -I'{}' -I'{}' '{}' {} -o '{}' 2>&1", MUTANTS_CC,
                      original.string(), (source_dir / "device").string(), source_dir.string(),
                      (folder / mutant.file.filename()).string(), MUTANTS_LIBRARIES, agent.string()));
  CAPTURE(built.output);
  REQUIRE(built.exit == 0);
  return agent;
}

auto validate(const std::string& port, const std::string& model) -> Finished {
  return run(fmt::format("'{}' -q validate --json --port \"{}\" '{}' 2>/dev/null", MUTANTS_MCULLM, port,
                         (source_dir / "proto/vectors" / model).string()));
}

}  // namespace

TEST_CASE("mutants: the agent as it is passes every check", "[mutants]") {
  const auto clean = validate("sim:native", "gqa-w8-k8v8.mcm");
  CAPTURE(clean.output);
  CHECK(clean.exit == 0);
}

TEST_CASE("mutants: validate catches every planted fault and names its operation", "[mutants]") {
  const auto mutants = read_mutants();
  CHECK(mutants.size() >= 20);
  for (const auto& mutant : mutants) {
    DYNAMIC_SECTION(mutant.name) {
      const auto agent = build_agent(mutant, plant(mutant));
      const auto caught = validate("exec:'" + agent.string() + "'", mutant.model);
      CAPTURE(caught.output);
      REQUIRE(caught.exit == 6);
      const auto report = nlohmann::json::parse(caught.output);
      const auto op = report["checks"].back()["mismatch"]["op"].get<std::string>();
      CAPTURE(op, mutant.op);
      CHECK(std::regex_match(op, std::regex(mutant.op)));
    }
  }
}

// SPDX-License-Identifier: MIT
// --json of every command against its schema in host/share/schemas.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "json_schema.hpp"
#include "model_files.hpp"

using Catch::Matchers::Contains;
using mcullm::tests::ModelFiles;
using mcullm::tests::run;
using mcullm::tests::violations;
using nlohmann::json;

namespace {

const std::filesystem::path schemas = MCULLM_SOURCE_DIR "/host/share/schemas";
const std::string models = MCULLM_SOURCE_DIR "/models/";

auto schema_of(const json& value) -> json {
  const auto id = value.at("schema").get<std::string>();  // "mcullm.chat.v1"
  const auto name = id.substr(7, id.rfind(".v") - 7);
  std::ifstream in(schemas / (name + ".json"));
  INFO("host/share/schemas/" << name << ".json");
  REQUIRE(in);
  return json::parse(in);
}

void check_valid(const json& value) {
  const auto found = violations(schema_of(value), value);
  std::string all;
  for (const auto& violation : found) all += violation + "\n";
  INFO(value["schema"] << "\n" << all);
  CHECK(found.empty());
}

// What the program prints for these words and --json, which is one object.
auto printed(std::vector<std::string> words, int code = 0) -> json {
  words.emplace_back("--json");
  const auto ran = run(words);
  INFO(words[0] << ": " << ran.err);
  CHECK(ran.code == code);
  return json::parse(ran.out);
}

// One or more command lines for each command that has --json.
auto command_lines(const ModelFiles& files) -> std::vector<std::vector<std::string>> {
  const auto in = [&](const char* name) { return files.folder / name; };
  std::ofstream text(in("text"));
  for (int i = 0; i < 60; ++i) text << "the dog ran to the house, and the cat sat.\n\n";
  text.close();
  const std::string tokens = models + "tales27k.tok.bin";
  return {
      {"bench", files.model, "--port", "sim:native", "-p", "4", "-n", "3", "-r", "1"},
      {"boards"},
      {"boards", "pico"},
      {"chat", files.model, "--port", "sim:native", "-p", "abc", "-n", "3", "--trace", in("trace")},
      {"chat", files.model, "--port", "sim:native", "-p", "abc", "-n", "3", "--no-verify"},
      {"convert", models + "tales27k.bin", "--tokenizer", tokens, "-o", in("f.mcm")},
      {"doctor"},
      {"doctor", "--udev"},
      {"quantize", in("f.mcm"), "-o", in("q.mcm")},
      {"eval", in("q.mcm"), "--reference", in("f.mcm"), "--text", in("text")},
      {"flash", "--port", "sim:native", files.model},
      {"flash", "--port", "sim:native", files.model, "--dry-run"},
      {"image", "--sd", in("card.img"), files.model},
      {"info", in("q.mcm")},
      {"info", in("f.mcm")},
      {"info", models + "tales27k.bin"},
      {"info", tokens},
      {"info", "--port", "sim:native"},
      {"info", files.model, "--port", "sim:native"},
      {"list", "--no-probe"},
      {"plan", in("q.mcm")},
      {"profile", files.model, "--port", "sim:native"},
      {"replay", in("trace")},
      {"replay", in("trace"), "--against", "sim:native"},
      {"report", "--trace", in("trace"), "-o", in("report.tar.gz")},
      {"sim"},
      {"sweep", "starmind-1k", "--port", "sim:native", "--shard", "1/16"},
      {"train", in("text"), "-o", in("t.bin"), "--tokenizer", tokens, "--shape", "16,24,1,2,1,256,32",
       "--steps", "2"},
      {"validate", files.model, "--port", "sim:native", "--tokens", "4"},
  };
}

auto commands() -> std::set<std::string> {
  std::set<std::string> names;
  std::istringstream lines(run({"__complete", "--", ""}).out);
  for (std::string line; std::getline(lines, line);) names.insert(line.substr(0, line.find('\t')));
  return names;
}

}  // namespace

TEST_CASE("json: every command that has it prints what its schema says", "[cli][json]") {
  const ModelFiles files;
  std::set<std::string> covered;
  for (const auto& line : command_lines(files)) {
    CAPTURE(line);
    check_valid(printed(line));
    covered.insert(line[0]);
  }
  for (const auto& name : commands()) {
    if (name == "help" || name == "completion") continue;  // they print pages
    if (run({"__complete", "--", name, "--js"}).out.empty()) continue;
    INFO("mcullm " << name << " has --json: give it a line above and a schema in host/share/schemas");
    CHECK(covered.contains(name));
  }
}

TEST_CASE("json: results that are bad news, and errors, have their form as well", "[cli][json]") {
  const ModelFiles files;
  check_valid(printed({"info", "/no/such/file"}, 3));
  check_valid(printed({"flash", files.model, "--port", "sim:nothing"}, 2));
  check_valid(printed({"boards", "--no-such-option"}, 2));
  const auto differing =
      printed({"validate", "--port", "exec:" LYING_AGENT " 1 " MCULLM_AGENT, "--matmul", "4x4"}, 6);
  CHECK(differing["schema"] == "mcullm.validate.v1");
  CHECK(differing["ok"] == false);
  check_valid(differing);
}

TEST_CASE("json: each schema is one that the validator understands", "[cli][json]") {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(schemas)) {
    std::ifstream in(file.path());
    const auto schema = json::parse(in);
    CAPTURE(file.path().string());
    CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
    CHECK(schema["properties"]["schema"]["const"] == "mcullm." + file.path().stem().string() + ".v1");
    ++count;
  }
  CHECK(count >= 15);
}

TEST_CASE("json: the validator finds what is wrong", "[cli][json]") {
  const auto schema = json::parse(R"({"type": "object", "required": ["a"], "properties": {
    "a": {"type": ["integer", "null"], "minimum": 0}, "b": {"type": "array", "items": {"enum": ["x", "y"]}},
    "c": {"const": 1}}})");
  const auto count = [&](const char* text) { return violations(schema, json::parse(text)).size(); };
  CHECK(count(R"({"a": 1, "b": ["x", "y"], "c": 1, "more": true})") == 0);
  CHECK(count(R"({"a": null})") == 0);
  CHECK(count(R"({})") == 1);
  CHECK(count(R"([])") == 1);
  CHECK(count(R"({"a": "1"})") == 1);
  CHECK(count(R"({"a": 1.5})") == 1);
  CHECK(count(R"({"a": -1})") == 1);
  CHECK(count(R"({"a": 1, "b": ["x", "z"]})") == 1);
  CHECK(count(R"({"a": 1, "c": 2})") == 1);
  CHECK_THAT(violations(json::parse(R"({"maximum": 3})"), 1).at(0), Contains("unknown keyword maximum"));
}

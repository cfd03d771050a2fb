// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../cli/model_files.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using Json = nlohmann::ordered_json;
using tests::run;

namespace {

auto lines(const std::string& text) -> std::ptrdiff_t { return std::count(text.begin(), text.end(), '\n'); }

}  // namespace

TEST_CASE("bench command: one measurement in five forms", "[bench]") {
  const tests::ModelFiles files;
  const auto bench = [&](const char* format) {
    return run({"bench", files.model, "--port", "sim:native", "-p", "8", "-n", "4,6", "-d", "0,3", "-r", "2",
                "-q", "-o", format});
  };
  const auto table = bench("table");
  CHECK(table.code == 0);
  CHECK_THAT(table.out,
             Contains("tok/s") && Contains("decode 6 at 3") && Contains("share of the last token"));
  CHECK_THAT(bench("md").out, Contains("| model") && Contains("--: |"));
  const auto csv = bench("csv").out;
  CHECK(lines(csv) == 1 + 6);
  CHECK(csv.starts_with("model,formats,image_bytes,board,port,"));

  const auto json = Json::parse(bench("json").out);
  CHECK(json["schema"] == "mcullm.bench.v1");
  REQUIRE(json["tests"].size() == 6);
  CHECK(json["tests"][0]["test"] == "prefill");
  CHECK(json["tests"][0]["samples"].size() == 2);
  CHECK(json["board"] == "native");

  const auto jsonl = bench("jsonl").out;
  CHECK(lines(jsonl) == 6);
  CHECK(Json::parse(jsonl.substr(0, jsonl.find('\n')))["schema"] == "mcullm.bench-test.v1");
}

TEST_CASE("bench command: what cannot be measured has its exit code", "[bench]") {
  const tests::ModelFiles files;
  CHECK(run({"bench", files.model, "--port", "sim:native", "-p", "0", "-n", "0"}).code == 2);
  CHECK(run({"bench", files.model, "--port", "sim:native", "-n", "100"}).code == 2);
  CHECK(run({"bench", files.floats, "--port", "sim:native"}).code == 3);
  CHECK(run({"bench", "--port", "sim:native"}).code == 2);
}

TEST_CASE("sweep command: shards merge into the whole", "[bench]") {
  const tests::ScratchFolder folder;
  const auto sweep = [&](const std::string& shard) {
    return run(
        {"sweep", "starmind-1k", "--port", "sim:native", "--shard", shard, "--json", "-q", "--at", "0,5"});
  };
  std::vector<std::string> command = {"sweep", "--json", "--merge"};
  for (const auto* shard : {"2/3", "1/3", "3/3"}) {
    const auto ran = sweep(shard);
    REQUIRE(ran.code == 0);
    command.push_back(folder / (std::string(1, shard[0]) + ".json"));
    std::ofstream(command.back()) << ran.out;
  }
  const auto merged = Json::parse(run(command).out);
  CHECK(merged["schema"] == "mcullm.sweep.v1");
  REQUIRE(merged["rows"].size() == 16);
  for (std::size_t i = 0; i < 16; ++i) CHECK(merged["rows"][i]["index"] == i);
  CHECK(merged["rows"][6]["name"] == "vocab-monster");
  CHECK(merged["rows"][6]["tokens"].size() == 2);

  command.pop_back();
  const auto part = run(command);
  CHECK(part.code == 0);
  CHECK_THAT(part.err, Contains("of 16 models are missing"));
  command.push_back(command.back());
  CHECK(run(command).code == 3);  // a shard twice
}

TEST_CASE("sweep command: grids, shapes, and images to keep", "[bench]") {
  const tests::ScratchFolder folder;
  const auto table = run({"sweep", "--grid", "dim=8,16", "heads=1,2", "--shape", "16,20,1,2,1,32,16",
                          "--port", "sim:native", "-q", "-o", "csv"});
  CHECK(table.code == 0);
  CHECK(lines(table.out) == 1 + 5);
  CHECK(
      run({"sweep", "--grid", "dim=12", "heads=2,4", "--save", folder / "m", "--port", "sim:native"}).code ==
      0);
  CHECK(run({"plan", folder / "m/heads=2.mcm"}).code == 0);
  const auto costs = run({"sweep", "--grid", "dim=8,16", "hidden=16,24", "--port", "sim:native", "--fit"});
  CHECK(costs.code == 0);
  CHECK_THAT(costs.out, Contains("matrices_w8 = [") && Contains("attention_k8v8 = ["));
}

TEST_CASE("sweep command: what is wrong is told", "[bench]") {
  CHECK(run({"sweep", "--port", "sim:native"}).code == 2);
  CHECK(run({"sweep", "nonsense", "--port", "sim:native"}).code == 3);
  CHECK(run({"sweep", "--grid", "dim", "--port", "sim:native"}).code == 2);
  CHECK(run({"sweep", "--grid", "depth=3", "--port", "sim:native"}).code == 2);
  CHECK(run({"sweep", "--shape", "1,2,3", "--port", "sim:native"}).code == 2);
  CHECK(run({"sweep", "heads", "--port", "sim:native", "--shard", "0/3"}).code == 2);
  CHECK(run({"sweep", "--merge", "/dev/null"}).code == 3);
}

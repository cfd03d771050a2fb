// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "../cli/model_files.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using tests::run;

TEST_CASE("plan: every board in a table, one board in detail", "[plan]") {
  const tests::ModelFiles files;
  const auto all = run({"plan", files.model});
  CHECK(all.code == 0);
  CHECK_THAT(all.out, Contains("uno") && Contains("pico2") && Contains("context up to"));
  const auto one = run({"plan", files.model, "--board", "pico"});
  CHECK(one.code == 0);
  CHECK_THAT(one.out, Contains("keys and values") && Contains("largest context with these formats: 4,096"));
}

TEST_CASE("plan: what if, for scripts", "[plan]") {
  const tests::ModelFiles files;
  const auto ran =
      run({"plan", files.model, "--board", "uno", "--weights", "w4", "--context", "9", "--json"});
  REQUIRE(ran.code == 0);
  const auto json = nlohmann::ordered_json::parse(ran.out);
  CHECK(json["schema"] == "mcullm.plan.v1");
  CHECK(json["formats"].get<std::string>().starts_with("w4 "));
  CHECK(json["context"] == 9);
  REQUIRE(json["boards"].size() == 1);
  CHECK(json["boards"][0]["parts"][1]["place"] == "card");
  CHECK(json["boards"][0]["fits"] == true);
}

TEST_CASE("plan: what cannot be planned is an error", "[plan]") {
  const tests::ModelFiles files;
  CHECK(run({"plan", files.model, "--board", "nano"}).code == 2);
  CHECK(run({"plan", "/dev/null"}).code == 3);
  CHECK(run({"plan"}).code == 2);
}

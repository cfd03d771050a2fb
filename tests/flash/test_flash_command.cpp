// SPDX-License-Identifier: MIT
// mcullm flash, as a user runs it.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

using namespace mcullm::tests;
using nlohmann::json;

namespace {

const std::string image = std::string(MCULLM_SOURCE_DIR) + "/proto/vectors/gqa-w8-k16v8.mcm";

auto agent(const std::string& options) -> std::string {
  return std::string("exec:exec '") + MCULLM_AGENT + "' " + options;
}

}  // namespace

TEST_CASE("flash command: stores once, then finds it there", "[flash][cli]") {
  const ScratchFolder folder;
  const auto port = agent("--store '" + (folder / "flash") + "'");
  const auto planned = run({"flash", "--port", port, image, "--dry-run", "--json"});
  REQUIRE(planned.code == 0);
  CHECK(json::parse(planned.out)["sent_bytes"] == 9388);
  CHECK(json::parse(planned.out)["dry_run"] == true);

  const auto stored = run({"flash", "--port", port, image, "--json"});
  REQUIRE(stored.code == 0);
  const auto report = json::parse(stored.out);
  CHECK(report["schema"] == "mcullm.flash.v1");
  CHECK(report["board"] == "native");
  CHECK(report["image_bytes"] == 9388);
  CHECK(report["sent_bytes"] == 9388);
  CHECK(report["already_there"] == false);

  const auto again = run({"flash", "--port", port, image});
  CHECK(again.code == 0);
  CHECK(again.out == "the board runs this model already; nothing to do\n");
}

TEST_CASE("flash command: every way to fail has its exit code and its words", "[flash][cli]") {
  const auto no_image = run({"flash", "--port", "sim:native", std::string(MCULLM_SOURCE_DIR) + "/LICENSE"});
  CHECK(no_image.code == 3);
  CHECK(no_image.err.find("LICENSE") != std::string::npos);
  CHECK(run({"flash", "--port", "sim:nowhere", image}).code == 2);
  CHECK(run({"flash", "--port", "sim:native", image, "--fault", "flip=9"}).code == 2);
  CHECK(run({"flash", image}).code == 2);
  CHECK(run({"flash", "--port", "/dev/nonexistent", image}).code == 4);
  const auto too_long = run({"flash", "--port", agent("--store-bytes 4096"), image});
  CHECK(too_long.code == 7);
  CHECK(too_long.err.find("9388 bytes, the storage of native holds 4096") != std::string::npos);
  const auto too_large = run({"flash", "--port", agent("--arena 1024"), image});
  CHECK(too_large.code == 7);
  CHECK(too_large.err.find("the board has 1024") != std::string::npos);
}

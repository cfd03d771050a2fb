// SPDX-License-Identifier: MIT
// Boards that hold no model and make its products.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "model_files.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using tests::ModelFiles;
using tests::run;

namespace {

// Its storage is too small for any model.
const std::string agent = MCULLM_AGENT " --store-bytes 4096";
const std::string port = "exec:" + agent;

auto liar(int lie_at) -> std::string {
  return "exec:" LYING_AGENT " " + std::to_string(lie_at) + " " + agent;
}

}  // namespace

TEST_CASE("offload: the story is the one that the reference tells", "[cli]") {
  const ModelFiles files;
  const auto here = run({"generate", files.model, "-p", "abc", "--seed", "5", "-t", "0.7", "-n", "0"});
  const auto board =
      run({"chat", files.model, "--port", port, "-p", "abc", "--seed", "5", "--offload", "matmul"});
  CHECK(board.code == 0);
  CHECK(board.out == here.out);
  CHECK_THAT(board.err, Contains("verified ") && Contains(" products: computing "));
  // and on a board that restarts now and then
  const auto shaken = run({"chat", files.model, "--port", port, "-p", "abc", "--seed", "5", "--offload",
                           "matmul", "--fault", "reset=200", "-q"});
  CHECK(shaken.code == 0);
  CHECK(shaken.out == here.out);
}

TEST_CASE("offload: time of the board and time of the link are told apart", "[cli]") {
  const ModelFiles files;
  const auto ran = run({"chat", files.model, "--port", port, "-p", "abc", "--seed", "5", "-n", "4",
                        "--offload", "matmul", "--json", "-q"});
  REQUIRE(ran.code == 0);
  const auto object = nlohmann::json::parse(ran.out);
  const auto& offload = object["offload"];
  const auto positions = object["tokens"]["context_used"].get<int>();
  // 7 in each of 2 layers, and the classifier for every token but those of the prompt
  CHECK(offload["products"] == positions * 14 + 4);
  CHECK(offload["compute_seconds"].get<double>() > 0);
  CHECK(offload["waiting_seconds"].get<double>() > offload["compute_seconds"].get<double>());
  CHECK(offload["link_bytes"].get<int>() > offload["multiplications"].get<int>());
  CHECK(offload["link_seconds_estimated"].is_null());  // this agent has no serial line
  CHECK(object["ticks"].get<std::uint64_t>() <= offload["ticks"].get<std::uint64_t>());
}

// Without a classifier in the prompt the 20th product is the 6th of position 1, else the 5th.
TEST_CASE("offload: one wrong sum is found, and named", "[cli]") {
  const ModelFiles files;
  const auto chat =
      run({"chat", files.model, "--port", liar(20), "-p", "abc", "--seed", "5", "--offload", "matmul"});
  CHECK(chat.code == 6);
  CHECK_THAT(chat.err, Contains("THE BOARD IS WRONG in the product of w3 of layer 0, row 0: "));

  const auto validated = run({"validate", files.model, "--port", liar(20), "-t", "0", "--tokens", "5",
                              "--offload", "matmul", "--json"});
  CHECK(validated.code == 6);
  const auto mismatch = nlohmann::json::parse(validated.out)["checks"][0]["mismatch"];
  CHECK(mismatch["layer"] == 0);
  CHECK_THAT(mismatch["op"].get<std::string>(), Contains("matmul w1"));
}

TEST_CASE("offload: only tokens are checked, and they need a model", "[cli]") {
  const ModelFiles files;
  CHECK(run({"validate", "--port", port, "--offload", "matmul"}).code == 2);
  CHECK(run({"validate", files.model, "--port", port, "--offload", "matmul", "--layer", "0"}).code == 2);
  CHECK(run({"validate", files.model, "--port", port, "--offload", "everything"}).code == 2);
  CHECK(run({"validate", files.model, "--port", port, "--offload", "matmul"}).code == 0);
}

// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "model_files.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using tests::ModelFiles;
using tests::run;

namespace {

auto contents(const std::string& path) -> std::string {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("bench: the page has the numbers of the JSON", "[cli][bench]") {
  const ModelFiles files;
  const std::string page = files.folder / "page.html", eval = files.folder / "eval.json";
  std::ofstream(eval) << nlohmann::json{{"schema", "mcullm.eval.v1"},
                                        {"model", files.model},
                                        {"kl_nats", {{"mean", 0.0125}}},
                                        {"top1_agreement", 0.97},
                                        {"perplexity", {{"integer", 3.5}}}};
  const auto ran = run({"bench", files.model, "--port", "sim:native", "-p", "4", "-n", "4", "-d", "0,8", "-r",
                        "2", "--json", "--report", page, "--eval", eval});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  auto printed = nlohmann::json::parse(ran.out);
  const auto html = contents(page);
  static const std::regex data(R"re(<data itemprop="([^"]+)" value="([^"]+)">)re");
  std::size_t numbers = 0;
  for (auto it = std::sregex_iterator(html.begin(), html.end(), data); it != std::sregex_iterator();
       ++it, ++numbers) {
    CAPTURE((*it)[1].str());
    CHECK(printed.at(nlohmann::json::json_pointer((*it)[1])).get<double>() == std::stod((*it)[2]));
  }
  CHECK(numbers > 30);
  const auto begin = html.find("id=\"bench\">") + 11;
  auto embedded = nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
  printed.erase("schema");
  CHECK(embedded == printed);
  CHECK(printed["profile"]["layers"].size() == 2);
  CHECK(printed["profile"]["position"] == 8);
  CHECK_THAT(html, Contains("0.01250") && Contains("97.00 %"));
}

TEST_CASE("bench: an evaluation that is none is refused", "[cli][bench]") {
  const ModelFiles files;
  const std::string eval = files.folder / "eval.json";
  std::ofstream(eval) << "{}";
  const auto ran = run({"bench", files.model, "--port", "sim:native", "-p", "0", "-n", "4", "-r", "1",
                        "--report", files.folder / "page.html", "--eval", eval});
  CHECK(ran.code == 3);
  CHECK_THAT(ran.err, Contains("mcullm eval --json"));
}

// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <map>
#include <regex>

#include "report/bench_page.hpp"

using namespace mcullm;
using nlohmann::ordered_json;

namespace {

auto run_of(double scale) -> ordered_json {
  return {{"ticks", 1000 * scale},
          {"ops", {{"embed", 0}, {"q", 100 * scale}, {"hidden", 600 * scale}, {"logits", 300 * scale}}}};
}

auto sample_bench() -> ordered_json {
  ordered_json bench = {{"model", "tales </script><b>"},
                        {"formats", "w8 k16v8"},
                        {"image_bytes", 31652},
                        {"parameters", 26784},
                        {"port", "sim:uno"},
                        {"board", "uno"},
                        {"agent_name", "atmega328p"},
                        {"clock_hz", 16000000},
                        {"tick_unit", "cycles"},
                        {"basis", "simulated"},
                        {"arena_bytes_used", 800},
                        {"arena_bytes", 912},
                        {"repetitions", 3}};
  bench["tests"] = ordered_json::array();
  for (const int depth : {0, 64})
    for (const char* kind : {"prefill", "decode"})
      bench["tests"].push_back(
          {{"test", kind},
           {"tokens", 16},
           {"depth", depth},
           {"tokens_per_second", 12.3456789 - depth / 100.0},
           {"deviation", 0.00123},
           {"predicted_tokens_per_second", depth == 0 ? ordered_json(12.0) : ordered_json(nullptr)},
           {"ticks_per_token", 1234567.5},
           {"ticks_per_mac", 45.678},
           {"link_bytes_per_token", 8.5}});
  bench["profile"] = run_of(1234);
  bench["profile"]["position"] = 64;
  bench["profile"]["layers"] = {run_of(400), run_of(401)};
  for (int layer = 0; layer < 2; ++layer)
    bench["profile"]["layers"][static_cast<std::size_t>(layer)]["layer"] = layer;
  return bench;
}

// Value by pointer, of every number that the page marks.
auto numbers_in(const std::string& html) -> std::map<std::string, double> {
  static const std::regex data(R"re(<data itemprop="([^"]+)" value="([^"]+)">)re");
  std::map<std::string, double> numbers;
  for (auto it = std::sregex_iterator(html.begin(), html.end(), data); it != std::sregex_iterator(); ++it)
    numbers[(*it)[1]] = std::stod((*it)[2]);
  return numbers;
}

}  // namespace

TEST_CASE("bench page: every number in it is the one of the JSON, and none is missing", "[report]") {
  const auto bench = sample_bench();
  const auto html = report::bench_page(
      {.bench = bench, .qualities = {}, .command = "mcullm bench", .version = "1", .date = "d"});
  const auto numbers = numbers_in(html);
  for (const auto& [pointer, value] : numbers) {
    CAPTURE(pointer);
    CHECK(bench.at(ordered_json::json_pointer(pointer)).get<double>() == value);
  }
  for (std::size_t i = 0; i < bench["tests"].size(); ++i)
    for (const char* key :
         {"tokens_per_second", "deviation", "ticks_per_token", "ticks_per_mac", "link_bytes_per_token"})
      CHECK(numbers.contains("/tests/" + std::to_string(i) + "/" + key));
  for (const char* op : {"q", "hidden", "logits"}) CHECK(numbers.contains(std::string("/profile/ops/") + op));
  CHECK_FALSE(numbers.contains("/profile/ops/embed"));  // took no time
}

TEST_CASE("bench page: it is a file of its own, without anything that runs", "[report]") {
  const auto html = report::bench_page({.bench = sample_bench(),
                                        .qualities = {{"<w8>", 31652, 0.0005, 0.98, 3.1}},
                                        .command = "mcullm <bench>",
                                        .version = "1",
                                        .date = "d"});
  for (const char* foreign : {"http:", "https:", "src=", "@import", "url(", "<link"}) {
    CAPTURE(foreign);
    CHECK(html.find(foreign) == std::string::npos);
  }
  CHECK(html.find("tales </script><b>") == std::string::npos);  // the name of the model made no element
  std::size_t scripts = 0;
  for (auto at = html.find("<script"); at != std::string::npos; at = html.find("<script", at + 1)) ++scripts;
  CHECK(scripts == 1);
  const auto begin = html.find("id=\"bench\">") + 11, end = html.find("</script>", begin);
  CHECK(ordered_json::parse(html.substr(begin, end - begin)) == sample_bench());
  CHECK(html.find("&lt;w8&gt;") != std::string::npos);
}

TEST_CASE("bench page: without a profile and without qualities it is shorter, not wrong", "[report]") {
  auto bench = sample_bench();
  bench.erase("profile");
  const auto html =
      report::bench_page({.bench = bench, .qualities = {}, .command = "", .version = "1", .date = "d"});
  CHECK(html.find("Where the") == std::string::npos);
  CHECK(html.find("Quality") == std::string::npos);
  CHECK(html.find("Speed against context") != std::string::npos);
}

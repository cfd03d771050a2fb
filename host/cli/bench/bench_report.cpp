// SPDX-License-Identifier: MIT
#include "cli/bench/bench_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "ui/quantity.hpp"
#include "verify/localise.hpp"

namespace mcullm::cli {

namespace {

using Json = nlohmann::ordered_json;
using bench::BenchReport;
using bench::TestReport;
using ui::Align;

auto count(double value) -> std::string {
  return ui::count_text(static_cast<std::uint64_t>(std::llround(value)));
}

auto unit_name(const BenchReport& report) -> std::string {
  return report.unit == boards::TickUnit::nanoseconds ? "ns" : boards::name(report.unit);
}

auto board_name(const BenchReport& report) -> std::string {
  return report.board.empty() ? report.agent_name : report.board;
}

// "1.83 ± 0.01"
auto rate_text(const TestReport& test) -> std::string {
  const double rate = test.tokens_per_second;
  const int digits = rate <= 0 ? 0 : std::clamp(2 - static_cast<int>(std::floor(std::log10(rate))), 0, 6);
  return fmt::format("{:.{}f} ± {:.{}f}", rate, digits, test.deviation, digits);
}

auto predicted_text(const TestReport& test) -> std::string {
  if (!test.predicted_tokens_per_second) return "";
  const double predicted = *test.predicted_tokens_per_second;
  return fmt::format("{:.3g} ({:+.0f} %)", predicted, 100 * (predicted / test.tokens_per_second - 1));
}

auto speed_table(const BenchReport& report) -> ui::Table {
  constexpr std::size_t test_column = 4;
  const auto unit = unit_name(report);
  ui::Table table({{"model"},
                   {"bytes", Align::right},
                   {"board"},
                   {"clock", Align::right},
                   {"test"},
                   {"tok/s", Align::right},
                   {"number is"},
                   {"predicted", Align::right},
                   {unit + "/token", Align::right},
                   {unit + "/MAC", Align::right},
                   {"in matrices", Align::right},
                   {"link B/token", Align::right}},
                  test_column);
  for (const auto& test : report.tests)
    table.add_row({fmt::format("{} {}", report.model, report.formats), ui::count_text(report.image_bytes),
                   board_name(report), fmt::format("{:g} MHz", static_cast<double>(report.clock_hz) / 1e6),
                   test.test.name(), rate_text(test), boards::name(report.basis), predicted_text(test),
                   count(test.ticks_per_token), fmt::format("{:.2f}", test.ticks_per_mac),
                   fmt::format("{:.2f}", test.ticks_per_weight),
                   fmt::format("{:.1f}", test.link_bytes_per_token)});
  return table;
}

auto shares(const TestReport& test) -> std::vector<double> {
  const double all = std::accumulate(test.ticks_by_work.begin(), test.ticks_by_work.end(), 0.0);
  std::vector<double> result;
  for (const double ticks : test.ticks_by_work) result.push_back(all > 0 ? ticks / all : 0);
  return result;
}

// PROFILE knows no work outside the ops: that column would always be empty.
auto share_table(const BenchReport& report) -> ui::Table {
  std::vector<ui::Column> columns = {{"share of the last token"}};
  for (const auto work : plan::all_work)
    if (work != plan::Work::other) columns.push_back({plan::title(work), Align::right});
  ui::Table table(columns);
  for (const auto& test : report.tests) {
    std::vector<std::string> row = {test.test.name()};
    const auto share = shares(test);
    for (const auto work : plan::all_work)
      if (work != plan::Work::other)
        row.push_back(fmt::format("{:.1f} %", 100 * share[static_cast<std::size_t>(work)]));
    table.add_row(std::move(row));
  }
  return table;
}

auto test_json(const TestReport& test) -> Json {
  Json by_work, samples = Json::array();
  for (const auto work : plan::all_work)
    by_work[plan::title(work)] = std::llround(test.ticks_by_work[static_cast<std::size_t>(work)]);
  for (const auto& sample : test.samples)
    samples.push_back(
        {{"ticks", sample.ticks}, {"seconds_here", sample.seconds}, {"link_bytes", sample.link_bytes}});
  return {{"test", test.test.kind == bench::Test::Kind::prefill ? "prefill" : "decode"},
          {"tokens", test.test.tokens},
          {"depth", test.test.depth},
          {"tokens_per_second", test.tokens_per_second},
          {"deviation", test.deviation},
          {"tokens_per_second_here", test.tokens_per_second_here},
          {"predicted_tokens_per_second",
           test.predicted_tokens_per_second ? Json(*test.predicted_tokens_per_second) : Json(nullptr)},
          {"ticks_per_token", test.ticks_per_token},
          {"ticks_per_mac", test.ticks_per_mac},
          {"ticks_per_weight_in_matrices", test.ticks_per_weight},
          {"link_bytes_per_token", test.link_bytes_per_token},
          {"last_token_ticks", std::move(by_work)},
          {"samples", std::move(samples)}};
}

auto head_json(const BenchReport& report) -> Json {
  const auto& s = report.shape;
  return {{"model", report.model},
          {"formats", report.formats},
          {"shape",
           {{"dim", s.dim},
            {"hidden_dim", s.hidden_dim},
            {"n_layers", s.n_layers},
            {"n_heads", s.n_heads},
            {"n_kv_heads", s.n_kv_heads},
            {"vocab_size", s.vocab_size},
            {"context", s.context}}},
          {"image_bytes", report.image_bytes},
          {"parameters", report.parameters},
          {"macs_per_token", report.macs},
          {"port", report.port},
          {"board", report.board.empty() ? Json(nullptr) : Json(report.board)},
          {"agent_name", report.agent_name},
          {"clock_hz", report.clock_hz},
          {"tick_unit", boards::name(report.unit)},
          {"cycles_per_tick", report.cycles_per_tick},
          {"basis", boards::name(report.basis)},
          {"arena_bytes_used", report.arena_bytes_used},
          {"arena_bytes", report.arena_bytes},
          {"repetitions", report.repetitions}};
}

auto op_ticks_json(const bench::OpTicks& run) -> Json {
  Json ops = Json::object();
  for (std::size_t op = 0; op < run.by_op.size() && op < MCL_OP_COUNT; ++op)
    ops[verify::op_name(static_cast<mcl_op_t>(op))] = run.by_op[op];
  return {{"ticks", run.ticks}, {"ops", std::move(ops)}};
}

auto profile_json(const bench::OpProfile& profile) -> Json {
  Json json = {{"position", profile.position}};
  json.update(op_ticks_json(profile.token));
  json["layers"] = Json::array();
  for (std::size_t layer = 0; layer < profile.layers.size(); ++layer) {
    Json one = {{"layer", layer}};
    one.update(op_ticks_json(profile.layers[layer]));
    json["layers"].push_back(std::move(one));
  }
  return json;
}

// One row per test with plain numbers, for spreadsheets.
auto csv_table(const BenchReport& report) -> ui::Table {
  std::vector<ui::Column> columns;
  for (const auto* title :
       {"model", "formats", "image_bytes", "board", "port", "clock_hz", "basis", "test", "tokens_per_second",
        "deviation", "tokens_per_second_here", "predicted_tokens_per_second", "tick_unit", "ticks_per_token",
        "ticks_per_mac", "ticks_per_weight_in_matrices", "link_bytes_per_token"})
    columns.push_back({title});
  for (const auto work : plan::all_work) columns.push_back({fmt::format("share of {}", plan::title(work))});
  ui::Table table(columns);
  for (const auto& test : report.tests) {
    std::vector<std::string> row = {
        report.model,
        report.formats,
        std::to_string(report.image_bytes),
        board_name(report),
        report.port,
        std::to_string(report.clock_hz),
        boards::name(report.basis),
        test.test.name(),
        fmt::to_string(test.tokens_per_second),
        fmt::to_string(test.deviation),
        fmt::to_string(test.tokens_per_second_here),
        test.predicted_tokens_per_second ? fmt::to_string(*test.predicted_tokens_per_second) : "",
        boards::name(report.unit),
        fmt::to_string(test.ticks_per_token),
        fmt::to_string(test.ticks_per_mac),
        fmt::to_string(test.ticks_per_weight),
        fmt::to_string(test.link_bytes_per_token)};
    for (const double share : shares(test)) row.push_back(fmt::format("{:.4f}", share));
    table.add_row(std::move(row));
  }
  return table;
}

}  // namespace

auto bench_json(const BenchReport& report) -> Json {
  auto json = head_json(report);
  json["tests"] = Json::array();
  for (const auto& test : report.tests) json["tests"].push_back(test_json(test));
  if (report.profile) json["profile"] = profile_json(*report.profile);
  return json;
}

void print_bench(const BenchReport& report, const std::string& format, ui::Console& console) {
  if (format == "json") {
    console.print_json("bench", bench_json(report));
  } else if (format == "jsonl") {
    for (const auto& test : report.tests) {
      Json line = {{"schema", "mcullm.bench-test.v1"}};
      line.update(head_json(report));
      line.update(test_json(test));
      console.print_line(line.dump());
    }
  } else if (format == "csv") {
    console.print(csv_table(report).render_csv());
  } else if (format == "md") {
    console.print(speed_table(report).render_markdown() + "\n" + share_table(report).render_markdown());
  } else {
    console.print_table(speed_table(report));
    console.print_line("");
    console.print_table(share_table(report));
  }
}

}  // namespace mcullm::cli

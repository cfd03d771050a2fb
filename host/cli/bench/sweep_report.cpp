// SPDX-License-Identifier: MIT
#include "cli/bench/sweep_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "bench/board_clock.hpp"
#include "plan/calibrate.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {

namespace {

using Json = nlohmann::ordered_json;
using bench::SweepReport;
using bench::SweepRow;
using ui::Align;

auto rate_of(const SweepReport& report, const plan::ProfiledToken& token) -> double {
  return bench::rate(1, static_cast<double>(token.ticks), report.clock_hz, report.cycles_per_tick);
}

// Positions that any row has, in order.
auto positions_of(const SweepReport& report) -> std::vector<int> {
  std::vector<int> positions;
  for (const auto& row : report.rows)
    for (const auto& token : row.tokens) positions.push_back(token.pos);
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

auto token_at(const SweepRow& row, int pos) -> const plan::ProfiledToken* {
  for (const auto& token : row.tokens)
    if (token.pos == pos) return &token;
  return nullptr;
}

auto rate_text(double rate) -> std::string {
  return rate < 100 ? fmt::format("{:.3g}", rate)
                    : ui::count_text(static_cast<std::uint64_t>(std::llround(rate)));
}

// How many times faster than the figure that somebody else published.
auto ratio_text(const SweepReport& report, const SweepRow& row) -> std::string {
  if (!row.model.published_tokens_per_second || row.tokens.empty()) return "";
  return fmt::format("{:.0f} x", rate_of(report, row.tokens.back()) / *row.model.published_tokens_per_second);
}

auto shape_cells(const checkpoint::ModelShape& s) -> std::vector<std::string> {
  std::vector<std::string> cells;
  for (const int n : {s.dim, s.hidden_dim, s.n_layers, s.n_heads, s.n_kv_heads, s.vocab_size})
    cells.push_back(std::to_string(n));
  return cells;
}

auto table_of(const SweepReport& report, bool plain) -> ui::Table {
  const auto positions = positions_of(report);
  const bool published = std::any_of(report.rows.begin(), report.rows.end(), [](auto& row) {
    return row.model.published_tokens_per_second.has_value();
  });
  std::vector<ui::Column> columns = {{"model"}};
  for (const auto* title :
       {"dim", "hidden", "layers", "heads", "kv", "vocab", "parameters", "bytes", "arena"})
    columns.push_back({title, Align::right});
  for (const int pos : positions) {
    columns.push_back({fmt::format("{} at {}", boards::name(report.unit), pos), Align::right});
    columns.push_back({fmt::format("tok/s at {}", pos), Align::right});
  }
  if (published) columns.insert(columns.end(), {{"published", Align::right}, {"ours is", Align::right}});
  columns.push_back({"note"});
  const auto number = [&](std::uint64_t n) { return plain ? std::to_string(n) : ui::count_text(n); };
  ui::Table table(columns);
  for (const auto& row : report.rows) {
    std::vector<std::string> cells = {row.model.name};
    for (auto& cell : shape_cells(row.model.shape)) cells.push_back(std::move(cell));
    cells.insert(cells.end(), {number(row.parameters), number(row.image_bytes), number(row.arena_bytes)});
    for (const int pos : positions) {
      const auto* token = token_at(row, pos);
      cells.push_back(token == nullptr ? "" : number(token->ticks));
      cells.push_back(token == nullptr ? ""
                      : plain          ? fmt::to_string(rate_of(report, *token))
                                       : rate_text(rate_of(report, *token)));
    }
    if (published) {
      const auto other = row.model.published_tokens_per_second;
      cells.insert(cells.end(), {other ? fmt::format("{:g}", *other) : "", ratio_text(report, row)});
    }
    cells.push_back(row.refused.empty() ? row.model.note : "does not run: " + row.refused);
    table.add_row(std::move(cells));
  }
  return table;
}

auto token_json(const SweepReport& report, const plan::ProfiledToken& token) -> Json {
  return {{"position", token.pos},
          {"kept_share", token.kept},
          {"ticks", token.ticks},
          {"tokens_per_second", rate_of(report, token)},
          {"ticks_by_op", token.by_op}};
}

auto row_json(const SweepReport& report, const SweepRow& row) -> Json {
  const auto& s = row.model.shape;
  Json json = {{"index", row.index},
               {"name", row.model.name},
               {"shape", {s.dim, s.hidden_dim, s.n_layers, s.n_heads, s.n_kv_heads, s.vocab_size, s.context}},
               {"bits", row.model.bits},
               {"kv", image::name(row.model.kv_format)},
               {"parameters", row.parameters},
               {"image_bytes", row.image_bytes},
               {"arena_bytes", row.arena_bytes}};
  json["published_tokens_per_second"] =
      row.model.published_tokens_per_second ? Json(*row.model.published_tokens_per_second) : Json(nullptr);
  json["note"] = row.model.note;
  json["refused"] = row.refused.empty() ? Json(nullptr) : Json(row.refused);
  json["tokens"] = Json::array();
  for (const auto& token : row.tokens) json["tokens"].push_back(token_json(report, token));
  return json;
}

auto report_json(const SweepReport& report) -> Json {
  Json json = {{"title", report.title},
               {"source", report.source},
               {"port", report.port},
               {"board", report.board.empty() ? Json(nullptr) : Json(report.board)},
               {"agent_name", report.agent_name},
               {"clock_hz", report.clock_hz},
               {"tick_unit", boards::name(report.unit)},
               {"cycles_per_tick", report.cycles_per_tick},
               {"basis", boards::name(report.basis)},
               {"arena_bytes", report.arena_bytes},
               {"models", report.models}};
  json["rows"] = Json::array();
  for (const auto& row : report.rows) json["rows"].push_back(row_json(report, row));
  return json;
}

auto row_from(const Json& json) -> SweepRow {
  SweepRow row;
  row.index = json.at("index");
  row.model.name = json.at("name");
  const auto n = json.at("shape").get<std::array<int, 7>>();
  row.model.shape = {n[0], n[1], n[2], n[3], n[4], n[5], n[6]};
  row.model.bits = json.at("bits");
  row.model.kv_format =
      image::parse_kv_format(json.at("kv").get<std::string>()).value_or(image::KvFormat::k8v8);
  row.parameters = json.at("parameters");
  row.image_bytes = json.at("image_bytes");
  row.arena_bytes = json.at("arena_bytes");
  if (const auto& other = json.at("published_tokens_per_second"); other.is_number())
    row.model.published_tokens_per_second = other.get<double>();
  row.model.note = json.at("note");
  if (const auto& refused = json.at("refused"); refused.is_string()) row.refused = refused.get<std::string>();
  for (const auto& token : json.at("tokens"))
    row.tokens.push_back({{bench::size_of(row.model), token.at("position"), token.at("kept_share")},
                          token.at("ticks"),
                          token.at("ticks_by_op").get<std::vector<std::uint32_t>>()});
  return row;
}

template <class Enum>
auto named(const std::string& text, std::initializer_list<Enum> values) -> Enum {
  for (const auto value : values)
    if (text == boards::name(value)) return value;
  throw std::out_of_range(text);
}

auto report_from(const Json& json) -> SweepReport {
  SweepReport report;
  if (json.at("schema") != "mcullm.sweep.v1") throw std::out_of_range("schema");
  report.title = json.at("title");
  report.source = json.at("source");
  report.port = json.at("port");
  if (json.at("board").is_string()) report.board = json.at("board");
  report.agent_name = json.at("agent_name");
  report.clock_hz = json.at("clock_hz");
  report.unit =
      named(json.at("tick_unit").get<std::string>(),
            {boards::TickUnit::cycles, boards::TickUnit::instructions, boards::TickUnit::nanoseconds});
  report.cycles_per_tick = json.at("cycles_per_tick");
  report.basis = named(json.at("basis").get<std::string>(),
                       {boards::Basis::measured, boards::Basis::simulated, boards::Basis::estimated});
  report.arena_bytes = json.at("arena_bytes");
  report.models = json.at("models");
  for (const auto& row : json.at("rows")) report.rows.push_back(row_from(row));
  return report;
}

auto read_report(const std::string& file) -> Result<SweepReport> {
  const auto bytes = read_file(file, 1U << 30);
  if (!bytes) return bytes.error();
  try {
    const auto* text = reinterpret_cast<const char*>(bytes->data());
    return report_from(Json::parse(text, text + bytes->size()));
  } catch (const std::exception& wrong) {
    return Error{Exit::input, fmt::format("{}: not the JSON of a sweep: {}", file, wrong.what()),
                 "--merge takes what mcullm sweep --json printed"};
  }
}

auto same_sweep(const SweepReport& a, const SweepReport& b) -> bool {
  return a.title == b.title && a.agent_name == b.agent_name && a.models == b.models &&
         a.clock_hz == b.clock_hz;
}

}  // namespace

void print_sweep(const SweepReport& report, const std::string& format, ui::Console& console) {
  if (format == "json") {
    console.print_json("sweep", report_json(report));
  } else if (format == "csv") {
    console.print(table_of(report, true).render_csv());
  } else if (format == "md") {
    console.print(table_of(report, false).render_markdown());
  } else {
    console.print_line(fmt::format("{}, on {} at {:g} MHz, tokens/s {}", report.title,
                                   report.board.empty() ? report.agent_name : report.board,
                                   static_cast<double>(report.clock_hz) / 1e6, boards::name(report.basis)));
    console.print_table(table_of(report, false));
    if (!report.source.empty()) console.note("published figures: " + report.source);
  }
}

auto merge_sweeps(const std::vector<std::string>& files) -> Result<SweepReport> {
  SweepReport merged;
  for (const auto& file : files) {
    auto part = read_report(file);
    if (!part) return part;
    if (&file == &files.front()) {
      merged = std::move(*part);
      continue;
    }
    if (!same_sweep(merged, *part))
      return Error{Exit::input, fmt::format("{}: another sweep than {}", file, files.front()),
                   "set and board must be the same"};
    for (auto& row : part->rows) merged.rows.push_back(std::move(row));
  }
  std::sort(merged.rows.begin(), merged.rows.end(), [](auto& a, auto& b) { return a.index < b.index; });
  for (std::size_t i = 1; i < merged.rows.size(); ++i) {
    if (merged.rows[i].index == merged.rows[i - 1].index)
      return Error{Exit::input,
                   fmt::format("model '{}' stands in two of the files", merged.rows[i].model.name),
                   "give each shard once"};
  }
  return merged;
}

void print_costs(const SweepReport& report, ui::Console& console) {
  std::vector<plan::ProfiledToken> tokens;
  for (const auto& row : report.rows) tokens.insert(tokens.end(), row.tokens.begin(), row.tokens.end());
  if (tokens.empty()) {
    console.warn("no model of the set runs on this board: no costs");
    return;
  }
  const auto calibration = plan::calibrate(tokens);
  for (const auto& [name, costs] : calibration.costs) {
    std::string list;
    for (const double cost : costs) list += fmt::format("{}{:g}", list.empty() ? "" : ", ", cost);
    console.print_line(fmt::format("{} = [{}]", name, list));
  }
  console.note(fmt::format("{} tokens of {} models; the worst is {:.1f} % off", tokens.size(),
                           report.rows.size(), 100 * calibration.worst_error));
}

}  // namespace mcullm::cli

// SPDX-License-Identifier: MIT
// mcullm plan: will a model fit a board, and how fast will it be there?
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "boards/board_register.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "image/model_image.hpp"
#include "plan/fit.hpp"
#include "plan/speed.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

using Json = nlohmann::ordered_json;

struct PlanOptions {
  std::string model, board = "all", weights, kv;
  int context = 0;
  bool json = false;
};

struct Planned {
  boards::Board board;
  plan::Fit fit;
  std::vector<plan::Prediction> predictions;  // at positions 0, 128 and the last; empty: no costs are known
};

auto tokenizer_bytes(std::span<const std::byte> bytes) -> std::uint64_t {
  for (const auto& section : image::sections(bytes))
    if (section.name == "tokenizer") return section.bytes;
  return 0;
}

// A float image is planned as quantize would make it.
auto read_model(const PlanOptions& options) -> Result<plan::ModelSize> {
  const auto bytes = read_file(options.model);
  if (!bytes) return bytes.error();
  const auto kind = image::image_kind(*bytes, options.model);
  if (!kind) return kind.error();
  plan::ModelSize size;
  if (*kind == image::Kind::model_image) {
    const auto image = image::parse_model_image(*bytes, options.model);
    if (!image) return image.error();
    size = plan::size_of(*image, tokenizer_bytes(*bytes));
  } else {
    const auto image = image::parse_float_image(*bytes, options.model);
    if (!image) return image.error();
    size = {image->model.shape,     image::KvFormat::k16v8, 8, 8, image->model.shared_classifier,
            tokenizer_bytes(*bytes)};
  }
  if (!options.kv.empty()) size.kv_format = *image::parse_kv_format(options.kv);
  if (!options.weights.empty()) size.layer_bits = size.classifier_bits = options.weights == "w4" ? 4 : 8;
  const int limit = options.context > 0 ? options.context : 4096;
  size.shape.context = std::min(size.shape.context, limit);
  return size;
}

auto plan_for(const plan::ModelSize& model, const boards::Board& board) -> Planned {
  Planned planned{board, plan::fit(model, board), {}};
  if (!planned.fit.fits) return planned;
  const int last = model.shape.context - 1;
  for (const int pos : {0, std::min(128, last), last}) {
    if (!planned.predictions.empty() && pos <= planned.predictions.back().pos) continue;
    if (const auto predicted = plan::predict(model, board, pos)) planned.predictions.push_back(*predicted);
  }
  return planned;
}

// Predictions are estimates, whatever their costs come from.
auto basis_of(const boards::Board& board) -> std::string {
  if (!board.speed) return "";
  if (board.speed->basis == boards::Basis::estimated) return "estimated";
  return fmt::format("estimated from {} {}", boards::name(board.speed->basis),
                     boards::name(board.speed->unit));
}

// What makes time of the costs of a board whose simulator counts instructions.
auto assumption_of(const boards::Board& board) -> std::string {
  if (!board.speed || board.speed->unit != boards::TickUnit::instructions) return "";
  return fmt::format("{:g} cycles for an instruction (estimated)", board.speed->cycles_per_tick);
}

auto planned_json(const Planned& planned) -> Json {
  Json json = {{"board", planned.board.id},
               {"state", boards::name(planned.board.state)},
               {"fits", planned.fit.fits},
               {"largest_context", planned.fit.largest_context}};
  json["parts"] = Json::array();
  for (const auto& part : planned.fit.parts)
    json["parts"].push_back({{"what", part.what},
                             {"place", boards::name(part.place)},
                             {"bytes", part.bytes},
                             {"basis", "computed"}});
  json["memories"] = Json::array();
  for (const auto& budget : planned.fit.budgets)
    json["memories"].push_back({{"place", boards::name(budget.place)},
                                {"used_bytes", budget.used_bytes},
                                {"available_bytes", budget.available_bytes}});
  json["obstacles"] = planned.fit.obstacles;
  json["remedies"] = planned.fit.remedies;
  json["predictions"] = Json::array();
  for (const auto& predicted : planned.predictions) {
    Json parts;
    for (const auto work : plan::all_work)
      parts[plan::title(work)] = std::llround(predicted.ticks[static_cast<std::size_t>(work)]);
    json["predictions"].push_back({{"position", predicted.pos},
                                   {"tokens_per_second", predicted.tokens_per_second},
                                   {"cycles", std::llround(predicted.cycles)},
                                   {"bound", predicted.bound},
                                   {"basis", basis_of(planned.board)},
                                   {"ticks_by_work", std::move(parts)}});
  }
  if (planned.board.speed) {
    json["speed_source"] = planned.board.speed->source;
    json["tick_unit"] = boards::name(planned.board.speed->unit);
    json["cycles_per_tick"] = planned.board.speed->cycles_per_tick;
  }
  return json;
}

auto rate_text(double tokens_per_second) -> std::string {
  return tokens_per_second < 100 ? fmt::format("{:.3g}", tokens_per_second)
                                 : fmt::format("{:.0f}", tokens_per_second);
}

auto budget_text(const plan::Budget& budget) -> std::string {
  if (budget.used_bytes == UINT64_MAX) return "impossible";
  return fmt::format("{} of {}", ui::bytes_text(static_cast<double>(budget.used_bytes)),
                     ui::bytes_text(static_cast<double>(budget.available_bytes)));
}

auto memory_cell(const Planned& planned, std::size_t index) -> std::string {
  if (index >= planned.fit.budgets.size()) return "";
  const auto& budget = planned.fit.budgets[index];
  return fmt::format("{} {}{}", boards::name(budget.place), budget_text(budget), budget.fits() ? "" : " !");
}

auto overview(const std::vector<Planned>& all) -> ui::Table {
  ui::Table table({{"board"},
                   {"fits"},
                   {"image"},
                   {"vectors, logits, cache"},
                   {"context up to", ui::Align::right},
                   {"tok/s at 0", ui::Align::right},
                   {"at 128", ui::Align::right},
                   {"at the end", ui::Align::right},
                   {"bound by"},
                   {"speed is"}});
  for (const auto& planned : all) {
    std::vector<std::string> rates(3);
    for (std::size_t i = 0; i < planned.predictions.size(); ++i)
      rates[i] = rate_text(planned.predictions[i].tokens_per_second);
    table.add_row(
        {planned.board.id, planned.fit.fits ? "yes" : "no", memory_cell(planned, 0), memory_cell(planned, 1),
         planned.fit.largest_context == 0
             ? "none"
             : ui::count_text(static_cast<std::uint64_t>(planned.fit.largest_context)),
         rates[0], rates[1], rates[2], planned.predictions.empty() ? "" : planned.predictions.front().bound,
         planned.predictions.empty() ? (planned.fit.fits ? "not known" : "") : basis_of(planned.board)});
  }
  return table;
}

auto details(const Planned& planned) -> ui::Table {
  ui::Table table({{"part"}, {"place"}, {"bytes", ui::Align::right}, {"number is"}});
  for (const auto& part : planned.fit.parts)
    table.add_row({part.what, boards::name(part.place), ui::count_text(part.bytes), "computed, exact"});
  for (const auto& budget : planned.fit.budgets)
    table.add_row(
        {"in all", boards::name(budget.place), budget_text(budget), budget.fits() ? "fits" : "too much"});
  return table;
}

auto speeds(const Planned& planned) -> ui::Table {
  ui::Table table({{"position", ui::Align::right},
                   {"tok/s", ui::Align::right},
                   {"cycles", ui::Align::right},
                   {"bound by"},
                   {"number is"}});
  for (const auto& predicted : planned.predictions)
    table.add_row({ui::count_text(static_cast<std::uint64_t>(predicted.pos)),
                   rate_text(predicted.tokens_per_second),
                   ui::count_text(static_cast<std::uint64_t>(predicted.cycles)), predicted.bound,
                   basis_of(planned.board)});
  return table;
}

// What is in the way, and what would have to change.
void tell_obstacles(const Planned& planned, ui::Console& console) {
  if (planned.fit.fits) return;
  for (const auto& obstacle : planned.fit.obstacles)
    console.print_line(fmt::format("{}: impossible: {}", planned.board.id, obstacle));
  std::string changes;
  for (const auto& remedy : planned.fit.remedies)
    changes += fmt::format("{}mcullm quantize {}", changes.empty() ? "" : ", or ", remedy);
  console.print_line(fmt::format("{}: {}", planned.board.id,
                                 changes.empty()
                                     ? "no format and no context makes it fit: take a smaller model"
                                     : "possible with " + changes));
}

// Of all boards with a speed in the table, those of the same number together.
void tell_assumptions(const std::vector<Planned>& all, ui::Console& console) {
  std::map<std::string, std::string> boards_of;
  for (const auto& planned : all) {
    const auto assumed = planned.predictions.empty() ? "" : assumption_of(planned.board);
    if (assumed.empty()) continue;
    auto& names = boards_of[assumed];
    names += (names.empty() ? "" : ", ") + planned.board.id;
  }
  for (const auto& [assumed, names] : boards_of)
    console.print_line(fmt::format("assumed on {}: {}", names, assumed));
}

void report_one(const plan::ModelSize& model, const Planned& planned, ui::Console& console) {
  console.print_line(fmt::format("{} on {}: {}", plan::format_name(model), planned.board.title,
                                 planned.fit.fits ? "fits" : "does not fit"));
  console.print_table(details(planned));
  tell_obstacles(planned, console);
  console.print_line(fmt::format("largest context with these formats: {}",
                                 planned.fit.largest_context == 0 ? "none"
                                                                  : ui::count_text(static_cast<std::uint64_t>(
                                                                        planned.fit.largest_context))));
  if (!planned.predictions.empty()) {
    console.print_table(speeds(planned));
    if (const auto assumed = assumption_of(planned.board); !assumed.empty())
      console.print_line("assumed: " + assumed);
    console.note("costs from: " + planned.board.speed->source);
  } else if (planned.fit.fits) {
    console.print_line("speed: not known; mcullm sweep --fit on a running board tells the costs");
  }
}

auto run_plan(const PlanOptions& options, CommandContext& context) -> Result<Ok> {
  auto known = boards::load_register(context.boards_file);
  if (!known) return known.error();
  if (options.board != "all") {
    auto board = boards::require_board(*known, options.board);
    if (!board) return board.error();
    known->boards = {std::move(board).value()};
  }
  const auto model = read_model(options);
  if (!model) return model.error();
  std::vector<Planned> all;
  for (const auto& board : known->boards) all.push_back(plan_for(*model, board));

  auto& console = context.console;
  if (options.json) {
    auto list = Json::array();
    for (const auto& planned : all) list.push_back(planned_json(planned));
    console.print_json("plan", {{"model", options.model},
                                {"formats", plan::format_name(*model)},
                                {"context", model->shape.context},
                                {"image_bytes", model->image_bytes()},
                                {"boards", std::move(list)}});
    return Ok{};
  }
  if (options.board != "all") {
    report_one(*model, all.front(), console);
    return Ok{};
  }
  console.print_table(overview(all));
  tell_assumptions(all, console);
  for (const auto& planned : all) tell_obstacles(planned, console);
  return Ok{};
}

constexpr auto footer =
    R"(Memory is computed from the model's header, byte for byte as the device lays it out. Speed is estimated: counts
of weights, rows, keys and so on times what each costs on that board (mcullm boards BOARD --json lists the
costs and where they come from). Where a simulator counts instructions, an assumed number of cycles for each, which
is printed, makes time of them. "bound by" names what a token mostly waits for. A float image is planned as
mcullm quantize makes it without options.

Examples:
  mcullm plan stories-q.mcm                                   every board at once
  mcullm plan stories-q.mcm --board pico
  mcullm plan stories.mcm --board uno --kv k8v8 --context 256    what if
  mcullm plan stories-q.mcm --json | jq '.boards[] | select(.fits) | .board')";

}  // namespace

void add_plan_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<PlanOptions>();
  auto* command = app.add_subcommand("plan", "Tell whether a model fits a board, and how fast it will run");
  command->group(group::models);
  command->footer(footer);
  command->add_option("model", options->model, "A model image, or a float image")
      ->type_name("MODEL.mcm")
      ->required();
  command->add_option("--board", options->board, "One board, in detail")
      ->type_name("BOARD|all")
      ->capture_default_str();
  command->add_option("--weights", options->weights, "What if: all weights in w8 or w4")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"w8", "w4"}));
  command->add_option("--kv", options->kv, "What if: keys and values in k8v8, k16v8 or k16v16")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"k8v8", "k16v8", "k16v16"}));
  command->add_option("--context", options->context, "What if: at most so many positions")
      ->type_name("N")
      ->check(whole_number(1, 4096));
  command->add_flag("--json", options->json, "Print JSON on stdout");
  run_on_choice(*command, context, options, run_plan);
}

}  // namespace mcullm::cli

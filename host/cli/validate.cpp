// SPDX-License-Identifier: MIT
// mcullm validate: is every number that a board computes the number that it should be?
#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "chat/tokenizer.hpp"
#include "cli/board/line_options.hpp"
#include "cli/board/offload_report.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "flash/upload.hpp"
#include "image/model_image.hpp"
#include "link/board.hpp"
#include "link/tick_name.hpp"
#include "reference/integer_sampler.hpp"
#include "sim/open_port.hpp"
#include "ui/quantity.hpp"
#include "verify/link_check.hpp"
#include "verify/matmul_check.hpp"
#include "verify/model_check.hpp"
#include "verify/offload_check.hpp"
#include "verify/report.hpp"

namespace mcullm::cli {

namespace {

using nlohmann::ordered_json;

// Positions that one layer is checked at.
constexpr int layer_positions = 16;
// Temperature at which nearly every token has a chance.
constexpr double hot = 8.0;
// With --offload, where a token takes seconds, when nobody says how many.
constexpr int offloaded_tokens = 8;

struct ValidateOptions {
  LineOptions line;
  std::filesystem::path model;
  std::vector<std::string> matmul;
  std::string layers;
  std::string prompt, offload;
  int sweep = 0, tokens = 0;
  double temperature = 0.8, top_p = 0.9;
  std::uint64_t seed = 1;
  bool link = false, operand16 = false, tape = false, wrap16 = false, json = false;
};

struct Session {
  link::Board& board;
  std::optional<image::ModelImage> image;
  std::vector<verify::Outcome> outcomes;
  std::optional<OffloadReport> offload;
  std::string boards_file;
};

// "3" or "0..4".
auto parse_layers(const std::string& text, int n_layers) -> Result<std::vector<int>> {
  int first = 0;
  int last = 0;
  char end = 0;
  const int fields = std::sscanf(text.c_str(), "%d..%d%c", &first, &last, &end);
  if (fields == 1 && text == std::to_string(first)) last = first;
  if ((fields != 2 && text != std::to_string(first)) || first < 0 || last < first || last >= n_layers) {
    return Error{Exit::usage, fmt::format("--layer {}: the model has layers 0 to {}", text, n_layers - 1),
                 "write one number, or a range: --layer 0..4"};
  }
  std::vector<int> layers;
  for (int layer = first; layer <= last; ++layer) layers.push_back(layer);
  return layers;
}

auto load_model(const ValidateOptions& options, link::Board& board, ui::Console& console)
    -> Result<std::optional<image::ModelImage>> {
  if (options.model.empty()) return std::optional<image::ModelImage>{};
  const auto bytes = read_file(options.model);
  if (!bytes) return bytes.error();
  auto image = image::parse_model_image(*bytes, options.model.string());
  if (!image) return image.error();
  if (options.offload.empty()) {
    if (auto loaded = flash::ensure_model(board, *bytes, console.progress()); !loaded) return loaded.error();
  }
  return std::optional<image::ModelImage>{std::move(*image)};
}

auto needs_model() -> Error {
  return {Exit::usage, "this check needs the model that the board runs",
          "name it: mcullm validate --port PORT MODEL.mcm ..."};
}

// Runs one check unless an earlier one found a difference.
template <class Check>
auto add(Session& session, Check&& check) -> Result<Ok> {
  if (!session.outcomes.empty() && session.outcomes.back().mismatch) return Ok{};
  auto outcome = check();
  if (!outcome) return outcome.error();
  session.outcomes.push_back(std::move(*outcome));
  return Ok{};
}

auto run_matmuls(const ValidateOptions& options, bool everything, Session& session,
                 const ProgressFn& progress) -> Result<Ok> {
  auto shapes = options.matmul;
  if (everything) shapes.emplace_back("16x16");
  for (const auto& text : shapes) {
    auto shape = verify::parse_matmul(text);
    if (!shape) return shape.error();
    shape->b_int16 = options.operand16;
    shape->out_int16 = options.wrap16;
    shape->tape = options.tape;
    const auto done =
        add(session, [&] { return verify::check_matmul(session.board, *shape, options.seed, progress); });
    if (!done) return done;
  }
  const int sweep = everything ? 6 : options.sweep;
  if (sweep == 0) return Ok{};
  const verify::MatmulCase modes{.b_int16 = options.operand16, .out_int16 = options.wrap16};
  return add(session,
             [&] { return verify::check_matmul_sweep(session.board, sweep, modes, options.seed, progress); });
}

auto run_layers(const ValidateOptions& options, bool everything, Session& session) -> Result<Ok> {
  if (options.layers.empty() && !everything) return Ok{};
  const auto n_layers = session.image->shape.n_layers;
  const auto layers =
      parse_layers(everything ? fmt::format("0..{}", n_layers - 1) : options.layers, n_layers);
  if (!layers) return layers.error();
  for (const int layer : *layers) {
    const auto done = add(session, [&] {
      return verify::check_layer(session.board, *session.image, layer, layer_positions, options.seed);
    });
    if (!done) return done;
  }
  return Ok{};
}

auto check_offloaded(const ValidateOptions& options, const verify::TokenCheck& check, Session& session,
                     const ProgressFn& progress, std::vector<int>& sequence) -> Result<verify::Outcome> {
  const auto before = session.board.statistics();
  offload::ProductCount count;
  auto outcome =
      verify::check_offloaded_tokens(session.board, *session.image, check, progress, &sequence, &count);
  session.offload = report_offload(session.board.hello(), count, before, session.board.statistics(),
                                   sim::is_simulated(options.line.port), session.boards_file);
  return outcome;
}

auto run_tokens(const ValidateOptions& options, int tokens, double temperature, Session& session,
                const ProgressFn& progress) -> Result<Ok> {
  const chat::Tokenizer tokenizer(session.image->tokens, session.image->identity.bos_token);
  verify::TokenCheck check;
  check.prompt = tokenizer.encode_prompt(options.prompt);
  check.tokens = tokens;
  check.random_state = options.seed;
  if (temperature > 0) {
    check.sampler.inv_temperature = reference::inv_temperature(temperature);
    check.sampler.top_p = reference::top_p_fixed(options.top_p);
  }
  return add(session, [&]() -> Result<verify::Outcome> {
    std::vector<int> sequence;
    auto outcome = options.offload.empty()
                       ? verify::check_tokens(session.board, *session.image, check, progress, &sequence)
                       : check_offloaded(options, check, session, progress, sequence);
    if (!outcome) return outcome;
    outcome->what += fmt::format(" at temperature {}", temperature);
    outcome->text = tokenizer.decode(sequence);
    return outcome;
  });
}

auto run_checks(const ValidateOptions& options, Session& session, const ProgressFn& progress) -> Result<Ok> {
  const bool chosen = options.link || !options.matmul.empty() || options.sweep > 0 ||
                      !options.layers.empty() || options.tokens > 0;
  const bool everything = !chosen;
  if (!options.offload.empty()) {
    if (!session.image) return needs_model();
    if (options.link || !options.layers.empty() || !options.matmul.empty() || options.sweep > 0)
      return Error{Exit::usage, "--offload checks tokens alone", "run the other checks without it"};
    return run_tokens(options, options.tokens > 0 ? options.tokens : offloaded_tokens, options.temperature,
                      session, progress);
  }
  if (!session.image && (!options.layers.empty() || options.tokens > 0)) return needs_model();
  if (options.link || everything) {
    const auto done = add(session, [&] { return verify::check_link(session.board.transport()); });
    if (!done) return done;
    // the check spoke past the session: meet again
    if (auto again = session.board.connect(); !again) return again.error();
  }
  if (auto done = run_matmuls(options, everything, session, progress); !done) return done;
  if (!session.image) return Ok{};
  if (auto done = run_layers(options, everything, session); !done) return done;
  if (options.tokens > 0) return run_tokens(options, options.tokens, options.temperature, session, progress);
  if (!everything) return Ok{};
  // hot as well: a confident model hides a wrong sampler
  for (const double temperature : {options.temperature, hot}) {
    if (auto done = run_tokens(options, 64, temperature, session, progress); !done) return done;
  }
  return Ok{};
}

auto mismatch_json(const verify::Mismatch& mismatch) -> ordered_json {
  ordered_json json = {{"op", mismatch.op}};
  if (mismatch.token >= 0) json["token"] = mismatch.token;
  if (mismatch.position >= 0) json["position"] = mismatch.position;
  if (mismatch.layer >= 0) json["layer"] = mismatch.layer;
  json["element"] = mismatch.element;
  json["expected"] = mismatch.expected;
  json["got"] = mismatch.got;
  json["differing"] = mismatch.differing;
  json["compared"] = mismatch.compared;
  json["note"] = mismatch.note;
  return json;
}

auto report_json(const ValidateOptions& options, const Session& session) -> ordered_json {
  const auto& hello = session.board.hello();
  const auto& link = session.board.statistics();
  ordered_json checks = ordered_json::array();
  bool ok = true;
  for (const auto& outcome : session.outcomes) {
    ordered_json check = {{"check", outcome.what},
                          {"ok", !outcome.mismatch},
                          {"compared", outcome.compared},
                          {"items", outcome.items},
                          {"ticks", outcome.ticks}};
    if (!outcome.text.empty()) check["text"] = outcome.text;
    if (outcome.mismatch) check["mismatch"] = mismatch_json(*outcome.mismatch);
    ok = ok && !outcome.mismatch;
    checks.push_back(std::move(check));
  }
  ordered_json json = {{"ok", ok},
                       {"port", session.board.transport().name()},
                       {"board", hello.board},
                       {"clock_hz", hello.clock_hz},
                       {"tick_unit", link::tick_name(hello.tick_unit)},
                       {"model", options.model.string()},
                       {"seed", options.seed},
                       {"checks", std::move(checks)},
                       {"link",
                        {{"requests", link.requests},
                         {"retries", link.retries},
                         {"bytes_sent", link.bytes_sent},
                         {"bytes_received", link.bytes_received},
                         {"frames_dropped", link.frames_dropped}}}};
  if (session.offload) json["offload"] = offload_json(*session.offload);
  return json;
}

void report_text(const Session& session, ui::Console& console) {
  const auto* unit = link::tick_name(session.board.hello().tick_unit);
  ui::Table table(
      {{"check"}, {"values compared", ui::Align::right}, {"board time", ui::Align::right}, {"result"}});
  for (const auto& outcome : session.outcomes) {
    table.add_row({outcome.what, ui::count_text(outcome.compared),
                   outcome.ticks == 0 ? "" : fmt::format("{} {}", ui::count_text(outcome.ticks), unit),
                   outcome.mismatch ? "DIFFERS" : "0 differ"});
  }
  console.print_table(table);
  for (const auto& outcome : session.outcomes) {
    if (!outcome.text.empty()) console.print_line("\n" + outcome.text);
    if (outcome.mismatch) console.print("\n" + verify::explain(*outcome.mismatch));
  }
  if (session.offload) console.print_line(offload_text(*session.offload));
  const auto& link = session.board.statistics();
  console.note(fmt::format("link: {} requests, {} retries, {} frames dropped here, {} sent, {} received",
                           ui::count_text(link.requests), ui::count_text(link.retries),
                           ui::count_text(link.frames_dropped),
                           ui::bytes_text(static_cast<double>(link.bytes_sent)),
                           ui::bytes_text(static_cast<double>(link.bytes_received))));
}

auto run_validate(const ValidateOptions& options, CommandContext& context) -> Result<Ok> {
  auto& console = context.console;
  auto transport = sim::open_port(options.line.port, options.line.port_options(options.model));
  if (!transport) return transport.error();
  link::Board board(std::move(*transport), {.cancel = &context.interrupted});
  if (auto hello = board.connect(); !hello) return hello.error();
  auto image = load_model(options, board, console);
  if (!image) return image.error();
  Session session{board, std::move(*image), {}, {}, context.boards_file};
  if (auto done = run_checks(options, session, console.progress()); !done) return done;

  if (options.json) {
    console.print_json("validate", report_json(options, session));
  } else {
    report_text(session, console);
  }
  const auto& last = session.outcomes.back();
  if (!last.mismatch) return Ok{};
  return Error{
      Exit::mismatch, fmt::format("{}: {}", last.what, verify::place(*last.mismatch)),
      last.mismatch->op == "matmul" || last.mismatch->layer < 0
          ? "the board's result differs from the reference"
          : fmt::format(
                "compare the kernel of '{}' with proto/ARITHMETIC.md; --layer {} checks that layer alone",
                last.mismatch->op, last.mismatch->layer)};
}

constexpr auto footer = R"(Every result of the board is compared bit for bit with the Eigen reference on this
computer, which shares no code with the board. A difference is searched down to token, layer, op and element;
the exit code is then 6. Without a check on the command line everything is checked: the rules of the link,
products, and with a model its layers and 64 tokens.

Examples:
  mcullm validate --port sim:native --matmul 16x16
  mcullm validate --port sim:native --sweep 16              all 4,096 shapes up to 16x16x16
  mcullm validate --port sim:uno --matmul 768x768x7 --tape  more than the chip's memory; its model is gone then
  mcullm validate --port /dev/ttyUSB0 model.mcm --layer 0..4
  mcullm validate --port /dev/ttyUSB0 model.mcm --tokens 256 -p "Once upon a time"
  mcullm validate --port /dev/ttyACM0 model.mcm --offload matmul --tokens 4     the board holds no model
  mcullm validate --port sim:native model.mcm --tokens 256 --fault flip=1e-4)";

}  // namespace

void add_validate_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ValidateOptions>();
  auto* command = app.add_subcommand("validate", "Compare a board with the reference, bit for bit");
  command->group(group::boards);
  command->footer(footer);
  command->add_option("model", options->model, "Model image; loaded onto the board if it runs another one")
      ->type_name("MODEL.mcm");
  options->line.port = "sim:native";
  add_line_options(*command, options->line, options->line.port);
  command->add_option("--matmul", options->matmul, "Check one product of R x K by K x C (RxK: C = R)")
      ->type_name("RxKxC");
  command->add_option("--sweep", options->sweep, "Check all products up to N x N x N")
      ->type_name("N")
      ->check(whole_number(1, 64));
  command->add_flag("--operand16", options->operand16, "Products: the second operand holds int16");
  command
      ->add_flag("--tape", options->tape,
                 "Products: the first operand stands in the board's storage, where it replaces the model")
      ->needs("--matmul");
  command->add_flag("--wrap16", options->wrap16, "Products: results wrap to int16");
  command->add_option("--layer", options->layers, "Check one layer, or a range, on random states")
      ->type_name("L|L..M");
  command->add_option("--tokens", options->tokens, "Run N tokens, prompt included, and check every logit")
      ->type_name("N")
      ->check(positive_int());
  add_offload_option(*command, options->offload);
  command->add_flag("--link", options->link, "Check that the agent keeps the rules of the wire protocol");
  command->add_option("-p,--prompt", options->prompt, "Text that the tokens begin with")->type_name("TEXT");
  command->add_option("-t,--temperature", options->temperature, "Of the board's sampler; 0 is greedy")
      ->type_name("T")
      ->check(real_number(0.0, 10.0))
      ->capture_default_str();
  command->add_option("--top-p", options->top_p, "Of the board's sampler")
      ->type_name("P")
      ->check(real_number(0.0001, 1.0))
      ->capture_default_str();
  command->add_option("--seed", options->seed, "Of operands, states and sampler")
      ->type_name("S")
      ->check(whole_number(1))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON on stdout");
  run_on_choice(*command, context, options, run_validate);
}

}  // namespace mcullm::cli

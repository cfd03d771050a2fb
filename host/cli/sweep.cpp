// SPDX-License-Identifier: MIT
// mcullm sweep: many architectures on one board.
#include "bench/sweep.hpp"
#include "cli/board/line_options.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/file.hpp"
#include "boards/board_register.hpp"
#include "cli/bench/sweep_report.hpp"
#include "cli/board/choose_board.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

struct SweepCommand {
  LineOptions line;
  std::string set, output = "table", shard;
  std::vector<std::string> shapes, grid, merge;
  std::vector<int> positions = {0, 31};
  std::string weights = "w8", kv = "k8v8", save;
  std::uint64_t seed = 1;
  bool fit = false, json = false;
};

auto numbers(const std::string& text) -> std::optional<std::vector<int>> {
  std::vector<int> values;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    int value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc{} || (next != end && *next != ',') || next + 1 == end) return std::nullopt;
    values.push_back(value);
    at = next == end ? end : next + 1;
  }
  return values;
}

auto format_of(const SweepCommand& command) -> bench::Grid {
  bench::Grid grid;
  grid.bits = {command.weights == "w4" ? 4 : 8};
  grid.kv = {*image::parse_kv_format(command.kv)};
  return grid;
}

auto add_shape(const SweepCommand& command, const std::string& text, bench::SweepSet& set) -> Result<Ok> {
  const auto n = numbers(text);
  constexpr std::array names = {"dim", "hidden", "layers", "heads", "kv_heads", "vocab", "context"};
  if (!n || n->size() != names.size())
    return Error{Exit::usage, fmt::format("--shape {}: not a shape", text),
                 "seven numbers: dim,hidden,layers,heads,kv_heads,vocab,context"};
  auto grid = format_of(command);
  grid.name = text;
  for (std::size_t i = 0; i < names.size(); ++i) grid.values[names[i]] = {(*n)[i]};
  const auto before = set.models.size();
  if (auto added = bench::expand(grid, set); !added) return added;
  if (set.models.size() == before)
    return Error{Exit::usage, fmt::format("--shape {}: no model can have it", text),
                 "dim is a multiple of heads with an even quotient, heads one of kv_heads, vocab 32 or more"};
  return Ok{};
}

auto add_grid(const SweepCommand& command, bench::SweepSet& set) -> Result<Ok> {
  auto grid = format_of(command);
  for (const auto& term : command.grid) {
    const auto equals = term.find('=');
    const auto values = equals == std::string::npos ? std::nullopt : numbers(term.substr(equals + 1));
    if (!values || values->empty())
      return Error{Exit::usage, fmt::format("--grid {}: not KEY=N,N,...", term),
                   "--grid dim=32,64 heads=1,2,4"};
    grid.values[term.substr(0, equals)] = *values;
  }
  return bench::expand(grid, set);
}

// A file, or a set that comes with the tool.
auto named_set(const std::string& name) -> Result<bench::SweepSet> {
  if (const auto text = bench::builtin_set(name)) return bench::parse_sweep_set(*text, name);
  std::error_code ignored;
  if (!std::filesystem::exists(name, ignored))
    return Error{Exit::input, fmt::format("{}: no such file and no such set", name),
                 fmt::format("sets that come with the tool: {}", bench::builtin_set_names())};
  const auto bytes = read_file(name, 1U << 22);
  if (!bytes) return bytes.error();
  return bench::parse_sweep_set({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, name);
}

auto wanted_set(const SweepCommand& command) -> Result<bench::SweepSet> {
  bench::SweepSet set;
  set.title = "shapes of the command line";
  if (!command.set.empty()) {
    auto parsed = named_set(command.set);
    if (!parsed) return parsed.error();
    set = std::move(*parsed);
  }
  for (const auto& shape : command.shapes)
    if (auto added = add_shape(command, shape, set); !added) return added.error();
  if (!command.grid.empty())
    if (auto added = add_grid(command, set); !added) return added.error();
  if (set.models.empty())
    return Error{Exit::usage, "nothing to sweep", "name a set, --shape or --grid: mcullm sweep starmind-1k"};
  return set;
}

// "2/8": the second of eight parts.
auto parse_shard(const std::string& text, bench::SweepOptions& options) -> Result<Ok> {
  if (text.empty()) return Ok{};
  const auto slash = text.find('/');
  const auto part = numbers(text.substr(0, slash));
  const auto all = slash == std::string::npos ? std::nullopt : numbers(text.substr(slash + 1));
  if (!part || !all || part->size() != 1 || all->size() != 1 || part->front() < 1 ||
      part->front() > all->front())
    return Error{Exit::usage, fmt::format("--shard {}: not I/N with I from 1 to N", text),
                 "--shard 1/4 ... 4/4"};
  options.shard = static_cast<std::size_t>(part->front());
  options.shards = static_cast<std::size_t>(all->front());
  return Ok{};
}

auto save_images(const SweepCommand& command, const bench::SweepSet& set) -> Result<Ok> {
  std::error_code error;
  std::filesystem::create_directories(command.save, error);
  for (const auto& model : set.models) {
    auto name = model.name;
    for (auto& c : name)
      if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '=' && c != '.') c = '_';
    const auto path = std::filesystem::path(command.save) / (name + ".mcm");
    if (auto written = write_file(path, bench::sweep_image(model, command.seed)); !written) return written;
  }
  return Ok{};
}

auto measure(const SweepCommand& command, const bench::SweepSet& set, CommandContext& context)
    -> Result<bench::SweepReport> {
  bench::SweepOptions options;
  options.positions = command.positions;
  options.seed = command.seed;
  if (auto shard = parse_shard(command.shard, options); !shard) return shard.error();
  const auto known = boards::load_register(context.boards_file);
  if (!known) return known.error();
  const auto port = command.line.port_options();
  auto chosen = choose_board(command.line.port, port, context);
  if (!chosen) return chosen.error();
  const auto* entry = known->find_by_agent_name(chosen->board->hello().board);
  bench::MeasuredBoard board(std::move(chosen->board), chosen->port, port, &context.interrupted);
  return bench::run_sweep(board, chosen->port, set, entry, options, context.console.progress());
}

auto run_sweep_command(const SweepCommand& command, CommandContext& context) -> Result<Ok> {
  auto& console = context.console;
  const auto format = command.json ? std::string("json") : command.output;
  if (!command.merge.empty()) {
    const auto merged = merge_sweeps(command.merge);
    if (!merged) return merged.error();
    if (merged->rows.size() < merged->models)
      console.warn(fmt::format("{} of {} models are missing: not all shards are here",
                               merged->models - merged->rows.size(), merged->models));
    print_sweep(*merged, format, console);
    return Ok{};
  }
  const auto set = wanted_set(command);
  if (!set) return set.error();
  if (set->skipped > 0) console.note(fmt::format("{} combinations of the grid are no shape", set->skipped));
  if (!command.save.empty()) return save_images(command, *set);
  const auto report = measure(command, *set, context);
  if (!report) return report.error();
  if (command.fit) {
    print_costs(*report, console);
    return Ok{};
  }
  print_sweep(*report, format, console);
  return Ok{};
}

constexpr auto footer =
    R"(Each model has random weights and the real size; the board holds one after the other in the same static memory.
A model that does not fit is a line of the table. Sets that come with the tool: starmind-1k and starmind-sizes,
the models of a published study of the RP2040 with its figures beside ours; heads, the same layer cut into more and
more heads; calibration, whose profiles give the costs that mcullm plan uses (--fit).

Examples:
  mcullm sweep starmind-1k --port sim:pico
  mcullm sweep --grid dim=32,64 heads=2,4,8 hidden=128 --port sim:uno -o csv
  mcullm sweep calibration --port sim:uno --fit                    costs for the register of boards
  mcullm sweep big.toml --port sim:pico --shard 3/8 --json > 3.json    on eight computers, then
  mcullm sweep --merge 1.json 2.json 3.json -o md)";

void add_model_options(CLI::App& command, SweepCommand& options) {
  command.add_option("set", options.set, "A set of shapes: a file, or a name")->type_name("SET");
  command.add_option("--shape", options.shapes, "One more: dim,hidden,layers,heads,kv_heads,vocab,context")
      ->type_name("NUMBERS");
  command.add_option("--grid", options.grid, "All combinations of these values: KEY=N,N,...")
      ->type_name("TERM...");
  command.add_option("--weights", options.weights, "Of --shape and --grid: w8 or w4")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"w8", "w4"}))
      ->capture_default_str();
  command.add_option("--kv", options.kv, "Of --shape and --grid: k8v8, k16v8 or k16v16")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"k8v8", "k16v8", "k16v16"}))
      ->capture_default_str();
  command
      .add_option("--at", options.positions, "Positions to measure; the context's end stands for later ones")
      ->type_name("N,...")
      ->delimiter(',')
      ->check(whole_number(0, 4095))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Of the weights")
      ->type_name("S")
      ->check(whole_number())
      ->capture_default_str();
  command.add_option("--save", options.save, "Write the images into a folder and measure nothing")
      ->type_name("FOLDER");
}

}  // namespace

void add_sweep_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<SweepCommand>();
  auto* command = app.add_subcommand("sweep", "Measure many model shapes on one board");
  command->group(group::boards);
  command->footer(footer);
  add_model_options(*command, *options);
  add_line_options(*command, options->line);
  command->add_option("--shard", options->shard, "Only the I-th of N parts of the set")->type_name("I/N");
  command->add_option("--merge", options->merge, "Print the JSON of several shards as one")
      ->type_name("FILE...")
      ->check(CLI::ExistingFile);
  command->add_flag("--fit", options->fit, "Print the costs of this board for the register, as TOML");
  command->add_option("-o,--output", options->output, "table, md, csv or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"table", "md", "csv", "json"}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON on stdout, as -o json does");
  run_on_choice(*command, context, options, run_sweep_command);
}

}  // namespace mcullm::cli

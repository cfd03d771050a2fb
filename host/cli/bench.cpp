// SPDX-License-Identifier: MIT
// mcullm bench: how fast does a board run a model?
#include "bench/bench.hpp"
#include "cli/board/line_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.hpp"
#include "boards/board_register.hpp"
#include "cli/bench/bench_report.hpp"
#include "cli/bench/page_file.hpp"
#include "cli/board/choose_board.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "image/model_image.hpp"

namespace mcullm::cli {
namespace {

struct BenchCommand {
  LineOptions line;
  std::string model, output = "table", report;
  std::vector<std::string> evals;
  std::vector<int> prefill = {32}, decode = {16}, depth = {0};
  int repetitions = 3;
  bool json = false;
};

// As llama-bench: every depth with every length; 0 leaves a kind of test out.
auto tests_of(const BenchCommand& command) -> std::vector<bench::Test> {
  std::vector<bench::Test> tests;
  const auto add = [&](bench::Test::Kind kind, const std::vector<int>& lengths, int depth) {
    for (const int length : lengths)
      if (length > 0) tests.push_back({kind, length, depth});
  };
  for (const int depth : command.depth) {
    add(bench::Test::Kind::prefill, command.prefill, depth);
    add(bench::Test::Kind::decode, command.decode, depth);
  }
  return tests;
}

// The last position that a test begins at.
auto deepest(const std::vector<bench::Test>& tests) -> int {
  return std::ranges::max(tests, {}, &bench::Test::depth).depth;
}

auto run_bench_command(const BenchCommand& command, CommandContext& context) -> Result<Ok> {
  auto& console = context.console;
  const auto tests = tests_of(command);
  if (tests.empty()) return Error{Exit::usage, "nothing to measure", "-p N or -n N, at least 1"};
  if (auto apart = check_apart({command.model}, {command.report}); !apart) return apart;
  const auto known = boards::load_register(context.boards_file);
  if (!known) return known.error();
  const auto bytes = read_file(command.model);
  if (!bytes) return bytes.error();
  const auto image = image::parse_model_image(*bytes, command.model);
  if (!image) return image.error();

  const auto port = command.line.port_options(command.model);
  auto chosen = choose_board(command.line.port, port, context);
  if (!chosen) return chosen.error();
  bench::MeasuredBoard board(std::move(chosen->board), chosen->port, port, &context.interrupted);
  if (auto running = board.run(*bytes, console.progress()); !running) return running;
  const auto* entry = known->find_by_agent_name(board.board().hello().board);
  auto report = bench::run_bench(board, chosen->port, *image, bytes->size(), entry,
                                 {tests, command.repetitions}, console.progress());
  if (!report) return report.error();
  if (!command.report.empty()) {
    auto profile = bench::profile_ops(board, plan::size_of(*image, 0), deepest(tests));
    if (!profile) return profile.error();
    report->profile = std::move(*profile);
    const auto typed = fmt::format("mcullm bench {} --port {}", command.model, chosen->port);
    if (auto done = write_bench_page(command.report, *report, command.evals, typed); !done) return done;
    console.note("the page: " + command.report);
  }
  print_bench(*report, command.json ? "json" : command.output, console);
  return Ok{};
}

constexpr auto footer =
    R"(Tokens per second count the board's own time: cycles of the chip or of a simulator that counts them; where a
simulator counts instructions, the register's cycles per instruction make it an estimate. "here" is the clock of
this computer, the link included: for a real board that is what a person waits for, for a simulated one it means
nothing. The first table's last columns: what `mcullm plan` predicts, and bytes over the link for each token.
The second tells where the ticks of a test's last token go.

Examples:
  mcullm bench --port sim:uno stories-q.mcm
  mcullm bench --port /dev/ttyACM0 stories-q.mcm -p 0 -n 32 -d 0,128,256
  mcullm bench --port sim:pico stories-q.mcm -o md > table.md)";

}  // namespace

void add_bench_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<BenchCommand>();
  auto* command = app.add_subcommand("bench", "Measure how fast a board runs a model");
  command->group(group::boards);
  command->footer(footer);
  command->add_option("model", options->model, "Model image; loaded onto the board if it runs another one")
      ->type_name("MODEL.mcm")
      ->required();
  add_line_options(*command, options->line);
  const auto list = [&](const char* name, std::vector<int>& into, const char* what, std::uint64_t most) {
    command->add_option(name, into, what)
        ->type_name("N,...")
        ->delimiter(',')
        ->check(whole_number(0, most))
        ->capture_default_str();
  };
  list("-p,--prefill", options->prefill, "Tokens of a prompt; 0: no such test", 4096);
  list("-n,--decode", options->decode, "Tokens to generate; 0: no such test", 4096);
  list("-d,--depth", options->depth, "Positions in the cache before", 4095);
  command->add_option("-r,--repetitions", options->repetitions, "Runs of each test")
      ->type_name("N")
      ->check(whole_number(1, 1000))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "table, md, csv, json or jsonl")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"table", "md", "csv", "json", "jsonl"}))
      ->capture_default_str();
  command->add_option("--report", options->report, "Write a page: where the ticks go, speed against context")
      ->type_name("OUT.html");
  command->add_option("--eval", options->evals, "--report: what mcullm eval --json printed, repeatable")
      ->type_name("FILE.json");
  command->add_flag("--json", options->json, "Print JSON on stdout, as -o json does");
  run_on_choice(*command, context, options, run_bench_command);
}

}  // namespace mcullm::cli

// SPDX-License-Identifier: MIT
#include "bench/bench.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <numeric>

#include "bench/board_clock.hpp"
#include "checkpoint/shape.hpp"
#include "checkpoint/tensors.hpp"

namespace mcullm::bench {

namespace {

using Clock = std::chrono::steady_clock;

auto link_bytes(link::Board& board) -> std::uint64_t {
  return board.statistics().bytes_sent + board.statistics().bytes_received;
}

auto decode(link::Board& board, const plan::ModelSize& model, const Test& test) -> Result<std::uint64_t> {
  std::uint64_t ticks = 0;
  link::GenerateRequest request;
  request.token = random_token(model, test.depth);
  request.pos = test.depth;
  for (int left = test.tokens; left > 0;) {
    request.count = std::min(left, board.generate_limit());
    const auto done = board.generate(request);
    if (!done) return done.error();
    if (done->tokens.empty()) return Error{Exit::link, "the board generated nothing", ""};
    const auto count = static_cast<int>(done->tokens.size());
    ticks += done->ticks;
    request.token = done->tokens.back().token;
    request.pos += count;
    left -= count;
  }
  return ticks;
}

auto prefill(link::Board& board, const plan::ModelSize& model, const Test& test) -> Result<std::uint64_t> {
  std::vector<int> tokens;
  for (int i = 0; i < test.tokens; ++i) tokens.push_back(random_token(model, test.depth + i));
  const auto done = board.prefill(test.depth, tokens);
  if (!done) return done.error();
  return done->ticks;
}

auto sample(MeasuredBoard& measured, const plan::ModelSize& model, const Test& test) -> Result<Sample> {
  if (auto filled = measured.fill(model, test.depth); !filled) return filled.error();
  auto& board = measured.board();
  const auto bytes = link_bytes(board);
  const auto start = Clock::now();
  const auto ticks =
      test.kind == Test::Kind::prefill ? prefill(board, model, test) : decode(board, model, test);
  measured.spoilt_from(test.depth);
  if (!ticks) return ticks.error();
  return Sample{*ticks, std::chrono::duration<double>(Clock::now() - start).count(),
                link_bytes(board) - bytes};
}

// Weight and attention products of all tokens of a test; prefill leaves the classifier out.
struct Products {
  double weights = 0, attention = 0;
};

auto products(const plan::ModelSize& model, const Test& test) -> Products {
  Products sum;
  const auto& s = model.shape;
  for (int pos = test.depth; pos < test.depth + test.tokens; ++pos) {
    sum.weights += static_cast<double>(checkpoint::weight_macs(s));
    if (test.kind == Test::Kind::prefill) sum.weights -= static_cast<double>(s.vocab_size) * s.dim;
    sum.attention += static_cast<double>(checkpoint::attention_macs(s, pos + 1));
  }
  return sum;
}

void summarise(TestReport& report, const BenchReport& bench, const plan::ModelSize& model) {
  const double n = report.test.tokens, repetitions = static_cast<double>(report.samples.size());
  std::vector<double> rates;
  double ticks = 0, seconds = 0, bytes = 0;
  for (const auto& one : report.samples) {
    rates.push_back(rate(n, static_cast<double>(one.ticks), bench.clock_hz, bench.cycles_per_tick));
    ticks += static_cast<double>(one.ticks) / repetitions;
    seconds += one.seconds / repetitions;
    bytes += static_cast<double>(one.link_bytes) / repetitions;
  }
  report.tokens_per_second = std::accumulate(rates.begin(), rates.end(), 0.0) / repetitions;
  double squares = 0;
  for (const double r : rates) squares += (r - report.tokens_per_second) * (r - report.tokens_per_second);
  report.deviation = repetitions > 1 ? std::sqrt(squares / (repetitions - 1)) : 0;
  report.tokens_per_second_here = seconds > 0 ? n / seconds : 0;
  report.ticks_per_token = ticks / n;
  report.link_bytes_per_token = bytes / n;
  const auto work = products(model, report.test);
  report.ticks_per_mac = ticks / (work.weights + work.attention);
}

// Of the last token that the board ran.
auto take_profile(link::Board& board, const plan::ModelSize& model, TestReport& report) -> Result<Ok> {
  const auto profile = board.profile();
  if (!profile) return profile.error();
  for (const auto work : plan::all_work)
    report.ticks_by_work[static_cast<std::size_t>(work)] =
        static_cast<double>(plan::ticks_of(work, profile->by_op, profile->ticks));
  double ticks = 0;
  for (const auto work : {plan::Work::matrices, plan::Work::gate_up, plan::Work::classifier})
    ticks += report.ticks_by_work[static_cast<std::size_t>(work)];
  const Test last{report.test.kind, 1, report.test.depth + report.test.tokens - 1};
  report.ticks_per_weight = ticks / products(model, last).weights;
  return Ok{};
}

// The mean over the test's tokens by the board's own clock, as the register has it; prefill saves the
// classifier.
auto predicted(const plan::ModelSize& model, const boards::Board& board, const Test& test)
    -> std::optional<double> {
  double seconds = 0;
  for (int pos = test.depth; pos < test.depth + test.tokens; ++pos) {
    const auto one = plan::predict(model, board, pos);
    if (!one) return std::nullopt;
    double cycles = one->board_cycles;
    if (test.kind == Test::Kind::prefill) {
      const double whole = std::accumulate(one->ticks.begin(), one->ticks.end(), 0.0);
      cycles *= 1 - one->ticks[static_cast<std::size_t>(plan::Work::classifier)] / whole;
    }
    seconds += cycles / static_cast<double>(board.clock_hz);
  }
  return test.tokens / seconds;
}

auto describe(link::Board& board, const std::string& port, const image::ModelImage& image,
              std::uint64_t image_bytes, const boards::Board* known) -> Result<BenchReport> {
  const auto clock = board_clock(board, port, known);
  if (!clock) return clock.error();
  const auto stats = board.stats();
  if (!stats) return stats.error();
  BenchReport report;
  const auto size = plan::size_of(image, 0);
  report.model = image.identity.name;
  report.formats = plan::format_name(size);
  report.shape = image.shape;
  report.image_bytes = image_bytes;
  report.parameters = checkpoint::parameter_count(image.shape, !image.embedding.has_value());
  report.macs = checkpoint::weight_macs(image.shape);
  report.port = port;
  report.agent_name = board.hello().board;
  report.board = known == nullptr ? "" : known->id;
  report.clock_hz = clock->clock_hz;
  report.unit = clock->unit;
  report.cycles_per_tick = clock->cycles_per_tick;
  report.basis = clock->basis;
  report.arena_bytes_used = stats->arena_bytes;
  report.arena_bytes = board.hello().arena_bytes;
  return report;
}

auto check_test(const Test& test, const checkpoint::ModelShape& shape) -> Result<Ok> {
  if (test.tokens >= 1 && test.depth >= 0 && test.depth + test.tokens <= shape.context) return Ok{};
  return Error{Exit::usage, fmt::format("{}: the context has {} positions", test.name(), shape.context),
               "fewer tokens (-p, -n) or a smaller depth (-d)"};
}

}  // namespace

auto Test::name() const -> std::string {
  const auto what = fmt::format("{} {}", kind == Kind::prefill ? "prefill" : "decode", tokens);
  return depth == 0 ? what : fmt::format("{} at {}", what, depth);
}

auto run_bench(MeasuredBoard& board, const std::string& port, const image::ModelImage& image,
               std::uint64_t image_bytes, const boards::Board* known, const BenchOptions& options,
               const ProgressFn& progress) -> Result<BenchReport> {
  const auto size = plan::size_of(image, 0);
  for (const auto& test : options.tests)
    if (auto fine = check_test(test, image.shape); !fine) return fine.error();
  auto report = describe(board.board(), port, image, image_bytes, known);
  if (!report) return report.error();
  report->repetitions = options.repetitions;
  const auto all = options.tests.size() * static_cast<std::size_t>(options.repetitions);
  std::uint64_t done = 0;
  for (const auto& test : options.tests) {
    TestReport result;
    result.test = test;
    for (int i = 0; i < options.repetitions; ++i) {
      const auto one = sample(board, size, test);
      if (!one) return one.error();
      result.samples.push_back(*one);
      progress({"measuring", ++done, all, "runs"});
    }
    if (auto profile = take_profile(board.board(), size, result); !profile) return profile.error();
    summarise(result, *report, size);
    if (known != nullptr) result.predicted_tokens_per_second = predicted(size, *known, test);
    report->tests.push_back(std::move(result));
  }
  return report;
}

}  // namespace mcullm::bench

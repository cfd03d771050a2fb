// SPDX-License-Identifier: MIT
#include "cli/bench/page_file.hpp"

#include <fmt/format.h>

#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>

#include "base/file.hpp"
#include "cli/bench/bench_report.hpp"
#include "report/bench_page.hpp"

namespace mcullm::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_eval_bytes = 1U << 20;

auto today() -> std::string {
  const auto now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d", &local);
  return text;
}

// The image lies where the evaluation found it.
auto quality_of(const std::string& file) -> Result<report::Quality> {
  const auto bytes = read_file(file, most_eval_bytes);
  if (!bytes) return bytes.error();
  const auto* text = reinterpret_cast<const char*>(bytes->data());
  try {
    const auto json = nlohmann::json::parse(text, text + bytes->size());
    if (json.at("schema") != "mcullm.eval.v1") throw std::out_of_range("another schema");
    const fs::path model = json.at("model").get<std::string>();
    return report::Quality{.name = model.stem().string(),
                           .bytes = static_cast<double>(fs::file_size(model)),
                           .kl_nats = json.at("kl_nats").at("mean").get<double>(),
                           .top1 = json.at("top1_agreement").get<double>(),
                           .perplexity = json.at("perplexity").at("integer").get<double>()};
  } catch (const std::exception& wrong) {
    return Error{Exit::input, fmt::format("{}: {}", file, wrong.what()),
                 "--eval takes what mcullm eval --json printed, run in this folder"};
  }
}

}  // namespace

auto write_bench_page(const std::string& file, const bench::BenchReport& report,
                      const std::vector<std::string>& evals, const std::string& command) -> Result<Ok> {
  report::BenchPage page{.bench = bench_json(report),
                         .qualities = {},
                         .command = command,
                         .version = MCULLM_VERSION,
                         .date = today()};
  for (const auto& eval : evals) {
    auto quality = quality_of(eval);
    if (!quality) return quality.error();
    page.qualities.push_back(std::move(*quality));
  }
  const auto html = report::bench_page(page);
  return write_file(file, std::as_bytes(std::span(html)));
}

}  // namespace mcullm::cli

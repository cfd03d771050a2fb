// SPDX-License-Identifier: MIT
#include "cli/board/offload_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "boards/board_register.hpp"
#include "link/tick_name.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {

namespace {

constexpr double bits_per_byte = 10;  // start, eight, stop

// 0: the line has no rate, or the board is unknown.
auto rate_of(const mcl_hello_t& board, const std::string& boards_file) -> std::uint32_t {
  const auto boards = boards::load_register(boards_file);
  const auto* known = boards ? boards->find_by_agent_name(board.board) : nullptr;
  return known == nullptr ? 0 : known->link.rate_baud;
}

auto optional_json(const std::optional<double>& value) -> nlohmann::ordered_json {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

void add_offload_option(CLI::App& command, std::string& offload) {
  command
      .add_option("--offload", offload,
                  "The board makes the matrix products alone and needs no model; the rest runs here")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"matmul"}));
}

auto report_offload(const mcl_hello_t& board, const offload::ProductCount& count,
                    const link::LinkStatistics& before, const link::LinkStatistics& after, bool simulated,
                    const std::string& boards_file) -> OffloadReport {
  OffloadReport report;
  report.count = count;
  report.simulated = simulated;
  report.bytes = after.bytes_sent - before.bytes_sent + after.bytes_received - before.bytes_received;
  report.waiting_seconds = std::chrono::duration<double>(after.waiting - before.waiting).count();
  report.compute_seconds = link::tick_seconds(board, count.ticks);
  report.rate_baud = rate_of(board, boards_file);
  if (report.rate_baud != 0)
    report.line_seconds = static_cast<double>(report.bytes) * bits_per_byte / report.rate_baud;
  return report;
}

auto offload_text(const OffloadReport& report) -> std::string {
  auto text = fmt::format("{} products: ", ui::count_text(report.count.products));
  if (report.compute_seconds)
    text += fmt::format("computing {} of the board's time, ", ui::duration_text(*report.compute_seconds));
  text += fmt::format("link {}", ui::bytes_text(static_cast<double>(report.bytes)));
  if (report.line_seconds)
    text +=
        fmt::format(", {} at {} baud (estimated)", ui::duration_text(*report.line_seconds), report.rate_baud);
  return text + fmt::format("; waited {} for {}", ui::duration_text(report.waiting_seconds),
                            report.simulated ? "the simulator" : "the board");
}

auto offload_json(const OffloadReport& report) -> nlohmann::ordered_json {
  return {{"products", report.count.products}, {"multiplications", report.count.multiplications},
          {"ticks", report.count.ticks},       {"compute_seconds", optional_json(report.compute_seconds)},
          {"link_bytes", report.bytes},        {"link_seconds_estimated", optional_json(report.line_seconds)},
          {"rate_baud", report.rate_baud},     {"waiting_seconds", report.waiting_seconds},
          {"simulated", report.simulated}};
}

}  // namespace mcullm::cli

// SPDX-License-Identifier: MIT
#include "sim/uno/report.hpp"

#include <nlohmann/json.hpp>

namespace mcullm::uno {

namespace {

using nlohmann::json;

auto sram(const Watch& watch) -> json {
  const std::uint32_t static_bytes = watch.static_end() > ram_start ? watch.static_end() - ram_start : 0;
  return {{"static_bytes", static_bytes},
          {"stack_bytes", watch.stack_bytes()},
          {"stack_bytes_since_reset", watch.stack_bytes_since_reset()},
          {"used_bytes", static_bytes + watch.stack_bytes()},
          {"total_bytes", ram_end + 1 - ram_start}};
}

auto uart(const Uart& uart) -> json {
  const auto& counts = uart.counts();
  return {{"baud", clock_hz / uart.bit_cycles()},
          {"received", counts.received},
          {"sent", counts.sent},
          {"overruns", counts.overruns},
          {"framing_errors", counts.framing_errors},
          {"ignored", counts.ignored}};
}

auto card(const CardCounts& counts) -> json {
  return {{"commands", counts.commands},
          {"illegal_commands", counts.illegal_commands},
          {"crc_errors", counts.crc_errors},
          {"blocks_read", counts.blocks_read},
          {"blocks_written", counts.blocks_written},
          {"bytes", counts.bytes},
          {"waiting_bytes", counts.waiting_bytes}};
}

auto violations(const Watch& watch) -> json {
  json list = json::array();
  for (const auto& v : watch.first_ones())
    list.push_back({{"kind", v.kind}, {"detail", v.detail}, {"pc", v.pc}, {"cycle", v.cycle}});
  return list;
}

}  // namespace

auto report_line(Board& board, const std::string& ended) -> std::string {
  const auto& watch = board.watch();
  json report = {{"ended", ended},
                 {"failed", !watch.counts().empty()},
                 {"cycles", board.now()},
                 {"resets", board.resets()},
                 {"sram", sram(watch)},
                 {"spi", {{"transfers", board.spi().transfers()}}},
                 {"uart", uart(board.uart())},
                 {"violation_counts", watch.counts()},
                 {"violations", violations(watch)}};
  if (board.card()) report["card"] = card(board.card()->counts());
  return report.dump() + "\n";
}

}  // namespace mcullm::uno

// SPDX-License-Identifier: MIT
#include "cli/board/port_survey.hpp"

#include <fmt/format.h>

#include <future>

#include "cli/board/open_board.hpp"

namespace mcullm::cli {
namespace {

auto ask(const PortFinding& finding, int rate_baud, std::atomic<bool>& interrupted) -> Result<AgentFound> {
  auto board = open_board(finding.port.path, {.rate_baud = rate_baud}, interrupted);
  if (!board) return board.error();
  return describe_agent(**board);
}

}  // namespace

auto find_ports(const boards::BoardRegister& known) -> std::vector<PortFinding> {
  std::vector<PortFinding> findings;
  for (auto& port : link::list_serial_ports()) {
    auto& finding = findings.emplace_back();
    finding.matches = boards::match_usb(known, port.usb_vendor, port.usb_product);
    finding.holders = link::port_holders(port.path);
    finding.accessible = link::accessible(port.path);
    finding.silent = "not asked";
    finding.port = std::move(port);
  }
  return findings;
}

auto reason_not_to_ask(const PortFinding& finding) -> std::optional<std::string> {
  if (!finding.holders.empty()) return "in use by " + link::names_of(finding.holders);
  if (!finding.port.usb()) return "not USB, so not asked";
  if (finding.matches.empty()) return "unknown USB device, so not asked";
  if (finding.matches.front().boot_loader) return "waits for a program: " + finding.matches.front().what;
  if (!finding.accessible) return "no permission: mcullm doctor";
  return std::nullopt;
}

void ask_ports(std::vector<PortFinding>& findings, int rate_baud, CommandContext& context) {
  std::vector<std::future<Result<AgentFound>>> answers(findings.size());
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (const auto reason = reason_not_to_ask(findings[i]))
      findings[i].silent = *reason;
    else
      answers[i] =
          std::async(std::launch::async, [&, i] { return ask(findings[i], rate_baud, context.interrupted); });
  }
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (!answers[i].valid()) continue;
    auto answer = answers[i].get();
    findings[i].silent = answer ? "" : answer.error().what;
    if (answer) findings[i].agent = std::move(answer).value();
  }
}

auto board_text(const PortFinding& finding, const boards::BoardRegister& known) -> std::string {
  if (finding.agent) {
    const auto* board = known.find_by_agent_name(finding.agent->hello.board);
    return board == nullptr ? finding.agent->hello.board : board->id;
  }
  if (finding.matches.empty()) return "";
  const auto& match = finding.matches.front();
  return match.board.empty() ? match.what : match.board + "?";
}

auto state_text(const PortFinding& finding) -> std::string {
  if (!finding.agent) return finding.silent;
  const auto& agent = *finding.agent;
  const auto model = !agent.problem.empty() ? "no model: " + agent.problem
                     : agent.model.empty()  ? fmt::format("image {:08x} runs", agent.hello.model.header_crc)
                                            : agent.model + " runs";
  return fmt::format("agent {:08x}, {}", agent.hello.agent_build, model);
}

}  // namespace mcullm::cli

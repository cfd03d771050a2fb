// SPDX-License-Identifier: MIT
#include "doctor/examine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "link/refusal.hpp"
#include "proto/image.h"

namespace mcullm::doctor {
namespace {

constexpr auto install_rules =
    "mcullm doctor --udev | sudo tee /etc/udev/rules.d/60-mcullm.rules && sudo udevadm control --reload && "
    "sudo udevadm trigger";

auto ok(std::string what) -> Finding { return {Verdict::ok, std::move(what), "", Exit::ok}; }
auto warn(std::string what, std::string fix) -> Finding {
  return {Verdict::warn, std::move(what), std::move(fix), Exit::ok};
}
auto fail(Exit exit, std::string what, std::string fix) -> Finding {
  return {Verdict::fail, std::move(what), std::move(fix), exit};
}

// -- this computer ---------------------------------------------------------------------------------------

auto examine_config(const Facts& facts) -> Finding {
  if (facts.config) return fail(facts.config->exit, facts.config->what, facts.config->hint);
  return ok("configuration: nothing wrong in it");
}

auto examine_access(const Facts& facts) -> Finding {
  if (facts.root) return ok("access to ports: you are root");
  const auto& groups = facts.groups;
  if (std::find(groups.begin(), groups.end(), "dialout") != groups.end())
    return ok("access to ports: you are in the group dialout");
  if (facts.rules_installed) return ok("access to ports: the udev rules give it");
  return warn(
      "access to ports: you are not in the group dialout, and the udev rules are not installed",
      fmt::format("sudo usermod -aG dialout {}, and log in again; or: {}", facts.user, install_rules));
}

auto examine_modem_manager(const Facts& facts) -> Finding {
  if (!facts.modem_manager) return ok("ModemManager: does not run");
  if (facts.rules_installed) return ok("ModemManager: runs, and the udev rules keep it from the boards");
  return warn("ModemManager runs: it sends modem commands to a board for some seconds after it is plugged in",
              install_rules);
}

auto examine_program(const ProgramFacts& program) -> Finding {
  if (program.found) return ok(fmt::format("{}: installed ({})", program.name, program.purpose));
  return warn(fmt::format("{} is not installed ({})", program.name, program.purpose),
              fmt::format("sudo apt-get install {}", program.package));
}

auto examine_simulator(const SimulatorFacts& simulator) -> Finding {
  if (!simulator.lacks) return ok(simulator.port + ": can be started");
  return warn(fmt::format("{} cannot be started: {}", simulator.port, simulator.lacks->what),
              simulator.lacks->hint);
}

// -- a port ----------------------------------------------------------------------------------------------

auto flash_command(const PortFacts& port, const std::string& model) -> std::string {
  return fmt::format("mcullm flash --port {} {}", port.path, model);
}

// How to put the agent of this tool onto the board.
auto flash_agent(const PortFacts& port, const std::string& board) -> std::string {
  return board.empty() ? "build the agent of that board again from this version, and flash it"
                       : fmt::format("mcullm flash --board {} --port {}", board, port.path);
}

auto examine_versions(const PortFacts& port, const AgentFacts& agent) -> Finding {
  const auto& hello = agent.hello;
  if (hello.arithmetic_version != MCL_ARITHMETIC_VERSION || hello.image_version != MCL_IMAGE_VERSION)
    return fail(
        Exit::refused,
        fmt::format("{}: the agent computes by arithmetic {} and reads images {}, this tool {} and {}",
                    port.path, hello.arithmetic_version, hello.image_version, int{MCL_ARITHMETIC_VERSION},
                    int{MCL_IMAGE_VERSION}),
        flash_agent(port, agent.board));
  if (!agent.expected_build)
    return ok(fmt::format("{}: agent {:08x} for {}, arithmetic {}", port.path, hello.agent_build, hello.board,
                          hello.arithmetic_version));
  if (*agent.expected_build != hello.agent_build)
    return warn(fmt::format("{}: the agent is another build ({:08x}) than the one of this tool ({:08x})",
                            port.path, hello.agent_build, *agent.expected_build),
                flash_agent(port, agent.board));
  return ok(fmt::format("{}: the agent is the one of this tool ({:08x}), arithmetic {}", port.path,
                        hello.agent_build, hello.arithmetic_version));
}

auto examine_model(const PortFacts& port, const AgentFacts& agent, const std::optional<ModelFacts>& wanted)
    -> Finding {
  const auto& model = agent.hello.model;
  const std::string file = wanted ? wanted->file : "MODEL.mcm";
  if (model.status == MCL_MODEL_NONE && !wanted)
    return warn(fmt::format("{}: no model is stored", port.path), flash_command(port, file));
  if (model.status != MCL_MODEL_RUNS)
    return fail(Exit::refused, fmt::format("{}: no model runs: {}", port.path, link::model_problem(model)),
                model.status == MCL_MODEL_TOO_LARGE
                    ? "mcullm plan finds a model, a context or a cache format that fits"
                    : flash_command(port, file));
  if (!agent.stored_damage.empty())
    return fail(Exit::refused,
                fmt::format("{}: the stored image is damaged: {}", port.path, agent.stored_damage),
                flash_command(port, file));
  const std::string name =
      agent.model_name.empty() ? fmt::format("image {:08x}", model.header_crc) : agent.model_name;
  if (wanted && wanted->header_crc != model.header_crc)
    return fail(Exit::refused,
                fmt::format("{}: runs {} ({:08x}), not {} ({:08x}) of {}", port.path, name, model.header_crc,
                            wanted->name, wanted->header_crc, wanted->file),
                flash_command(port, file));
  return ok(fmt::format("{}: {} runs, its stored bytes have their CRC", port.path, name));
}

auto examine_permission(const PortFacts& port, const std::string& user) -> Finding {
  const std::string group = port.group.empty() ? "dialout" : port.group;
  return fail(Exit::no_device, fmt::format("{}: no permission to open it (group {})", port.path, group),
              fmt::format("sudo usermod -aG {} {}, and log in again; or: {}", group, user, install_rules));
}

auto examine_board(const PortFacts& port) -> Finding {
  if (port.agent && port.agent->board.empty())
    return warn(
        fmt::format("{}: the agent's board '{}' is not in the register", port.path, port.agent->hello.board),
        "describe it in a file of your own, and name that in MCULLM_BOARDS (mcullm boards --help)");
  if (port.agent) return ok(fmt::format("{}: board {}", port.path, port.agent->board));
  if (port.matches.empty())
    return warn(
        fmt::format("{}: unknown board, USB {:04x}:{:04x} is not in the register", port.path, port.usb_vendor,
                    port.usb_product),
        fmt::format("if it is a board with an agent, name it: --port {}; to have it found, add its USB "
                    "ids in a file that MCULLM_BOARDS names",
                    port.path));
  const auto& match = port.matches.front();
  if (match.boot_loader)
    return warn(fmt::format("{}: {} waits for a program", port.path, match.what),
                fmt::format("mcullm flash --board {}", match.board));
  return ok(fmt::format("{}: {}", port.path, match.what));
}

void examine_port(const PortFacts& port, const Facts& facts, std::vector<Finding>& findings) {
  if (port.usb || port.agent) findings.push_back(examine_board(port));
  if (!port.holders.empty()) {
    findings.push_back(fail(Exit::no_device,
                            fmt::format("{}: in use by {}", port.path, link::names_of(port.holders)),
                            fmt::format("close that program, or: kill {}", port.holders.front().pid)));
    return;
  }
  if (!port.accessible) {
    findings.push_back(examine_permission(port, facts.user));
    return;
  }
  if (port.silent)
    findings.push_back(
        fail(port.silent->exit, fmt::format("{}: {}", port.path, port.silent->what), port.silent->hint));
  if (!port.agent) return;
  findings.push_back(examine_versions(port, *port.agent));
  findings.push_back(examine_model(port, *port.agent, facts.model));
}

}  // namespace

auto examine(const Facts& facts) -> std::vector<Finding> {
  std::vector<Finding> findings = {examine_config(facts), examine_access(facts),
                                   examine_modem_manager(facts)};
  for (const auto& program : facts.programs) findings.push_back(examine_program(program));
  for (const auto& simulator : facts.simulators) findings.push_back(examine_simulator(simulator));
  for (const auto& volume : facts.volumes)
    findings.push_back(warn(fmt::format("{}: {} waits for a program", volume.device, volume.label),
                            fmt::format("mcullm flash --board {}", volume.board)));
  if (facts.ports.empty() && facts.volumes.empty())
    findings.push_back(warn("ports: no board is plugged in",
                            "plug one in, or take a simulated one: mcullm chat --port sim:native"));
  for (const auto& port : facts.ports) examine_port(port, facts, findings);
  return findings;
}

auto name(Verdict verdict) -> const char* {
  switch (verdict) {
    case Verdict::ok:
      return "OK";
    case Verdict::warn:
      return "WARN";
    case Verdict::fail:
      return "FAIL";
  }
  return "";
}

}  // namespace mcullm::doctor

// SPDX-License-Identifier: MIT
#include "cli/doctor/gather_facts.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "base/file.hpp"
#include "base/installed_file.hpp"
#include "base/run_program.hpp"
#include "base/span_reader.hpp"
#include "cli/board/open_board.hpp"
#include "cli/board/port_survey.hpp"
#include "flash/stored_image.hpp"
#include "flash/volume.hpp"
#include "image/model_image.hpp"
#include "proto/image_fields.h"
#include "sim/board_command.hpp"

namespace mcullm::cli {

namespace fs = std::filesystem;

namespace {

// -- this computer ---------------------------------------------------------------------------------------

auto group_name(gid_t id) -> std::string {
  const auto* entry = ::getgrgid(id);
  return entry == nullptr ? std::to_string(id) : entry->gr_name;
}

auto own_groups() -> std::vector<std::string> {
  std::vector<gid_t> ids(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
  ids.resize(static_cast<std::size_t>(std::max(0, ::getgroups(static_cast<int>(ids.size()), ids.data()))));
  ids.push_back(::getegid());
  std::vector<std::string> names;
  for (const auto id : ids) names.push_back(group_name(id));
  return names;
}

auto own_name() -> std::string {
  const auto* entry = ::getpwuid(::geteuid());
  return entry == nullptr ? "$USER" : entry->pw_name;
}

auto program_runs(const std::string& command) -> bool {
  std::error_code failed;
  for (const auto& process : fs::directory_iterator("/proc", failed)) {
    std::ifstream in(process.path() / "comm");
    std::string name;
    if (std::getline(in, name) && name == command) return true;
  }
  return false;
}

auto rules_installed() -> bool {
  std::error_code failed;
  for (const auto* folder : {"/etc/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d"})
    if (fs::exists(fs::path(folder) / "60-mcullm.rules", failed)) return true;
  return false;
}

auto programs() -> std::vector<doctor::ProgramFacts> {
  std::vector<doctor::ProgramFacts> list = {
      {"avrdude", "avrdude", "flashes the Uno"},
      {"dfu-util", "dfu-util", "flashes STM32 boards over USB"},
      {"openocd", "openocd", "flashes through a debug probe"},
      {"node", "nodejs", "runs sim:pico"},
      {"qemu-system-arm", "qemu-system-arm", "runs simulated Cortex-M boards"},
      {"qemu-system-riscv32", "qemu-system-misc", "runs sim:rv32"},
      {"qemu-system-xtensa", "qemu-system-misc", "runs sim:xtensa"},
  };
  for (auto& program : list) program.found = program_in_path(program.name).has_value();
  return list;
}

auto simulators() -> std::vector<doctor::SimulatorFacts> {
  std::vector<doctor::SimulatorFacts> list;
  for (const auto& board : sim::simulated_boards()) {
    const auto command = sim::board_command(board, {});
    list.push_back(
        {fmt::format("sim:{}", board.name), command ? std::nullopt : std::optional<Error>(command.error())});
  }
  return list;
}

// -- a board ---------------------------------------------------------------------------------------------

// The build of the agent that lies beside this program, from the line that device/build_id.c prints.
auto expected_build(const boards::Board& board) -> std::optional<std::uint32_t> {
  const auto file = find_installed(fs::path(board.agent.file).stem().string() + ".build");
  if (!file) return std::nullopt;
  std::ifstream in(*file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto number = text.find("0x");
  std::uint32_t build = 0;
  if (number == std::string::npos) return std::nullopt;
  const auto read = std::from_chars(text.data() + number + 2, text.data() + text.size(), build, 16);
  return read.ec == std::errc{} ? std::optional(build) : std::nullopt;
}

auto gather_agent(link::Board& board, const boards::BoardRegister& known) -> doctor::AgentFacts {
  doctor::AgentFacts facts{.hello = board.hello(),
                           .board = {},
                           .expected_build = std::nullopt,
                           .model_name = {},
                           .stored_damage = {}};
  if (const auto* entry = known.find_by_agent_name(facts.hello.board); entry != nullptr) {
    facts.board = entry->id;
    facts.expected_build = expected_build(*entry);
  }
  if (facts.hello.model.status != MCL_MODEL_RUNS) return facts;
  facts.model_name = stored_name(board);
  if (auto damage = flash::find_stored_damage(board); damage) facts.stored_damage = std::move(*damage);
  return facts;
}

void ask_agent(doctor::PortFacts& port, const std::string& spec, const boards::BoardRegister& known,
               const Examination& wanted, CommandContext& context) {
  auto board = open_board(spec, {.rate_baud = wanted.rate_baud}, context.interrupted);
  if (board)
    port.agent = gather_agent(**board, known);
  else
    port.silent = board.error();
}

auto group_of(const std::string& device) -> std::string {
  struct stat status {};
  const bool shared = ::stat(device.c_str(), &status) == 0 && (status.st_mode & S_IRGRP) != 0;
  return shared ? group_name(status.st_gid) : "";
}

auto port_facts(const PortFinding& finding) -> doctor::PortFacts {
  doctor::PortFacts facts;
  facts.path = finding.port.path;
  facts.usb = finding.port.usb();
  facts.usb_vendor = finding.port.usb_vendor;
  facts.usb_product = finding.port.usb_product;
  facts.matches = finding.matches;
  facts.accessible = finding.accessible;
  facts.group = group_of(facts.path);
  facts.holders = finding.holders;
  return facts;
}

// The port that was named, serial or not: it is asked whatever its USB ids are.
auto gather_port(const Examination& wanted, const boards::BoardRegister& known, CommandContext& context)
    -> doctor::PortFacts {
  const bool by_serial = wanted.port.starts_with("id:");
  const auto path = by_serial ? link::port_of_serial_number(wanted.port.substr(3)) : wanted.port;
  doctor::PortFacts facts;
  facts.path = path ? *path : wanted.port;
  for (const auto& finding : find_ports(known))
    if (finding.port.path == facts.path) facts = port_facts(finding);
  std::error_code missing;
  const bool device = fs::is_character_file(facts.path, missing);
  facts.accessible = !device || link::accessible(facts.path);
  if (device) facts.holders = link::port_holders(facts.path);
  if (device) facts.group = group_of(facts.path);
  if (!path)
    facts.silent = path.error();
  else if (facts.accessible && facts.holders.empty())
    ask_agent(facts, facts.path, known, wanted, context);
  return facts;
}

auto gather_ports(const Examination& wanted, const boards::BoardRegister& known, CommandContext& context)
    -> std::vector<doctor::PortFacts> {
  if (!wanted.port.empty()) return {gather_port(wanted, known, context)};
  std::vector<doctor::PortFacts> ports;
  for (const auto& finding : find_ports(known)) {
    if (!finding.port.usb()) continue;  // a ttyS0 of the mainboard is there without anything behind it
    auto& facts = ports.emplace_back(port_facts(finding));
    if (!reason_not_to_ask(finding)) ask_agent(facts, facts.path, known, wanted, context);
  }
  return ports;
}

auto gather_model(const std::string& path) -> Result<std::optional<doctor::ModelFacts>> {
  if (path.empty()) return std::optional<doctor::ModelFacts>{};
  const auto bytes = read_file(path);
  if (!bytes) return bytes.error();
  const auto image = image::parse_model_image(*bytes, path);
  if (!image) return image.error();
  const auto crc = SpanReader(std::span(*bytes).subspan(MCL_AT_HEADER_CRC)).read_le<std::uint32_t>();
  return std::optional<doctor::ModelFacts>({path, image->identity.name, crc.value_or(0)});
}

}  // namespace

auto gather_facts(const Examination& wanted, CommandContext& context) -> Result<doctor::Facts> {
  const auto known = boards::load_register(context.boards_file);
  if (!known) return known.error();
  auto model = gather_model(wanted.model);
  if (!model) return model.error();
  doctor::Facts facts;
  facts.config = context.config_error;
  facts.user = own_name();
  facts.root = ::geteuid() == 0;
  facts.groups = own_groups();
  facts.modem_manager = program_runs("ModemManager");
  facts.rules_installed = rules_installed();
  facts.programs = programs();
  facts.simulators = simulators();
  facts.ports = gather_ports(wanted, *known, context);
  if (wanted.port.empty())
    for (const auto& volume : flash::find_boot_volumes(*known))
      facts.volumes.push_back({volume.label, volume.device.string(), volume.board});
  facts.model = std::move(*model);
  return facts;
}

}  // namespace mcullm::cli

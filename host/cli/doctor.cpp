// SPDX-License-Identifier: MIT
// mcullm doctor: what is wrong at this desk, and what to do about it.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/doctor/gather_facts.hpp"
#include "cli/number.hpp"
#include "doctor/examine.hpp"
#include "doctor/udev_rules.hpp"

namespace mcullm::cli {
namespace {

using Json = nlohmann::ordered_json;
using doctor::Verdict;

struct DoctorOptions {
  Examination wanted;
  bool udev = false, json = false;
};

auto colour_of(Verdict verdict) -> ui::Colour {
  return verdict == Verdict::ok     ? ui::Colour::green
         : verdict == Verdict::warn ? ui::Colour::yellow
                                    : ui::Colour::red;
}

void print_text(const std::vector<doctor::Finding>& findings, ui::Console& console) {
  const auto paint = console.out_palette();
  for (const auto& finding : findings) {
    console.print_line(fmt::format(
        "{} {}", paint(colour_of(finding.verdict), fmt::format("{:<4}", doctor::name(finding.verdict))),
        finding.what));
    if (!finding.fix.empty()) console.print_line("     fix: " + finding.fix);
  }
}

auto count(const std::vector<doctor::Finding>& findings, Verdict verdict) -> std::size_t {
  std::size_t n = 0;
  for (const auto& finding : findings) n += finding.verdict == verdict ? 1 : 0;
  return n;
}

void print_json(const std::vector<doctor::Finding>& findings, ui::Console& console) {
  auto list = Json::array();
  for (const auto& finding : findings)
    list.push_back({{"verdict", doctor::name(finding.verdict)},
                    {"what", finding.what},
                    {"fix", finding.fix.empty() ? Json(nullptr) : Json(finding.fix)}});
  console.print_json("doctor", {{"warnings", count(findings, Verdict::warn)},
                                {"failures", count(findings, Verdict::fail)},
                                {"findings", std::move(list)}});
}

auto print_rules(const DoctorOptions& options, CommandContext& context) -> Result<Ok> {
  const auto known = boards::load_register(context.boards_file);
  if (!known) return known.error();
  auto& console = context.console;
  const auto rules = doctor::udev_rules(*known);
  if (options.json)
    console.print_json("doctor-udev", {{"file", "/etc/udev/rules.d/60-mcullm.rules"}, {"rules", rules}});
  else
    console.print(rules);
  return Ok{};
}

auto run_doctor(const DoctorOptions& options, CommandContext& context) -> Result<Ok> {
  if (options.udev) return print_rules(options, context);
  const auto facts = gather_facts(options.wanted, context);
  if (!facts) return facts.error();
  if (context.interrupted) return cancelled();
  const auto findings = doctor::examine(*facts);
  options.json ? print_json(findings, context.console) : print_text(findings, context.console);
  for (const auto& finding : findings)
    if (finding.verdict == Verdict::fail) return Error{finding.exit, finding.what, finding.fix};
  return Ok{};
}

constexpr auto footer =
    R"(Each line is OK, WARN (something is missing that you may never need) or FAIL (a board cannot be used as it
is), with one fix. The exit code is that of the first FAIL (mcullm help exit-codes), else 0. A board may
restart when its port is opened; its stored model is checked by its CRCs.

Examples:
  mcullm doctor
  mcullm doctor --port /dev/ttyACM0 --model stories-q.mcm
  mcullm doctor --udev | sudo tee /etc/udev/rules.d/60-mcullm.rules)";

}  // namespace

void add_doctor_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<DoctorOptions>();
  auto* command = app.add_subcommand("doctor", "Find out what is wrong at this desk, and how to mend it");
  command->group(group::boards);
  command->footer(footer);
  command
      ->add_option("--port", options->wanted.port, "Look at this port alone; default: all USB serial ports")
      ->type_name("PORT");
  command->add_option("--model", options->wanted.model, "The image that the board should run")
      ->type_name("MODEL.mcm");
  command->add_option("--baud", options->wanted.rate_baud, "Rate of a serial port")
      ->type_name("N")
      ->check(positive_int())
      ->capture_default_str();
  command->add_flag("--udev", options->udev, "Print udev rules for the boards of the register");
  command->add_flag("--json", options->json, "Print JSON on stdout");
  run_on_choice(*command, context, options, run_doctor);
}

}  // namespace mcullm::cli

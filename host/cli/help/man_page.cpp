// SPDX-License-Identifier: MIT
#include "cli/help/man_page.hpp"

#include <fmt/format.h>

#include <sstream>

#include "cli/help/pages.hpp"

namespace mcullm::cli {
namespace {

// Text that roff shows as it is.
auto escaped(std::string_view text) -> std::string {
  std::string result;
  for (const char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else if (c == '\'')
      result += "\\(aq";
    else if (c == '`')
      result += "\\(ga";
    else if (c == '^')
      result += "\\(ha";
    else if (c == '~')
      result += "\\(ti";
    else
      result += c;
  }
  return result;
}

// A line of its own: a dot or a quote at its start would be a command.
auto line(std::string_view text) -> std::string {
  return (text.starts_with('.') ? "\\&" : "") + escaped(text) + "\n";
}

auto as_it_is(const std::string& text) -> std::string {
  std::string result = ".nf\n";
  std::istringstream lines(text);
  for (std::string one; std::getline(lines, one);) result += line(one);
  return result + ".fi\n";
}

// "-p, --prompt TEXT", or "MODEL.mcm" of a positional.
auto signature(const CLI::Option& option) -> std::string {
  std::string names;
  for (const auto& name : option.get_snames()) names += (names.empty() ? "-" : ", -") + name;
  for (const auto& name : option.get_lnames()) names += (names.empty() ? "--" : ", --") + name;
  const auto type = option.get_items_expected_max() > 0 ? option.get_type_name() : "";
  if (names.empty()) return type.empty() ? option.get_single_name() : type;
  return type.empty() ? names : names + " " + type;
}

auto options_of(const CLI::App& app) -> std::string {
  std::string text;
  for (const auto* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    const auto variable = option->get_envname();
    const auto built_in = option->get_default_str();
    text += ".TP\n.B " + line(signature(*option));
    text +=
        line(option->get_description() + (built_in.empty() ? "" : fmt::format(" (default {})", built_in)) +
             (variable.empty() ? "" : fmt::format(" [{}]", variable)));
  }
  return text;
}

auto synopsis(const CLI::App& command) -> std::string {
  std::string text = "mcullm " + command.get_name() + " [OPTIONS]";
  for (const auto* option : command.get_options())
    if (option->get_positional())
      text += option->get_required() ? " " + signature(*option) : " [" + signature(*option) + "]";
  return text;
}

auto section(const CLI::App& command) -> std::string {
  return ".SS " + line(synopsis(command)) + line(command.get_description() + ".") + options_of(command) +
         ".PP\n" + as_it_is(command.get_footer());
}

}  // namespace

auto man_page(const CLI::App& app) -> std::string {
  std::string page = fmt::format(".TH MCULLM 1 \"\" \"mcullm {}\" \"User commands\"\n", MCULLM_VERSION);
  page += ".SH NAME\n" + line("mcullm - " + app.get_description());
  page += ".SH SYNOPSIS\n.B mcullm\n" + line("[OPTIONS] COMMAND [ARGUMENTS]");
  page += ".SH DESCRIPTION\n" +
          line(
              "mcullm converts, trains, quantizes, flashes and runs language models on microcontrollers, and "
              "compares every number of the board with an independent reference.");
  page += as_it_is("\n" + app.get_footer());
  page += ".SH OPTIONS\n" + line("Understood before and after any command.") + options_of(app);
  page += ".SH COMMANDS\n";
  for (const auto* command : app.get_subcommands({}))
    if (!command->get_group().empty()) page += section(*command);
  for (const auto& help : help_pages()) {
    std::string title = help.name;
    for (char& c : title) c = c == '-' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    page += ".SH \"" + title + "\"\n" + as_it_is(help.text());
  }
  return page;
}

}  // namespace mcullm::cli

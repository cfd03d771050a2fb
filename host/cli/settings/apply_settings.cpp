// SPDX-License-Identifier: MIT
#include "cli/settings/apply_settings.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include "config/setting.hpp"

namespace mcullm::cli {
namespace {

auto variable(const char* name) -> std::string {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// "--name VALUE" or "--name=VALUE", the last one; `fallback` when there is none.
auto value_of(std::string_view name, int argc, const char* const* argv, std::string fallback) -> std::string {
  std::string value = std::move(fallback);
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") break;
    if (argument == name && i + 1 < argc) value = argv[i + 1];
    if (argument.starts_with(name) && argument.substr(name.size()).starts_with('='))
      value = argument.substr(name.size() + 1);
  }
  return value;
}

// The option of the whole program, or those of the commands: `report` has a --trace of another meaning.
template <class Visit>
void each_setting(CLI::App& app, Visit&& visit) {
  for (const auto& setting : config::settings()) {
    const auto name = fmt::format("--{}", setting.name);
    if (auto* option = app.get_option_no_throw(name); option != nullptr) {
      visit(*option, setting);
      continue;
    }
    for (auto* command : app.get_subcommands({}))
      if (auto* option = command->get_option_no_throw(name); option != nullptr) visit(*option, setting);
  }
}

}  // namespace

auto find_config_choice(int argc, const char* const* argv) -> ConfigChoice {
  return {value_of("--config", argc, argv, variable("MCULLM_CONFIG")),
          value_of("--profile", argc, argv, variable("MCULLM_PROFILE"))};
}

void add_config_options(CLI::App& app, ConfigChoice& choice) {
  app.add_option("--config", choice.file, "Read settings from FILE alone (mcullm help config)")
      ->type_name("FILE")
      ->envname("MCULLM_CONFIG");
  app.add_option("--profile", choice.profile, "Take the settings of [NAME] in the configuration")
      ->type_name("NAME")
      ->envname("MCULLM_PROFILE");
}

void name_variables(CLI::App& app) {
  each_setting(app, [](CLI::Option& option, const config::Setting& setting) {
    option.envname(config::variable_of(setting.name));
  });
}

auto apply_config(CLI::App& app, const config::Config& config) -> Result<Ok> {
  Result<Ok> result = Ok{};
  each_setting(app, [&](CLI::Option& option, const config::Setting& setting) {
    const auto* value = config.find(setting.name);
    if (value == nullptr) return;
    try {
      option.run_callback_for_default()->default_val(value->text)->required(false);
    } catch (const CLI::ParseError& wrong) {
      result = Error{Exit::input, fmt::format("{}: {}", value->where, wrong.what()),
                     fmt::format("{}: {}", setting.name, setting.meaning)};
    }
  });
  return result;
}

auto blame_environment(const std::string& message) -> std::string {
  for (const auto& setting : config::settings()) {
    const auto name = config::variable_of(setting.name);
    if (variable(name.c_str()).empty() ||
        message.find(fmt::format("--{}", setting.name)) == std::string::npos)
      continue;
    return fmt::format("{} is set to '{}' in the environment", name, variable(name.c_str()));
  }
  return "";
}

}  // namespace mcullm::cli

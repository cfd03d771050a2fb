// SPDX-License-Identifier: MIT
#include "config/config_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include <toml++/toml.h>

#include "base/file.hpp"
#include "config/setting.hpp"

namespace mcullm::config {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t longest_file = 1U << 20;
constexpr auto topic = "mcullm help config lists the settings, with an example";

auto expected(Kind kind) -> const char* {
  switch (kind) {
    case Kind::text:
      return "a text in quotes";
    case Kind::number:
      return "a number";
    case Kind::flag:
      return "true or false";
  }
  return "";
}

// Nothing when the value is not of this kind.
auto text_of(const toml::node& node, Kind kind) -> std::optional<std::string> {
  if (kind == Kind::text && node.is_string()) return node.as_string()->get();
  if (kind == Kind::flag && node.is_boolean()) return node.as_boolean()->get() ? "true" : "false";
  if (kind == Kind::number && node.is_integer()) return std::to_string(node.as_integer()->get());
  if (kind == Kind::number && node.is_floating_point())
    return fmt::format("{}", node.as_floating_point()->get());
  return std::nullopt;
}

class Reader {
 public:
  Reader(std::string_view name, Owner owner) : name_(name), owner_(owner) {}

  auto where(const toml::source_region& source) const -> std::string {
    return fmt::format("{}, line {}", name_, source.begin.line);
  }

  // One key, of the top or of a profile.
  auto value(const toml::key& key, const toml::node& node) const -> Result<Value> {
    const std::string at = where(key.source());
    const auto* setting = find_setting(key.str());
    if (setting == nullptr)
      return Error{Exit::input, fmt::format("{}: unknown key '{}'", at, key.str()), topic};
    const auto text = text_of(node, setting->kind);
    if (!text)
      return Error{Exit::input, fmt::format("{}: '{}' is not {}", at, key.str(), expected(setting->kind)),
                   fmt::format("{}: {}", key.str(), setting->meaning)};
    if (owner_ == Owner::folder && (setting->own || text->starts_with("exec:")))
      return Error{
          Exit::input,
          fmt::format("{}: '{}' is not taken from the file of a folder, which may be anybody's", at,
                      key.str()),
          fmt::format("put it into {}, or name this file: --config {}", user_config_file().string(), name_)};
    return Value{*text, at};
  }

  auto table(const toml::table& keys, std::map<std::string, Value>& into) const -> Result<Ok> {
    for (const auto& [key, node] : keys) {
      auto read = value(key, node);
      if (!read) return read.error();
      into[std::string(key.str())] = std::move(read).value();
    }
    return Ok{};
  }

 private:
  std::string name_;
  Owner owner_;
};

auto read_tables(const toml::table& file, const Reader& reader, std::string_view profile, Config& into)
    -> Result<Ok> {
  for (const auto& [key, node] : file) {
    const std::string key_name(key.str());
    if (!node.is_table()) {
      auto value = reader.value(key, node);
      if (!value) return value.error();
      into.always[key_name] = std::move(value).value();
      continue;
    }
    if (std::find(into.profiles.begin(), into.profiles.end(), key_name) == into.profiles.end())
      into.profiles.push_back(key_name);
    std::map<std::string, Value> checked_only;
    const auto done = reader.table(*node.as_table(), key_name == profile ? into.chosen : checked_only);
    if (!done) return done;
  }
  return Ok{};
}

auto read_if_there(const fs::path& path, Owner owner, const std::string& profile, Config& into)
    -> Result<Ok> {
  std::error_code missing;
  if (path.empty() || !fs::exists(path, missing)) return Ok{};
  const auto bytes = read_file(path, longest_file);
  if (!bytes) return bytes.error();
  into.files.push_back(path.string());
  return read_config({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path.string(), owner,
                     profile, into);
}

auto no_such_profile(const std::string& profile, const Config& config) -> Error {
  std::string names;
  for (const auto& name : config.profiles) names += (names.empty() ? "" : ", ") + name;
  return {Exit::usage, fmt::format("no configuration file has the profile '{}'", profile),
          names.empty()
              ? fmt::format("write [{}] and its keys into mcullm.toml; see mcullm help config", profile)
              : "there is " + names};
}

}  // namespace

auto read_config(std::string_view toml, std::string_view name, Owner owner, std::string_view profile,
                 Config& into) -> Result<Ok> {
  const Reader reader(name, owner);
  try {
    return read_tables(toml::parse(toml), reader, profile, into);
  } catch (const toml::parse_error& error) {
    return Error{Exit::input, fmt::format("{}: {}", reader.where(error.source()), error.description()),
                 "mcullm help config shows how such a file looks"};
  }
}

auto Config::find(const std::string& name) const -> const Value* {
  for (const auto* values : {&chosen, &always})
    if (const auto found = values->find(name); found != values->end()) return &found->second;
  return nullptr;
}

auto user_config_file() -> fs::path {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (config != nullptr && *config == '/') return fs::path(config) / "mcullm/config.toml";
  return home != nullptr && *home == '/' ? fs::path(home) / ".config/mcullm/config.toml" : fs::path();
}

auto load_config(const Places& places, const std::string& profile) -> Result<Config> {
  Config config;
  if (!places.chosen.empty()) {
    std::error_code missing;
    if (!fs::exists(places.chosen, missing))
      return Error{Exit::input, fmt::format("{}: no such file", places.chosen.string()),
                   "--config and MCULLM_CONFIG name a file; mcullm help config shows how it looks"};
    if (auto done = read_if_there(places.chosen, Owner::user, profile, config); !done) return done.error();
  } else {
    if (auto done = read_if_there(places.user, Owner::user, profile, config); !done) return done.error();
    if (auto done = read_if_there(places.folder, Owner::folder, profile, config); !done) return done.error();
  }
  const auto& known = config.profiles;
  if (!profile.empty() && std::find(known.begin(), known.end(), profile) == known.end())
    return no_such_profile(profile, config);
  return config;
}

}  // namespace mcullm::config

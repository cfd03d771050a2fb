// SPDX-License-Identifier: MIT
// Configuration files: keys at the top hold always, those of a [profile] when it is chosen.
//
//   port = "sim:native"
//   [uno]                     # mcullm --profile uno ...
//   port = "/dev/ttyUSB0"
//   baud = 500000
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mcullm::config {

// A value as the command line would have it, and where it stands.
struct Value {
  std::string text;
  std::string where;  // "mcullm.toml, line 3"
};

struct Config {
  std::map<std::string, Value> always, chosen;  // by name of the setting: at the top, and of the profile
  std::vector<std::string> profiles;            // all that there are
  std::vector<std::string> files;               // that were read

  // A profile goes before what stands at the top of any file. nullptr: not set.
  auto find(const std::string& name) const -> const Value*;
};

// Whose file it is. The folder's may come with somebody else's project: it may choose among boards, but
// neither run programs (port = "exec:...") nor write files.
enum class Owner { user, folder };

// Adds one file to `into`; its values replace those of the files before it. Exit::input, with line and key,
// for anything wrong in it, profiles that are not chosen included.
auto read_config(std::string_view toml, std::string_view name, Owner owner, std::string_view profile,
                 Config& into) -> Result<Ok>;

struct Places {
  std::filesystem::path chosen;  // --config; empty: the two others
  std::filesystem::path user;    // $XDG_CONFIG_HOME/mcullm/config.toml; empty: no home
  std::filesystem::path folder = "mcullm.toml";
};

// The user's file by the rules of XDG.
auto user_config_file() -> std::filesystem::path;

// The chosen file, which must exist; else the user's and, over it, the folder's, where they exist.
// Exit::usage when no file has the profile.
auto load_config(const Places& places, const std::string& profile) -> Result<Config>;

}  // namespace mcullm::config

// SPDX-License-Identifier: MIT
// What may stand in a configuration file and in the environment: the options that somebody wants to give
// once, and not with every command. A setting has the name of its option.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mcullm::config {

enum class Kind { text, number, flag };

struct Setting {
  const char* name;  // "no-color": the option --no-color, the key no-color, the variable MCULLM_NO_COLOR
  Kind kind;
  const char* meaning;
  bool own = false;  // it writes files, so a folder of somebody else's may not set it
};

auto settings() -> std::span<const Setting>;

// nullptr when there is none of this name.
auto find_setting(std::string_view name) -> const Setting*;

// "MCULLM_NO_COLOR"
auto variable_of(std::string_view name) -> std::string;

}  // namespace mcullm::config

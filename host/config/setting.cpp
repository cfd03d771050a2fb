// SPDX-License-Identifier: MIT
#include "config/setting.hpp"

#include <array>
#include <cctype>

namespace mcullm::config {
namespace {

constexpr std::array table = {
    Setting{"port", Kind::text, "the board: /dev/ttyACM0, id:SERIAL, sim:NAME, exec:COMMAND"},
    Setting{"baud", Kind::number, "rate of a serial port"},
    Setting{"board", Kind::text, "kind of board, as mcullm boards lists them"},
    Setting{"temperature", Kind::number, "of the sampler"},
    Setting{"top-p", Kind::number, "of the sampler"},
    Setting{"seed", Kind::number, "same seed, same text; 0: a new one each time"},
    Setting{"boards", Kind::text, "file with more boards: mcullm boards"},
    Setting{"trace", Kind::text, "file that records every byte to and from boards", true},
    Setting{"log", Kind::text, "file that keeps all that is said", true},
    Setting{"quiet", Kind::flag, "no notes and no progress"},
    Setting{"verbose", Kind::number, "1 tells more, 2 everything"},
    Setting{"no-color", Kind::flag, "no colours"},
    Setting{"no-progress", Kind::flag, "no progress bars"},
};

}  // namespace

auto settings() -> std::span<const Setting> { return table; }

auto find_setting(std::string_view name) -> const Setting* {
  for (const auto& setting : table)
    if (setting.name == name) return &setting;
  return nullptr;
}

auto variable_of(std::string_view name) -> std::string {
  std::string variable = "MCULLM_";
  for (const char c : name)
    variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return variable;
}

}  // namespace mcullm::config

// SPDX-License-Identifier: MIT
#include "boards/board.hpp"

namespace mcullm::boards {

auto name(State state) -> const char* {
  switch (state) {
    case State::simulated:
      return "simulated";
    case State::built:
      return "built";
    case State::planned:
      return "planned";
  }
  return "";
}

auto name(Place place) -> const char* {
  switch (place) {
    case Place::flash:
      return "flash";
    case Place::sram:
      return "sram";
    case Place::psram:
      return "psram";
    case Place::card:
      return "card";
    case Place::host:
      return "host";
  }
  return "";
}

auto name(FlashMethod method) -> const char* {
  switch (method) {
    case FlashMethod::none:
      return "none";
    case FlashMethod::avrdude:
      return "avrdude";
    case FlashMethod::uf2:
      return "uf2";
    case FlashMethod::dfu:
      return "dfu";
  }
  return "";
}

auto name(TickUnit unit) -> const char* {
  switch (unit) {
    case TickUnit::cycles:
      return "cycles";
    case TickUnit::instructions:
      return "instructions";
    case TickUnit::nanoseconds:
      return "nanoseconds";
  }
  return "";
}

auto name(Basis basis) -> const char* {
  switch (basis) {
    case Basis::measured:
      return "measured";
    case Basis::simulated:
      return "simulated";
    case Basis::estimated:
      return "estimated";
  }
  return "";
}

}  // namespace mcullm::boards

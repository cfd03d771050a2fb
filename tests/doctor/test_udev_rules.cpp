// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <regex>

#include "doctor/udev_rules.hpp"

using namespace mcullm;

namespace {

auto built_in() -> boards::BoardRegister {
  auto known = boards::load_register("");
  REQUIRE(known);
  return std::move(known).value();
}

}  // namespace

TEST_CASE("udev rules: the shipped file is the text for the built-in register", "[doctor]") {
  std::ifstream in(MCULLM_SOURCE_DIR "/host/share/60-mcullm.rules");
  const std::string shipped{std::istreambuf_iterator<char>(in), {}};
  CHECK(shipped == doctor::udev_rules(built_in()));  // remake it: mcullm doctor --udev
}

TEST_CASE("udev rules: every USB id of the register has a rule, in udev's grammar", "[doctor]") {
  const auto known = built_in();
  const auto rules = doctor::udev_rules(known);
  const std::regex line(R"re(([A-Z]+(\{[A-Za-z_]+\})?(==|=|\+=)"[^"]*"(, |$))+)re");
  std::istringstream lines(rules);
  int count = 0;
  for (std::string text; std::getline(lines, text);) {
    if (text.empty() || text.starts_with('#')) continue;
    CAPTURE(text);
    CHECK(std::regex_match(text, line));
    ++count;
  }
  CHECK(count >= 8);
  for (const auto& board : known.boards)
    for (const auto& usb : board.usb) CHECK(rules.find("# " + usb.what + "\n") != std::string::npos);
}

TEST_CASE("udev rules: ModemManager is kept from boards, and bridges are left to it", "[doctor]") {
  boards::BoardRegister known;
  known.bridges.push_back({0x1a86, 0x7523, "a bridge", false});
  CHECK(doctor::udev_rules(known).find("ID_MM") == std::string::npos);
  CHECK(doctor::udev_rules(known).find(R"(ATTRS{idVendor}=="1a86", ATTRS{idProduct}=="7523")") !=
        std::string::npos);
  known.boards.emplace_back().usb.push_back({0x2341, 0x0043, "a board", false});
  CHECK(doctor::udev_rules(known).find("ID_MM_PORT_IGNORE") != std::string::npos);
}

// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "sim/uno/program.hpp"
#include "uno.hpp"

using mcullm::uno::read_program;

namespace {

auto read_all(const std::string& path) -> std::string {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

auto program_of(const std::string& content) {
  const uno::Folder folder;
  std::ofstream(folder / "program", std::ios::binary) << content;
  return read_program(folder / "program");
}

}  // namespace

TEST_CASE("program: an ELF file tells its code and the end of its variables", "[sim_uno]") {
  const auto program = read_program(uno::firmware("stack_shallow"));
  REQUIRE(program);
  CHECK(program->lowest_address() == 0);
  CHECK(program->static_end == 0x100 + 200);
}

TEST_CASE("program: Intel HEX is read with its addresses", "[sim_uno]") {
  const auto program = program_of(":020000040000FA\r\n:04010000DEADBEEFC3\n:00000001FF\n");
  REQUIRE(program);
  REQUIRE(program->segments.size() == 1);
  CHECK(program->lowest_address() == 0x100);
  CHECK(program->segments[0].bytes.size() == 4);
}

TEST_CASE("program: damaged HEX is refused", "[sim_uno]") {
  const auto text = GENERATE(as<std::string>{}, "", ":", "hello", ":04010000DEADBEEFC4\n:00000001FF\n",
                             ":04010000DEADBEEFC3\n", ":05010000DEADBEEFC2\n:00000001FF\n", ":00000001FF\n",
                             ":020000040001F9\n:04010000DEADBEEFC3\n:00000001FF\n");
  CAPTURE(text);
  CHECK_FALSE(program_of(text));
}

TEST_CASE("program: an ELF file that is cut or bent anywhere is refused or harmless", "[sim_uno]") {
  const auto whole = read_all(uno::firmware("card_crc"));
  REQUIRE(whole.size() > 1000);
  for (std::size_t size = 0; size < whole.size(); size += 197) (void)program_of(whole.substr(0, size));
  for (std::size_t at = 4; at < 150; at++) {
    for (const char value : {'\x7f', '\xff'}) {
      auto bent = whole;
      bent[at] = value;
      const auto program = program_of(bent);
      if (!program) continue;
      for (const auto& segment : program->segments) REQUIRE(segment.address + segment.bytes.size() <= 32768);
    }
  }
}

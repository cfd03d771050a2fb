// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "chat/chat_command.hpp"

using namespace mcullm;
using chat::ChatCommand;
using chat::parse_command;
using Kind = chat::ChatCommand::Kind;

namespace {

auto parsed(std::string_view line) -> ChatCommand {
  const auto command = parse_command(line);
  REQUIRE(command);
  REQUIRE(*command);
  return **command;
}

auto set(std::string_view line, chat::Settings& settings, std::uint64_t& state) -> bool {
  return static_cast<bool>(chat::apply_setting(parsed(line), settings, state));
}

}  // namespace

TEST_CASE("chat commands: a line without a slash is a prompt", "[chat]") {
  const auto command = parse_command("Once /help upon a time");
  REQUIRE(command);
  CHECK_FALSE(*command);
}

TEST_CASE("chat commands: each is known, with its other spellings", "[chat]") {
  CHECK(parsed("/help").kind == Kind::help);
  CHECK(parsed("/?").kind == Kind::help);
  CHECK(parsed("  /reset  ").kind == Kind::reset);
  CHECK(parsed("/clear").kind == Kind::reset);
  CHECK(parsed("/stats").kind == Kind::stats);
  CHECK(parsed("/set").kind == Kind::show_settings);
  CHECK(parsed("/bye").kind == Kind::bye);
  CHECK(parsed("/exit").kind == Kind::bye);
  CHECK(parsed("/save my story.json").argument == "my story.json");
  CHECK(parsed("/load a.json").kind == Kind::load);
}

TEST_CASE("chat commands: mistakes are told, never taken for a prompt", "[chat]") {
  const auto* const line = GENERATE("/hlep", "/save", "/load  ", "/set temperature", "/reset now", "/");
  CAPTURE(line);
  const auto command = parse_command(line);
  REQUIRE_FALSE(command);
  CHECK(command.error().exit == Exit::usage);
  CHECK(command.error().hint.find("/help") != std::string::npos);
}

TEST_CASE("chat commands: /set changes one setting each", "[chat]") {
  chat::Settings settings;
  std::uint64_t state = 1;
  CHECK(set("/set temperature 1.25", settings, state));
  CHECK(set("/set top_p 0.5", settings, state));
  CHECK(set("/set n 40", settings, state));
  CHECK(set("/set continue on", settings, state));
  CHECK(set("/set seed 18446744073709551615", settings, state));
  CHECK(settings.temperature == 1.25);
  CHECK(settings.top_p == 0.5);
  CHECK(settings.max_tokens == 40);
  CHECK(settings.continue_text);
  CHECK(state == ~std::uint64_t{0});
}

TEST_CASE("chat commands: /set refuses what is out of range and changes nothing", "[chat]") {
  const auto* const line =
      GENERATE("/set temperature -1", "/set temperature nan", "/set temperature 1x", "/set top_p 1.5",
               "/set n -3", "/set n 1.5", "/set seed 0", "/set seed 18446744073709551616",
               "/set continue maybe", "/set colour red");
  CAPTURE(line);
  chat::Settings settings;
  std::uint64_t state = 5;
  CHECK_FALSE(set(line, settings, state));
  CHECK(settings.temperature == chat::Settings{}.temperature);
  CHECK(settings.max_tokens == 0);
  CHECK(state == 5);
}

TEST_CASE("chat commands: the help names every command", "[chat]") {
  for (const auto* const name : {"/set", "/reset", "/stats", "/save", "/load", "/bye", "continue", "Ctrl-C"})
    CHECK(chat::help_text().find(name) != std::string_view::npos);
}

TEST_CASE("prompt lines: three quotes hold several lines together", "[chat]") {
  chat::PromptLines lines;
  CHECK(lines.add("plain") == "plain");
  CHECK(lines.add("\"\"\"one line\"\"\"") == "one line");
  CHECK_FALSE(lines.add("\"\"\""));
  CHECK(lines.open());
  CHECK_FALSE(lines.add("first"));
  CHECK_FALSE(lines.add(""));
  CHECK(lines.add("\"\"\"") == "first\n");
  CHECK_FALSE(lines.open());
  CHECK_FALSE(lines.add("\"\"\"first"));
  CHECK(lines.add("/bye second\"\"\"") == "first\n/bye second");
}

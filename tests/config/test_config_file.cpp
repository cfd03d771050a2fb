// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "config/config_file.hpp"
#include "config/setting.hpp"

using Catch::Matchers::Contains;
using namespace mcullm;
using config::Config;
using config::Owner;

namespace {

auto read(std::string_view toml, std::string_view profile = "", Owner owner = Owner::user) -> Config {
  Config config;
  const auto done = config::read_config(toml, "mcullm.toml", owner, profile, config);
  if (!done) FAIL(done.error().what);
  return config;
}

auto error_of(std::string_view toml, Owner owner = Owner::user) -> Error {
  Config config;
  const auto done = config::read_config(toml, "mcullm.toml", owner, "", config);
  REQUIRE_FALSE(done);
  return done.error();
}

auto text(const Config& config, const std::string& name) -> std::string {
  const auto* value = config.find(name);
  return value == nullptr ? "(not set)" : value->text;
}

constexpr auto two_profiles = R"(port = "sim:native"
[uno]
port = "/dev/ttyUSB0"
baud = 500000
no-color = true
top-p = 0.5
[pico]
port = "id:E66"
)";

}  // namespace

TEST_CASE("config: a profile goes over what stands at the top, and no profile takes the top alone",
          "[config]") {
  const auto plain = read(two_profiles);
  CHECK(text(plain, "port") == "sim:native");
  CHECK(text(plain, "baud") == "(not set)");
  CHECK(plain.profiles == std::vector<std::string>{"pico", "uno"});

  const auto uno = read(two_profiles, "uno");
  CHECK(text(uno, "port") == "/dev/ttyUSB0");
  CHECK(text(uno, "baud") == "500000");
  CHECK(text(uno, "no-color") == "true");
  CHECK(text(uno, "top-p") == "0.5");
  CHECK(uno.find("port")->where == "mcullm.toml, line 3");
}

TEST_CASE("config: a profile of one file goes over the top of a later one", "[config]") {
  Config config;
  REQUIRE(config::read_config(two_profiles, "user.toml", Owner::user, "uno", config));
  REQUIRE(
      config::read_config("port = 'sim:uno'\nbaud = 9600\n", "mcullm.toml", Owner::folder, "uno", config));
  CHECK(text(config, "port") == "/dev/ttyUSB0");
  CHECK(text(config, "baud") == "500000");
}

TEST_CASE("config: what is wrong is named with file, line and key", "[config]") {
  CHECK_THAT(error_of("\nprot = 'x'\n").what, Contains("mcullm.toml, line 2") && Contains("'prot'"));
  CHECK_THAT(error_of("baud = '9600'\n").what, Contains("line 1") && Contains("'baud' is not a number"));
  CHECK_THAT(error_of("port = 7\n").what, Contains("'port' is not a text in quotes"));
  CHECK_THAT(error_of("quiet = 1\n").what, Contains("'quiet' is not true or false"));
  CHECK_THAT(error_of("port = [1]\n").what, Contains("'port' is not a text"));
  CHECK_THAT(error_of("[a.b]\nport = 'x'\n").what, Contains("'b'"));
  // a profile that nobody chose is read all the same
  CHECK_THAT(error_of("[uno]\nbuad = 1\n").what, Contains("line 2") && Contains("'buad'"));
  CHECK_THAT(error_of("port = \n").what, Contains("line 1"));
  for (const auto* const toml : {"prot = 'x'", "baud = 'x'", "port = "}) {
    CHECK(error_of(toml).exit == Exit::input);
    CHECK_FALSE(error_of(toml).hint.empty());
  }
}

TEST_CASE("config: the file of a folder can neither start programs nor write files", "[config]") {
  CHECK_THAT(error_of("port = 'exec:touch x'\n", Owner::folder).what, Contains("'port'"));
  CHECK_THAT(error_of("[p]\nport = 'exec:touch x'\n", Owner::folder).what, Contains("line 2"));
  CHECK_THAT(error_of("log = '/tmp/x'\n", Owner::folder).what, Contains("'log'"));
  CHECK(text(read("port = 'exec:true'\nlog = 'x'\n"), "port") == "exec:true");
  CHECK(text(read("port = 'sim:uno'\n", "", Owner::folder), "port") == "sim:uno");
}

TEST_CASE("config: bytes that are no text are refused, not trusted", "[config]") {
  for (const auto* const bytes :
       {"\xff\xfe", "port = \"\x01\"", "[[port]]", "[port]\n[port]", "port.x = 1"}) {
    CAPTURE(bytes);
    CHECK(error_of(bytes).exit == Exit::input);
  }
}

TEST_CASE("config: a chosen file that is missing, and a profile that nobody wrote, are errors", "[config]") {
  const auto missing = config::load_config({.chosen = "/no/such.toml", .user = {}}, "");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().exit == Exit::input);
  const auto profile = config::load_config({.chosen = {}, .user = {}, .folder = "/no/such.toml"}, "uno");
  REQUIRE_FALSE(profile);
  CHECK(profile.error().exit == Exit::usage);
  CHECK_THAT(profile.error().what, Contains("'uno'"));
  CHECK(config::load_config({.chosen = {}, .user = {}, .folder = "/no/such.toml"}, ""));
}

TEST_CASE("config: a setting, its option and its variable have one name", "[config]") {
  CHECK(config::variable_of("no-color") == "MCULLM_NO_COLOR");
  CHECK(config::find_setting("port") != nullptr);
  CHECK(config::find_setting("prompt") == nullptr);
}

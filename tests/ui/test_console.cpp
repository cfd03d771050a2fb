// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "ui/console.hpp"

using namespace mcullm;
namespace fs = std::filesystem;

namespace {

// A console whose two streams can be read back.
struct Recorded {
  std::FILE* out = std::tmpfile();
  std::FILE* err = std::tmpfile();
  ui::Console console{out, err};

  explicit Recorded(const ui::ConsoleOptions& options = {}) { REQUIRE(console.configure(options)); }
  ~Recorded() {
    std::fclose(out);
    std::fclose(err);
  }

  static auto text_of(std::FILE* file) -> std::string {
    std::rewind(file);
    std::string text;
    for (int c = 0; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
    return text;
  }
};

}  // namespace

TEST_CASE("console: data goes to stdout, talk to stderr, and neither has colours in a file", "[ui]") {
  Recorded recorded;
  recorded.console.print("data ");
  recorded.console.print_line("more");
  recorded.console.note("note");
  recorded.console.warn("careful");
  recorded.console.fail({Exit::input, "it broke", "mend it"});
  CHECK(Recorded::text_of(recorded.out) == "data more\n");
  CHECK(Recorded::text_of(recorded.err) == "note\nwarning: careful\nerror: it broke\nhint:  mend it\n");
}

TEST_CASE("console: an error without a hint is one line", "[ui]") {
  Recorded recorded;
  recorded.console.fail({Exit::cancelled, "interrupted", ""});
  CHECK(Recorded::text_of(recorded.err) == "interrupted\n");  // a wish, and no error
}

TEST_CASE("console: verbosity chooses what is told", "[ui]") {
  struct Level {
    ui::ConsoleOptions options;
    std::string told;
  };
  const auto level =
      GENERATE(Level{{.quiet = true, .log = {}}, "warning: w\n"}, Level{{.log = {}}, "n\nwarning: w\n"},
               Level{{.verbosity = 1, .log = {}}, "n\nd\nwarning: w\n"},
               Level{{.verbosity = 2, .log = {}}, "n\nd\nt\nwarning: w\n"});
  Recorded recorded(level.options);
  recorded.console.note("n");
  recorded.console.detail("d");
  recorded.console.trace("t");
  recorded.console.warn("w");
  CHECK(Recorded::text_of(recorded.err) == level.told);
}

TEST_CASE("console: the log has everything, with the exit code of an error", "[ui]") {
  const fs::path path = fs::temp_directory_path() / ("mcullm-log-" + std::to_string(::getpid()));
  {
    Recorded recorded({.quiet = true, .log = path});
    recorded.console.note("a note {}");
    recorded.console.trace("a trace");
    recorded.console.fail({Exit::mismatch, "it differs", ""});
  }
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  fs::remove(path);
  CHECK(text.str().find("info a note {}") != std::string::npos);
  CHECK(text.str().find("trace a trace") != std::string::npos);
  CHECK(text.str().find("error it differs (exit code 6)") != std::string::npos);
}

TEST_CASE("console: a log that cannot be opened is an error, not a crash", "[ui]") {
  std::FILE* out = std::tmpfile();
  ui::Console console(out, out);
  const auto configured = console.configure({.log = "/proc/no/such/folder/log"});
  std::fclose(out);
  REQUIRE_FALSE(configured);
  CHECK(configured.error().exit == Exit::usage);
}

TEST_CASE("console: JSON is one object whose first key is its schema, whatever bytes a text has", "[ui]") {
  Recorded recorded;
  recorded.console.print_json("convert", {{"bytes", 5}, {"text", "broken \xff"}});
  const std::string text = Recorded::text_of(recorded.out);
  const auto object = nlohmann::ordered_json::parse(text);
  CHECK(object.begin().key() == "schema");
  CHECK(object["schema"] == "mcullm.convert.v1");
  CHECK(object["bytes"] == 5);
  CHECK(text.ends_with("}\n"));
}

TEST_CASE("console: progress goes to stderr, or nowhere when it is not wanted", "[ui]") {
  const bool wanted = GENERATE(true, false);
  Recorded recorded({.no_progress = !wanted, .log = {}});
  const auto progress = recorded.console.progress();
  for (std::uint64_t i = 0; i <= 1000; ++i) progress({"writing", i, 1000, "B"});
  CHECK(Recorded::text_of(recorded.err).starts_with("writing: 1.0 kB in") == wanted);
  CHECK(Recorded::text_of(recorded.err).empty() == !wanted);
  CHECK(Recorded::text_of(recorded.out).empty());
}

TEST_CASE("console: data that cannot be written is told at the end", "[ui]") {
  std::FILE* full = std::fopen("/dev/full", "w");
  REQUIRE(full != nullptr);
  ui::Console console(full, stderr);
  CHECK(console.close());
  console.print("lost");
  const auto closed = console.close();
  std::fclose(full);
  REQUIRE_FALSE(closed);
  CHECK(closed.error().exit == Exit::internal);
}

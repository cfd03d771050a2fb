// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "chat/saved_text.hpp"

using namespace mcullm;
namespace fs = std::filesystem;

namespace {

constexpr auto model = "0123abcd 00c0ffee";

class Scratch {
 public:
  ~Scratch() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
  fs::path path = fs::temp_directory_path() / ("mcullm-saved-" + std::to_string(::getpid()) + ".json");
};

auto loaded(const std::string& text) -> Result<chat::SavedText> {
  const Scratch scratch;
  std::ofstream(scratch.path) << text;
  return chat::load_text(scratch.path, model);
}

constexpr auto good = R"({"schema": "mcullm.conversation.v1", "model": "0123abcd 00c0ffee", "text": "x",
  "temperature": 0.5, "top_p": 0.9, "n": 7, "random_state": "18446744073709551615", "tokens": [1, 2, 65535]})";

// `good` with one piece of it replaced
auto spoilt(const std::string& piece, const std::string& by) -> std::string {
  std::string text = good;
  const auto at = text.find(piece);
  REQUIRE(at != std::string::npos);
  return text.replace(at, piece.size(), by);
}

}  // namespace

TEST_CASE("saved text: what was saved is loaded", "[chat]") {
  const Scratch scratch;
  const chat::SavedText saved{model,
                              "a \"story\"\n\xff",
                              {1, 300, 511},
                              {.temperature = 0.25, .top_p = 1.0, .max_tokens = 9, .continue_text = false},
                              12345678901234567890ULL};
  REQUIRE(chat::save_text(scratch.path, saved));
  const auto back = chat::load_text(scratch.path, model);
  REQUIRE(back);
  CHECK(back->tokens == saved.tokens);
  CHECK(back->random_state == saved.random_state);
  CHECK(back->settings.temperature == 0.25);
  CHECK(back->settings.top_p == 1.0);
  CHECK(back->settings.max_tokens == 9);
  CHECK(back->settings.continue_text);
}

TEST_CASE("saved text: a good file is accepted, one of another model is not", "[chat]") {
  REQUIRE(loaded(good));
  CHECK(loaded(good)->tokens == std::vector{1, 2, 65535});
  const auto other = loaded(spoilt("00c0ffee", "00decade"));
  REQUIRE_FALSE(other);
  CHECK(other.error().what.find("another model") != std::string::npos);
}

TEST_CASE("saved text: whatever is wrong with a file, it is refused", "[chat]") {
  const auto text =
      GENERATE(std::string(), std::string("[]"), std::string("{"), spoilt("conversation", "conversion"),
               spoilt("[1, 2, 65535]", "[1, 2, 65536]"), spoilt("[1, 2, 65535]", "[1, -2]"),
               spoilt("[1, 2, 65535]", "[1.5]"), spoilt("[1, 2, 65535]", "\"1\""), spoilt("0.5", "\"hot\""),
               spoilt("0.5", "-1"), spoilt("0.9", "1e9"), spoilt("7", "1e30"),
               spoilt("18446744073709551615", "18446744073709551616"), spoilt("18446744073709551615", "0"),
               spoilt("18446744073709551615", "-5"), spoilt("\"tokens\"", "\"tokns\""));
  CAPTURE(text);
  const auto result = loaded(text);
  REQUIRE_FALSE(result);
  CHECK(result.error().exit == Exit::input);
}

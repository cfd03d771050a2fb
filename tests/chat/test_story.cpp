// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "chat/story.hpp"
#include "vocabularies.hpp"

using namespace mcullm;

namespace {

// Says what it is told to say, and keeps what it was asked.
class ScriptedEngine : public chat::Engine {
 public:
  explicit ScriptedEngine(std::vector<int> script) : script_(std::move(script)) {}

  void feed(int token, int pos) override { note(token, pos); }
  auto next(int token, int pos) -> int override {
    note(token, pos);
    return script_.at(told_++);
  }

  std::vector<int> seen;

 private:
  void note(int token, int pos) {
    REQUIRE(pos == static_cast<int>(seen.size()));
    seen.push_back(token);
  }

  std::vector<int> script_;
  std::size_t told_ = 0;
};

constexpr int space = 259, a = 260, b = 261;

struct Told {
  std::string text;
  chat::Story story;
};

auto tell(ScriptedEngine& engine, std::string_view prompt, int steps, int pieces = 1000) -> Told {
  const chat::Tokenizer tokenizer(test::vocabulary({" ", "a", "b"}), test::bos);
  Told told;
  told.story = chat::tell_story(engine, tokenizer, prompt, steps, [&](std::string_view text) {
    told.text += text;
    return --pieces > 0;
  });
  return told;
}

}  // namespace

TEST_CASE("story: the prompt is told and counted, then the model goes on until bos", "[chat]") {
  ScriptedEngine engine({b, b, test::bos});
  const auto [text, story] = tell(engine, "a", 10);
  CHECK(text == "abb");
  CHECK(engine.seen == std::vector{test::bos, space, a, b, b});
  CHECK(story.prompt_tokens == 3);
  CHECK(story.positions == 5);
  CHECK(story.ended);
}

TEST_CASE("story: steps count the prompt's positions too", "[chat]") {
  ScriptedEngine engine({b, b, b, b});
  CHECK(tell(engine, "a", 4).text == "abb");
  ScriptedEngine cut({b});
  CHECK(tell(cut, "aaaa", 2).text == "a");
}

TEST_CASE("story: the listener stops it", "[chat]") {
  ScriptedEngine engine({b, b, b, b, b});
  const auto [text, story] = tell(engine, "", 10, 2);
  CHECK(text == "bb");
  CHECK(story.stopped);
  CHECK_FALSE(story.ended);
}

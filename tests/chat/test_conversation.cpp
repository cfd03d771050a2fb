// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <optional>

#include "chat/conversation.hpp"
#include "reference_board.hpp"

using namespace mcullm;
using chat::Ending;
using tests::ReferenceBoard;

namespace {

// Everything that a chat has, with the reference as the board and the reference as the judge.
struct Chat {
  image::ModelImage image = tests::small_model();
  ReferenceBoard board{image};
  chat::Tokenizer tokenizer{image.tokens, image.identity.bos_token};
  chat::Verifier verifier{image};
  chat::Conversation conversation{board, tokenizer, image.identity.eos_token, image.shape.context, &verifier};
  chat::Settings settings{.temperature = 3.0, .top_p = 1.0, .max_tokens = 20, .continue_text = false};
  std::string heard;
  int restarts = 0;

  explicit Chat(std::uint64_t seed = 3) { conversation.set_random_state(seed); }

  auto say(std::string_view prompt) -> Result<chat::Answer> {
    heard.clear();
    return conversation.say(prompt, settings,
                            {.on_prompt_text = [this](std::string_view text) { heard += text; },
                             .on_text = [this](std::string_view text) { heard += text; },
                             .on_restart = [this] { ++restarts; }});
  }

  auto all_verified() -> bool {
    const std::atomic<bool> never = false;
    verifier.wait(never);
    const auto count = verifier.count();
    return !verifier.disagreement() && count.checked == count.handed_in && count.checked > 0;
  }
};

// a seed whose answer does not end by itself within 20 tokens
auto answer_of_plain_chat(std::string_view prompt) -> chat::Answer {
  Chat chat;
  auto answer = chat.say(prompt);
  REQUIRE(answer);
  REQUIRE(answer->ending == Ending::length);
  REQUIRE(answer->tokens.size() == 20);
  return *answer;
}

}  // namespace

TEST_CASE("conversation: an answer is streamed, counted and verified", "[chat]") {
  Chat chat;
  const auto answer = chat.say("abc");
  REQUIRE(answer);
  CHECK(answer->tokens.size() == 20);
  CHECK(answer->text == chat.heard);
  CHECK(answer->text.starts_with(chat.tokenizer.decode(chat.tokenizer.encode_prompt("abc"))));
  CHECK(chat.conversation.history().size() == static_cast<std::size_t>(answer->prompt_tokens) + 20);
  CHECK(chat.conversation.positions() == answer->prompt_tokens + 19);
  CHECK(chat.all_verified());
  CHECK(chat.verifier.count().checked == chat.conversation.positions());
}

TEST_CASE("conversation: the same seed gives the same text, another seed another", "[chat]") {
  Chat first(3), same(3), other(4);
  const auto text = first.say("abc")->text;
  CHECK(same.say("abc")->text == text);
  CHECK(other.say("abc")->text != text);
}

TEST_CASE("conversation: without continue each prompt begins a new text", "[chat]") {
  Chat chat;
  REQUIRE(chat.say("abc"));
  REQUIRE(chat.say("de"));
  CHECK(chat.conversation.history().size() == chat.tokenizer.encode_prompt("de").size() + 20);
  CHECK(chat.all_verified());
}

TEST_CASE("conversation: with continue a prompt goes on where the text stands", "[chat]") {
  Chat chat;
  chat.settings.continue_text = true;
  chat.settings.max_tokens = 5;
  REQUIRE(chat.say("abc"));
  const auto before = chat.conversation.history();
  const auto second = chat.say("de");
  REQUIRE(second);
  const auto& after = chat.conversation.history();
  CHECK(std::equal(before.begin(), before.end(), after.begin()));
  CHECK(second->text == chat.heard);
  CHECK(second->prompt_tokens ==
        static_cast<int>(chat.tokenizer.encode("de").size()) + 1);  // and the last one told
  CHECK(chat.all_verified());
}

TEST_CASE("conversation: lost events delay text and change nothing", "[chat]") {
  const auto plain = answer_of_plain_chat("abc");
  Chat chat;
  chat.board.lose_events_from = GENERATE(0, 7, 12);
  const auto answer = chat.say("abc");
  REQUIRE(answer);
  CHECK(answer->text == plain.text);
  CHECK(chat.heard == plain.text);
  CHECK(chat.all_verified());
}

TEST_CASE("conversation: a board that restarts anywhere gives the same text", "[chat]") {
  const auto plain = answer_of_plain_chat("abc");
  const int at = GENERATE(range(0, 24));
  CAPTURE(at);
  Chat chat;
  chat.board.restart_at = {at, at + 3};
  const auto answer = chat.say("abc");
  REQUIRE(answer);
  CHECK(answer->text == plain.text);
  CHECK(chat.heard == plain.text);
  CHECK(answer->tokens == plain.tokens);
  CHECK(chat.restarts == 2);
  CHECK(chat.all_verified());
}

TEST_CASE("conversation: a board that does nothing but restart is given up", "[chat]") {
  Chat chat;
  chat.board.restart_at = std::vector<int>(100, 2);
  const auto answer = chat.say("abc");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().exit == Exit::link);
  CHECK(chat.restarts == 10);
}

TEST_CASE("conversation: a stopped answer stays as far as it was heard, and the text goes on from there",
          "[chat]") {
  const auto plain = answer_of_plain_chat("abc");
  const int at = GENERATE(range(2, 24));
  CAPTURE(at);
  Chat chat;
  chat.board.cancel_at = at;
  const auto stopped = chat.say("abc");
  REQUIRE(stopped);
  CHECK(stopped->ending == Ending::stopped);
  CHECK(plain.text.starts_with(stopped->text));
  CHECK(chat.heard == stopped->text);

  // what was not told yet comes as it would have come
  chat.board.cancel_at = -1;
  chat.settings.continue_text = true;
  chat.settings.max_tokens = static_cast<int>(20 - stopped->tokens.size());
  const auto rest = chat.say("");
  REQUIRE(rest);
  CHECK(stopped->text + rest->text == plain.text);
  CHECK(chat.all_verified());
}

TEST_CASE("conversation: stopped after a restart, it goes on with what the board has", "[chat]") {
  const auto plain = answer_of_plain_chat("abc");
  Chat chat;
  chat.board.restart_at = {12};
  chat.board.cancel_at = GENERATE(range(12, 20));
  const auto stopped = chat.say("abc");
  REQUIRE(stopped);
  chat.board.cancel_at = -1;
  chat.settings.continue_text = true;
  chat.settings.max_tokens = static_cast<int>(20 - stopped->tokens.size());
  const auto rest = chat.say("");
  REQUIRE(rest);
  CHECK(stopped->text + rest->text == plain.text);
  CHECK(chat.all_verified());
}

TEST_CASE("conversation: a full context ends the answer", "[chat]") {
  Chat chat;
  chat.settings.max_tokens = 0;
  chat.settings.temperature = 0;
  const auto answer = chat.say("abc");
  REQUIRE(answer);
  if (answer->ending == Ending::context_full) {
    CHECK(chat.conversation.positions() == chat.conversation.context());
    CHECK(chat.all_verified());
    chat.settings.continue_text = true;
    const auto more = chat.say("d");
    REQUIRE_FALSE(more);
    CHECK(more.error().exit == Exit::usage);
    CHECK(more.error().what.find("has room for 0") != std::string::npos);
    CHECK(more.error().hint.find("/reset") != std::string::npos);
    chat.conversation.reset();
    CHECK(chat.say("d"));
  } else {
    CHECK(answer->ending == Ending::story_ended);
  }
}

TEST_CASE("conversation: a prompt longer than the context is refused, and the text stays", "[chat]") {
  Chat chat;
  REQUIRE(chat.say("abc"));
  const auto before = chat.conversation.history();
  const auto answer = chat.say(std::string(200, 'a'));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().exit == Exit::usage);
  CHECK(chat.conversation.history() == before);
}

TEST_CASE("conversation: the end of a story is not told, and a text can go on after it", "[chat]") {
  Chat chat;
  chat.board.wrong_choices[10] = chat.image.identity.bos_token;
  const auto answer = chat.say("abc");
  REQUIRE(answer);
  CHECK(answer->ending == Ending::story_ended);
  CHECK(answer->text.find('<') == std::string::npos);
  CHECK(chat.conversation.positions() == static_cast<int>(chat.conversation.history().size()));
  chat.settings.continue_text = true;
  chat.board.wrong_choices.clear();
  CHECK(chat.say(""));
  CHECK(chat.say("more"));
}

TEST_CASE("conversation: a wrong number of the board ends the answer", "[chat]") {
  Chat chat;
  chat.settings.max_tokens = 40;
  chat.board.flips[8] = 1;
  const auto answer = chat.say("abc");
  REQUIRE(answer);
  const std::atomic<bool> never = false;
  chat.verifier.wait(never);
  const auto disagreement = chat.verifier.disagreement();
  REQUIRE(disagreement);
  CHECK(disagreement->position == 8);
  CHECK(disagreement->quantity == "logits CRC");
  // the burst that was wrong, and the one that ran while it was checked, however fast this computer is
  CHECK(chat.board.requests.size() == 2);
  // a new text is a new chance
  REQUIRE(chat.say("abc"));
  CHECK(chat.all_verified());
}

TEST_CASE("conversation: tokens that no vocabulary has are an error, checked or not", "[chat]") {
  Chat chat;
  chat.board.wrong_choices[9] = 4711;
  chat::Conversation unchecked(chat.board, chat.tokenizer, 2, 48, nullptr);
  const auto answer = unchecked.say("abc", chat.settings, {});
  REQUIRE_FALSE(answer);
  CHECK(answer.error().exit == Exit::mismatch);
  CHECK(answer.error().what.find("4711") != std::string::npos);
}

TEST_CASE("conversation: a lost board is an error of the link", "[chat]") {
  Chat chat;
  chat.board.unplugged = true;
  const auto answer = chat.say("abc");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().exit == Exit::link);
}

TEST_CASE("conversation: a restored text goes on as if it had never been away", "[chat]") {
  Chat away, whole;
  away.settings.max_tokens = whole.settings.max_tokens = 6;
  REQUIRE(away.say("abc"));
  REQUIRE(whole.say("abc"));
  Chat back;
  back.settings.max_tokens = 6;
  REQUIRE(back.conversation.restore(away.conversation.history()));
  back.conversation.set_random_state(away.conversation.random_state());
  back.settings.continue_text = whole.settings.continue_text = true;
  CHECK(back.say("de")->text == whole.say("de")->text);
  CHECK(back.all_verified());
}

TEST_CASE("conversation: a text of another model or of too many tokens is not restored", "[chat]") {
  Chat chat;
  CHECK_FALSE(chat.conversation.restore({1, 4711}));
  CHECK_FALSE(chat.conversation.restore({1, -1}));
  CHECK_FALSE(chat.conversation.restore(std::vector<int>(49, 1)));
  CHECK(chat.conversation.restore(std::vector<int>(48, 1)));
}

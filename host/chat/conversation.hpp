// SPDX-License-Identifier: MIT
// A text that a person and a board write in turns.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "chat/printable_stream.hpp"
#include "chat/speaker.hpp"
#include "chat/tokenizer.hpp"
#include "chat/verifier.hpp"

namespace mcullm::chat {

struct Settings {
  double temperature = 0.7;  // 0: greedy
  double top_p = 0.9;
  int max_tokens = 0;          // of one answer; 0: until the story ends or the context is full
  bool continue_text = false;  // a prompt goes on where the text stands, else it begins a new one
};

enum class Ending { story_ended, length, context_full, stopped, disagreement };

struct Answer {
  std::string text;         // printable; begins with the prompt when that began a new text
  std::vector<int> tokens;  // chosen by the board
  int prompt_tokens = 0;    // run for the prompt
  Ending ending = Ending::story_ended;
  double prompt_seconds = 0, answer_seconds = 0;
  std::uint64_t ticks = 0;  // of the board, for the answer
};

struct Listener {
  std::function<void(std::string_view text)> on_prompt_text;  // the prompt as part of the story
  std::function<void(std::string_view text)> on_text;         // as the board tells it
  std::function<void()> on_restart;                           // the board restarted, the text is run again
};

class Conversation {
 public:
  // At most `context` positions. All arguments must outlive the conversation; no verifier: nothing is
  // checked.
  Conversation(Speaker& speaker, const Tokenizer& tokenizer, int eos_token, int context, Verifier* verifier);

  // One turn. Being stopped by the session's cancel flag is an answer, not an error. Exit::usage when the
  // prompt does not fit into the context (the text is as before); other errors end the conversation.
  auto say(std::string_view prompt, const Settings& settings, const Listener& listener) -> Result<Answer>;

  void reset();

  auto history() const -> const std::vector<int>& { return history_; }
  // Puts a text in place of the present one. Exit::input when a token is unknown or the context too short.
  auto restore(std::vector<int> history) -> Result<Ok>;

  auto context() const -> int { return context_; }
  auto positions() const -> int { return positions_; }

  // Of the board's sampler; never 0.
  auto random_state() const -> std::uint64_t { return random_state_; }
  void set_random_state(std::uint64_t state) { random_state_ = state; }

 private:
  auto add_prompt(std::string_view prompt, bool continues) -> Result<Ok>;
  auto catch_up() -> Result<Ok>;
  template <class Request>
  auto insist(const Listener& listener, const Request& request) -> decltype(request());
  auto answer(const Settings& settings, const Listener& listener, Answer& answer) -> Result<Ok>;
  auto run_burst(const Settings& settings, int count, const Listener& listener, PrintableStream& printable,
                 Answer& answer) -> Result<Ok>;
  void take(const link::GenerateRequest& request, const link::GenerateResult& result, bool complete,
            Answer& answer);
  auto fault_of(const std::vector<link::ChosenToken>& tokens, const std::vector<link::ChosenToken>& told,
                int count) const -> std::string;
  auto is_end(int token) const -> bool { return token == tokenizer_.bos_token() || token == eos_token_; }

  Speaker& speaker_;
  const Tokenizer& tokenizer_;
  int eos_token_, context_;
  Verifier* verifier_;
  std::vector<int> history_;  // every token of the text
  int positions_ = 0;         // how many of them are in the board's cache
  std::uint64_t random_state_ = 1;
};

}  // namespace mcullm::chat

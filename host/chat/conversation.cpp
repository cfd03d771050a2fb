// SPDX-License-Identifier: MIT
#include "chat/conversation.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "reference/integer_sampler.hpp"

namespace mcullm::chat {
namespace {

using Clock = std::chrono::steady_clock;

// Tokens of one GENERATE: few enough that a lost event delays little text, many enough to cost no time.
constexpr int burst_tokens = 16;
// Restarts in a row, without one request done between them, until the board is given up.
constexpr int most_restarts = 10;

auto seconds_since(Clock::time_point start) -> double {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The random state after `steps` sampled tokens (proto/ARITHMETIC.md section 10).
auto advanced(std::uint64_t state, std::size_t steps) -> std::uint64_t {
  for (; steps > 0; --steps) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
  }
  return state;
}

auto broken_reply(const std::string& what) -> Error {
  return {Exit::mismatch, "the board's answer makes no sense: " + what,
          "mcullm validate --link finds out which rule its agent breaks"};
}

}  // namespace

Conversation::Conversation(Speaker& speaker, const Tokenizer& tokenizer, int eos_token, int context,
                           Verifier* verifier)
    : speaker_(speaker),
      tokenizer_(tokenizer),
      eos_token_(eos_token),
      context_(context),
      verifier_(verifier) {}

void Conversation::reset() {
  history_.clear();
  positions_ = 0;
  if (verifier_ != nullptr) verifier_->begin();
}

auto Conversation::restore(std::vector<int> history) -> Result<Ok> {
  if (std::cmp_greater(history.size(), context_))
    return Error{Exit::input, fmt::format("the text has {} tokens, the context {}", history.size(), context_),
                 ""};
  for (const int token : history)
    if (token < 0 || token >= tokenizer_.vocab_size())
      return Error{Exit::input, fmt::format("token {} is not in this model's vocabulary", token),
                   "the text was saved with another model"};
  reset();
  history_ = std::move(history);
  return Ok{};
}

auto Conversation::add_prompt(std::string_view prompt, bool continues) -> Result<Ok> {
  const bool begins = !continues || history_.empty();
  const auto tokens = begins ? tokenizer_.encode_prompt(prompt) : tokenizer_.encode(prompt);
  const std::size_t before = begins ? 0 : history_.size();
  if (std::cmp_greater(before + tokens.size(), context_)) {
    const auto left = std::max(context_ - static_cast<int>(before), 0);  // the last token may not have run
    return Error{
        Exit::usage,
        fmt::format("the prompt has {} tokens, and the context has room for {}", tokens.size(), left),
        begins ? "a shorter prompt is needed" : "/reset begins a new text"};
  }
  if (begins) reset();
  history_.insert(history_.end(), tokens.begin(), tokens.end());
  // there is always a token to run: the last one once more, when the story had come to its end
  positions_ = std::min(positions_, static_cast<int>(history_.size()) - 1);
  return Ok{};
}

// Fills the board's cache with all of the text but its last token.
auto Conversation::catch_up() -> Result<Ok> {
  const std::vector<int> missing(history_.begin() + positions_, history_.end() - 1);
  if (missing.empty()) return Ok{};
  auto result = speaker_.prefill(positions_, missing);
  if (!result) return result.error();
  if (result->state_crcs.size() != missing.size())
    return broken_reply(fmt::format("{} of {} tokens were run", result->state_crcs.size(), missing.size()));
  if (verifier_ != nullptr) verifier_->prefilled(positions_, missing, std::move(result->state_crcs));
  positions_ += static_cast<int>(missing.size());
  return Ok{};
}

// Repeats a request for as long as the board's restarts are what prevents it. The request brings the cache up
// to date itself.
template <class Request>
auto Conversation::insist(const Listener& listener, const Request& request) -> decltype(request()) {
  for (int restarts = 0;; ++restarts) {
    auto result = request();
    if (result || result.error().exit == Exit::cancelled || restarts == most_restarts) return result;
    const auto recovered = speaker_.recover();
    if (!recovered) return recovered.error();
    if (!*recovered) return result;
    positions_ = 0;
    if (listener.on_restart) listener.on_restart();
  }
}

auto Conversation::say(std::string_view prompt, const Settings& settings, const Listener& listener)
    -> Result<Answer> {
  const bool begins = !settings.continue_text || history_.empty();
  if (auto added = add_prompt(prompt, settings.continue_text); !added) return added.error();
  Answer answer;
  answer.prompt_tokens = static_cast<int>(history_.size()) - positions_;
  if (begins) {
    answer.text = PrintableStream().feed(tokenizer_.decode(history_));
    if (listener.on_prompt_text) listener.on_prompt_text(answer.text);
  }
  const auto started = Clock::now();
  auto done = insist(listener, [&] { return catch_up(); });
  answer.prompt_seconds = seconds_since(started);
  if (done) done = this->answer(settings, listener, answer);
  answer.answer_seconds = seconds_since(started) - answer.prompt_seconds;
  if (!done && done.error().exit != Exit::cancelled) return done.error();
  if (!done) answer.ending = Ending::stopped;
  return answer;
}

auto Conversation::answer(const Settings& settings, const Listener& listener, Answer& answer) -> Result<Ok> {
  PrintableStream printable;
  for (;;) {
    const int room = context_ - static_cast<int>(history_.size()) + 1;
    const int told = static_cast<int>(answer.tokens.size());
    const int wanted = settings.max_tokens == 0 ? room : settings.max_tokens - told;
    answer.ending = room <= 0 ? Ending::context_full : Ending::length;
    if (room <= 0 || wanted <= 0) return Ok{};
    const int count = std::min({burst_tokens, room, wanted});
    // the reference may be one burst behind the board, never two: what is asked of a board that is wrong does
    // not depend on how fast this computer is
    const int before = verifier_ == nullptr ? 0 : verifier_->count().handed_in;
    if (auto done = run_burst(settings, count, listener, printable, answer); !done) return done;
    answer.ending = Ending::story_ended;
    if (is_end(answer.tokens.back())) return Ok{};
    answer.ending = Ending::disagreement;
    if (verifier_ != nullptr && !verifier_->right_up_to(before)) return Ok{};
  }
}

auto Conversation::run_burst(const Settings& settings, int count, const Listener& listener,
                             PrintableStream& printable, Answer& answer) -> Result<Ok> {
  const bool greedy = settings.temperature == 0;
  const link::GenerateRequest request{
      .token = history_.back(),
      .pos = static_cast<int>(history_.size()) - 1,
      .count = count,
      .stop_at_end = true,
      .inv_temperature = greedy ? 0 : reference::inv_temperature(settings.temperature),
      .top_p = reference::top_p_fixed(settings.top_p),
      .random_state = random_state_};
  std::vector<link::ChosenToken> told;
  const auto tell = [&](const link::ChosenToken& chosen) {
    const int previous = told.empty() ? request.token : told.back().token;
    told.push_back(chosen);
    if (is_end(chosen.token)) return;
    const std::string text = printable.feed(tokenizer_.piece(previous, chosen.token));
    answer.text += text;
    if (listener.on_text) listener.on_text(text);
  };
  // an event may be missing, and all come again when the board restarted: each is told once, in order
  int ran = 0;
  const auto on_event = [&](int index, const link::ChosenToken& chosen) {
    if (index >= count || chosen.token >= tokenizer_.vocab_size()) return;
    ran = std::max(ran, index + 1);
    if (std::cmp_equal(index, told.size())) tell(chosen);
  };
  const auto result = insist(listener, [&]() -> Result<link::GenerateResult> {
    ran = 0;
    if (auto ready = catch_up(); !ready) return ready.error();
    return speaker_.generate(request, on_event);
  });
  if (!result) {
    if (result.error().exit != Exit::cancelled) return result.error();
    take(request, {.tokens = told}, false, answer);
    positions_ += std::min(ran, static_cast<int>(told.size()));
    return result.error();
  }
  if (auto fault = fault_of(result->tokens, told, count); !fault.empty()) return broken_reply(fault);
  for (std::size_t i = told.size(); i < result->tokens.size(); ++i) tell(result->tokens[i]);
  take(request, *result, true, answer);
  positions_ += static_cast<int>(result->tokens.size());
  return Ok{};
}

// Why a board's list of tokens cannot be what it was asked for; empty when it can.
auto Conversation::fault_of(const std::vector<link::ChosenToken>& tokens,
                            const std::vector<link::ChosenToken>& told, int count) const -> std::string {
  if (tokens.empty() || std::cmp_greater(tokens.size(), count))
    return fmt::format("{} tokens where up to {} were wanted", tokens.size(), count);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const int token = tokens[i].token;
    if (token >= tokenizer_.vocab_size())
      return fmt::format("token {} of a vocabulary of {}", token, tokenizer_.vocab_size());
    if (i < told.size() && told[i].token != token)
      return fmt::format("it told token {} and then counted it as {}", told[i].token, token);
    if (is_end(token) && i + 1 < tokens.size()) return "it went on after the end of the story";
  }
  return "";
}

// Makes tokens part of the text. Those of a request that was stopped are the ones that were told.
void Conversation::take(const link::GenerateRequest& request, const link::GenerateResult& result,
                        bool complete, Answer& answer) {
  if (verifier_ != nullptr) verifier_->generated(request, result, complete);
  for (const auto& chosen : result.tokens) {
    answer.tokens.push_back(chosen.token);
    if (!is_end(chosen.token)) history_.push_back(chosen.token);
  }
  answer.ticks += result.ticks;
  if (complete)
    random_state_ = result.random_state;
  else if (request.inv_temperature != 0)
    random_state_ = advanced(random_state_, result.tokens.size());
}

}  // namespace mcullm::chat

// SPDX-License-Identifier: MIT
#include "cli/chat/chat_loop.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/sha256.hpp"
#include "chat/offload_speaker.hpp"
#include "chat/saved_text.hpp"
#include "cli/program/unknown_characters.hpp"
#include "link/tick_name.hpp"
#include "sim/open_port.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

using Kind = chat::ChatCommand::Kind;
using ui::Colour;

auto ending_name(chat::Ending ending) -> const char* {
  switch (ending) {
    case chat::Ending::story_ended:
      return "story ended";
    case chat::Ending::length:
      return "length";
    case chat::Ending::context_full:
      return "context full";
    case chat::Ending::stopped:
      return "stopped";
    case chat::Ending::disagreement:
      return "disagreement";
  }
  return "";
}

// As a shell reads it back.
auto quoted(const std::string& word) -> std::string {
  return word.find(' ') == std::string::npos ? word : "'" + word + "'";
}

auto rate(const chat::Answer& answer) -> double {
  return static_cast<double>(answer.tokens.size()) / std::max(answer.answer_seconds, 1e-9);
}

auto make_speaker(const ChatSetup& setup, offload::BoardProduct* product) -> std::unique_ptr<chat::Speaker> {
  if (product == nullptr) return std::make_unique<chat::BoardSpeaker>(*setup.board.board);
  return std::make_unique<chat::OffloadSpeaker>(*product, setup.image);
}

}  // namespace

ChatLoop::ChatLoop(const ChatSetup& setup, CommandContext& context)
    : setup_(setup),
      context_(context),
      console_(context.console),
      interactive_(ui::input_is_interactive()),
      tokenizer_(setup.image.tokens, setup.image.identity.bos_token),
      verifier_(setup.verify ? std::make_unique<chat::Verifier>(setup.image) : nullptr),
      link_before_(setup.board.board->statistics()),
      product_(setup.offload
                   ? std::make_unique<offload::BoardProduct>(*setup.board.board, setup.image, setup.verify)
                   : nullptr),
      speaker_(make_speaker(setup, product_.get())),
      conversation_(*speaker_, tokenizer_, setup.image.identity.eos_token, setup.image.shape.context,
                    verifier_.get()),
      settings_(setup.settings) {
  conversation_.set_random_state(setup.seed);
}

// -- turns -----------------------------------------------------------------------------------------------

auto ChatLoop::run(ui::LineSource& lines) -> Result<Ok> {
  while (!leaving_) {
    const auto prompt = next_prompt(lines);
    if (!prompt) return prompt.error();
    if (!*prompt) break;
    const auto done = turn(**prompt);
    if (done) continue;
    // what is wrong with a line is no reason to leave a person; a lost board is
    const bool passing = done.error().exit == Exit::usage || done.error().exit == Exit::input;
    if (!interactive_ || !passing) return done;
    console_.fail(done.error());
  }
  return final_result();
}

// Nothing at the end of the input.
auto ChatLoop::next_prompt(ui::LineSource& lines) -> Result<std::optional<std::string>> {
  for (;;) {
    const auto line = lines.read(prompt_lines_.open() ? "... " : ">>> ");
    if (line.kind == ui::Line::Kind::interrupted) {
      context_.interrupted = false;
      if (!interactive_) return cancelled();
      prompt_lines_.clear();
      console_.note(line.text.empty() ? "\n(Ctrl-D or /bye leaves)" : "");
      continue;
    }
    if (line.kind == ui::Line::Kind::end) {
      if (interactive_) console_.note("");
      return std::optional<std::string>{};
    }
    sim::note_in_recording("typed", line.text);
    if (auto prompt = prompt_lines_.add(line.text)) return prompt;
  }
}

auto ChatLoop::turn(const std::string& line) -> Result<Ok> {
  if (line.find_first_not_of(" \t") == std::string::npos) return Ok{};
  const auto command = chat::parse_command(line);
  if (!command) return command.error();
  if (*command) return obey(**command);
  const auto told = tell(line, true);
  if (!told) return told;
  if (!interactive_ && last_.ending == chat::Ending::stopped) return cancelled();
  explain_ending();
  show_status();
  return Ok{};
}

auto ChatLoop::answer_once(const std::string& prompt, bool json) -> Result<Ok> {
  if (auto told = tell(prompt, !json); !told) return told;
  if (json) {
    report_json(prompt);
  } else {
    explain_ending();
    show_status();
  }
  if (last_.ending == chat::Ending::stopped) return cancelled();
  return final_result();
}

auto ChatLoop::tell(const std::string& prompt, bool streamed) -> Result<Ok> {
  chat::Listener listener;
  const auto paint = console_.out_palette();
  if (streamed) {
    listener.on_prompt_text = [&](std::string_view text) { console_.print(paint(Colour::dim, text)); };
    listener.on_text = [&](std::string_view text) { console_.print(text); };
  }
  listener.on_restart = [&] {
    ++restarts_;
    console_.warn("the board restarted; its text so far is run again");
  };
  warn_of_unknown_characters(tokenizer_, prompt, console_);
  auto answer = conversation_.say(prompt, settings_, listener);
  if (!answer) {
    if (streamed && answer.error().exit != Exit::usage) console_.print("\n");
    return answer.error();
  }
  if (streamed) console_.print("\n");
  context_.interrupted = false;
  last_ = std::move(*answer);
  ++answers_;
  if (verifier_ == nullptr) return Ok{};
  verifier_->wait(context_.interrupted);
  context_.interrupted = false;
  if (const auto disagreement = verifier_->disagreement()) {
    ++disagreements_;
    console_.fail(disagreement_error(*disagreement));
  }
  return Ok{};
}

auto ChatLoop::final_result() const -> Result<Ok> {
  if (disagreements_ == 0) return Ok{};
  return Error{Exit::mismatch,
               fmt::format("{} of {} answers differed from the reference", disagreements_, answers_), ""};
}

auto ChatLoop::disagreement_error(const chat::Disagreement& found) const -> Error {
  const auto hex = [&](std::uint64_t value) {
    return found.quantity == "chosen token" ? std::to_string(value) : fmt::format("0x{:08x}", value);
  };
  return {
      Exit::mismatch,
      fmt::format("THE BOARD IS WRONG at position {} (token {} \"{}\"): {} is {}, and the reference has {}",
                  found.position, found.token, tokenizer_.piece(0, found.token), found.quantity,
                  hex(found.got), hex(found.expected)),
      fmt::format("mcullm validate --port {} {} --tokens {} searches the first op that differs",
                  quoted(setup_.board.port), quoted(setup_.model_path), found.position + 1)};
}

// -- commands --------------------------------------------------------------------------------------------

auto ChatLoop::obey(const chat::ChatCommand& command) -> Result<Ok> {
  switch (command.kind) {
    case Kind::help:
      console_.note(chat::help_text());
      return Ok{};
    case Kind::reset:
      conversation_.reset();
      console_.note("the text is forgotten");
      return Ok{};
    case Kind::set:
      return set(command);
    case Kind::show_settings:
      show_settings();
      return Ok{};
    case Kind::stats:
      show_stats();
      return Ok{};
    case Kind::save:
      return save(command.argument);
    case Kind::load:
      return load(command.argument);
    case Kind::bye:
      leaving_ = true;
      return Ok{};
  }
  return Ok{};
}

auto ChatLoop::set(const chat::ChatCommand& command) -> Result<Ok> {
  auto state = conversation_.random_state();
  auto done = chat::apply_setting(command, settings_, state);
  if (done && command.argument == "seed") conversation_.set_random_state(state);
  return done;
}

auto ChatLoop::save(const std::string& file) -> Result<Ok> {
  const auto& tokens = conversation_.history();
  auto done = chat::save_text(
      file, {model_key(), tokenizer_.decode(tokens), tokens, settings_, conversation_.random_state()});
  if (done) console_.note(fmt::format("{} tokens saved in {}", tokens.size(), file));
  return done;
}

auto ChatLoop::load(const std::string& file) -> Result<Ok> {
  auto saved = chat::load_text(file, model_key());
  if (!saved) return saved.error();
  if (auto done = conversation_.restore(saved->tokens); !done) return done;
  settings_ = saved->settings;
  conversation_.set_random_state(saved->random_state);
  console_.note(fmt::format("{} tokens loaded; the next prompt goes on from here (continue is on)",
                            saved->tokens.size()));
  console_.note(tokenizer_.decode(saved->tokens));
  return Ok{};
}

auto ChatLoop::model_key() const -> std::string {
  return fmt::format("{} {:08x}", to_hex(setup_.image.identity.source), setup_.header_crc);
}

// -- what a person sees ----------------------------------------------------------------------------------

void ChatLoop::explain_ending() {
  if (last_.ending != chat::Ending::context_full) return;
  console_.note(
      fmt::format("the context is full ({} positions), the story stops here; {}", conversation_.context(),
                  settings_.continue_text ? "/reset begins a new one" : "the next prompt begins a new one"));
}

auto ChatLoop::verified_text() const -> std::string {
  if (verifier_ == nullptr) return "not verified";
  const auto count = verifier_->count();
  return fmt::format("verified {}/{}", count.checked, count.handed_in);
}

auto ChatLoop::offload_report() const -> OffloadReport {
  const auto& board = *setup_.board.board;
  return report_offload(board.hello(), product_->count(), link_before_, board.statistics(),
                        setup_.board.simulated(), context_.boards_file);
}

// A simulator runs at its own pace: the speed of a simulated chip is that of its clock.
auto ChatLoop::speed_text() const -> std::string {
  const auto& hello = setup_.board.board->hello();
  if (!setup_.board.simulated() || hello.tick_unit == MCL_TICKS_NANOSECONDS)
    return fmt::format("{:.1f} tok/s", rate(last_));
  const auto seconds = link::tick_seconds(hello, last_.ticks);
  if (!seconds || *seconds <= 0) return fmt::format("{:.1f} tok/s in this simulator", rate(last_));
  return fmt::format("{:.2f} tok/s (simulated)", static_cast<double>(last_.tokens.size()) / *seconds);
}

void ChatLoop::show_status() {
  const auto status =
      fmt::format("{} | ctx {}/{} | link {} retries | {}", speed_text(), conversation_.positions(),
                  conversation_.context(), setup_.board.board->statistics().retries, verified_text());
  console_.note(console_.err_palette()(Colour::dim, status));
  if (product_) console_.note(console_.err_palette()(Colour::dim, offload_text(offload_report())));
}

void ChatLoop::show_settings() {
  ui::Table table({{""}, {""}});
  table.add_row({"temperature", fmt::format("{}", settings_.temperature)});
  table.add_row({"top_p", fmt::format("{}", settings_.top_p)});
  table.add_row({"seed", fmt::format("{} (of the next token)", conversation_.random_state())});
  table.add_row(
      {"n", settings_.max_tokens == 0 ? "0 (until the end)" : std::to_string(settings_.max_tokens)});
  table.add_row({"continue", settings_.continue_text ? "on" : "off"});
  console_.note_table(table);
}

void ChatLoop::show_stats() {
  const auto& board = *setup_.board.board;
  const auto& hello = board.hello();
  const auto& link = board.statistics();
  ui::Table table({{""}, {""}});
  table.add_row({"board", fmt::format("{} at {}", hello.board, setup_.board.port)});
  table.add_row({"model", fmt::format("{} ({})", setup_.image.identity.name, setup_.model_path)});
  if (answers_ > 0) {
    table.add_row({"prompt", fmt::format("{} tokens in {}", last_.prompt_tokens,
                                         ui::duration_text(last_.prompt_seconds))});
    table.add_row({"answer", fmt::format("{} tokens in {}, {:.1f} tok/s", last_.tokens.size(),
                                         ui::duration_text(last_.answer_seconds), rate(last_))});
    if (hello.tick_unit != MCL_TICKS_NONE && !last_.tokens.empty())
      table.add_row(
          {"board time", fmt::format("{} {} per token", ui::count_text(last_.ticks / last_.tokens.size()),
                                     link::tick_name(hello.tick_unit))});
  }
  table.add_row(
      {"context", fmt::format("{} of {} positions", conversation_.positions(), conversation_.context())});
  table.add_row({"checked", verified_text() + (verifier_ == nullptr ? "" : " positions of this text")});
  table.add_row({"link", fmt::format("{} requests, {} retries, {} frames dropped, {} restarts of the board",
                                     ui::count_text(link.requests), ui::count_text(link.retries),
                                     ui::count_text(link.frames_dropped), restarts_)});
  table.add_row(
      {"bytes", fmt::format("{} sent, {} received", ui::bytes_text(static_cast<double>(link.bytes_sent)),
                            ui::bytes_text(static_cast<double>(link.bytes_received)))});
  console_.note_table(table);
}

void ChatLoop::report_json(const std::string& prompt) {
  const auto& hello = setup_.board.board->hello();
  const auto& link = setup_.board.board->statistics();
  nlohmann::ordered_json object = {
      {"prompt", prompt},
      {"text", last_.text},
      {"ending", ending_name(last_.ending)},
      {"port", setup_.board.port},
      {"board", hello.board},
      {"model", setup_.image.identity.name},
      {"settings",
       {{"temperature", settings_.temperature},
        {"top_p", settings_.top_p},
        {"seed", setup_.seed},
        {"n", settings_.max_tokens}}},
      {"tokens",
       {{"prompt", last_.prompt_tokens},
        {"answer", last_.tokens.size()},
        {"context_used", conversation_.positions()},
        {"context", conversation_.context()}}},
      {"seconds", {{"prompt", last_.prompt_seconds}, {"answer", last_.answer_seconds}}},
      {"tokens_per_second", rate(last_)},
      {"ticks", last_.ticks},
      {"tick_unit", link::tick_name(hello.tick_unit)},
      {"link", {{"requests", link.requests}, {"retries", link.retries}, {"restarts", restarts_}}}};
  if (product_) object["offload"] = offload_json(offload_report());
  object["verified"] = nullptr;
  if (verifier_ != nullptr) {
    const auto count = verifier_->count();
    object["verified"] = {{"checked", count.checked},
                          {"of", count.handed_in},
                          {"equal", !verifier_->disagreement().has_value()}};
  }
  console_.print_json("chat", object);
}

}  // namespace mcullm::cli

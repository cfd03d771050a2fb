// SPDX-License-Identifier: MIT
// mcullm replay: what a recording holds, a command against it, or its requests against a board.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/program/shell_quoted.hpp"
#include "cli/replay/recorded_command.hpp"
#include "link/session.hpp"
#include "sim/open_port.hpp"
#include "trace/describe.hpp"
#include "trace/resend.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

using nlohmann::ordered_json;

struct ReplayOptions {
  std::string file, against, model;
  std::vector<std::string> command;
  bool show = false, json = false;
};

// -- what is in it ---------------------------------------------------------------------------------------

void show_line(const trace::Line& line, std::size_t number, ui::Console& console) {
  console.print_line(fmt::format("line {}: {}{}", number, line.name, line.closed ? "" : " (cut off)"));
  for (const auto& piece : trace::pieces_of(line)) console.print_line(trace::describe_piece(piece));
}

auto line_json(const trace::Line& line) -> ordered_json {
  ordered_json pieces = ordered_json::array();
  for (const auto& piece : trace::pieces_of(line)) {
    ordered_json entry = {{"seconds", piece.seconds},
                          {"from", piece.kind == trace::Event::Kind::sent ? "host" : "board"}};
    if (piece.frame) {
      entry["seq"] = piece.frame->seq;
      entry["frame"] = trace::describe_frame(*piece.frame);
      entry["payload_bytes"] = piece.frame->payload.size();
    } else {
      entry["text"] = trace::describe_piece(piece);
    }
    pieces.push_back(std::move(entry));
  }
  return {{"name", line.name}, {"complete", line.closed}, {"pieces", std::move(pieces)}};
}

auto show(const ReplayOptions& options, const trace::Recording& recording, ui::Console& console)
    -> Result<Ok> {
  if (options.json) {
    ordered_json lines = ordered_json::array();
    for (const auto& line : recording.lines) lines.push_back(line_json(line));
    console.print_json("replay", {{"version", recording.version},
                                  {"command", recording.command},
                                  {"replay_with", replay_command(recording, options.file)},
                                  {"lines", std::move(lines)}});
    return Ok{};
  }
  std::string command;
  for (const auto& word : recording.command) command += ' ' + shell_quoted(word);
  console.print_line(fmt::format("recorded by mcullm {}:{}", shell_quoted(recording.version), command));
  for (std::size_t i = 0; i < recording.lines.size(); ++i) show_line(recording.lines[i], i + 1, console);
  console.note("replay it with: " + replay_command(recording, options.file));
  return Ok{};
}

// -- a command against it --------------------------------------------------------------------------------

// "mcullm -q": what stands before the word "replay" on this program's command line.
auto words_before_replay() -> std::vector<std::string> {
  std::ifstream command_line("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> words;
  for (std::string word; std::getline(command_line, word, '\0') && word != "replay";) words.push_back(word);
  return words;
}

// The command runs as if it had been typed, in this process's place.
auto run_command(const ReplayOptions& options) -> Result<Ok> {
  auto words = words_before_replay();
  const auto command = without_options(options.command, line_options);
  words.insert(words.end(), command.begin(), command.end());
  words.insert(words.end(), {"--port", "replay:" + options.file});
  std::vector<char*> raw;
  for (auto& word : words) raw.push_back(word.data());
  raw.push_back(nullptr);
  ::execv("/proc/self/exe", raw.data());
  return Error{Exit::internal, fmt::format("cannot start the command: {}", std::strerror(errno)), ""};
}

// -- its requests against a board ------------------------------------------------------------------------

auto compare_with_board(const ReplayOptions& options, const trace::Recording& recording,
                        CommandContext& context) -> Result<Ok> {
  auto& console = context.console;
  if (std::ranges::none_of(recording.lines, &trace::Line::answered))
    return Error{Exit::input, options.file + ": no board answered in this recording",
                 "there is nothing to compare"};
  trace::Resent sum;
  for (const auto& line : recording.lines) {
    if (!line.answered()) continue;
    auto transport = sim::open_port(options.against, {.model = options.model});
    if (!transport) return transport.error();
    link::Session session(std::move(*transport), {.cancel = &context.interrupted});
    const auto resent = trace::resend(line, session, console.progress());
    if (!resent) return resent.error();
    sum.requests += resent->requests;
    sum.compared += resent->compared;
    sum.difference = resent->difference;
    if (sum.difference) break;
  }
  const auto& found = sum.difference;
  if (options.json) {
    ordered_json json = {{"against", options.against},
                         {"requests", sum.requests},
                         {"compared", sum.compared},
                         {"equal", !found}};
    if (found)
      json["difference"] = {{"seconds", found->seconds},
                            {"request", found->request},
                            {"recorded", found->recorded},
                            {"got", found->got},
                            {"first_byte", found->first_byte}};
    console.print_json("replay", json);
  } else {
    console.print_line(fmt::format("{} requests sent to {}, {} answers compared, {}",
                                   ui::count_text(sum.requests), options.against,
                                   ui::count_text(sum.compared), found ? "1 DIFFERS" : "0 differ"));
  }
  if (!found) return Ok{};
  return Error{Exit::mismatch,
               fmt::format("{:.6f} s, {}: recorded {}, got {} (from byte {} of the payload on)",
                           found->seconds, found->request, found->recorded, found->got, found->first_byte),
               "times are not compared; mcullm replay FILE shows what went before"};
}

auto run_replay(const ReplayOptions& options, CommandContext& context) -> Result<Ok> {
  const auto recording = trace::read_recording(options.file);
  if (!recording) return recording.error();
  if (!options.command.empty() && options.command.front().starts_with('-'))
    return Error{Exit::usage,
                 fmt::format("'{}': a command of mcullm follows the file", options.command.front()),
                 "mcullm replay FILE chat ...; options of mcullm itself stand before replay"};
  if (!options.command.empty()) return run_command(options);
  if (!options.against.empty()) return compare_with_board(options, *recording, context);
  return show(options, *recording, context.console);
}

constexpr auto footer =
    R"(A recording is made by --trace FILE before or after any command. The command that is replayed has to send the
requests that the recorded one sent; the first one that differs ends it, with exit code 3. Nothing of the
recording is ever run: without COMMAND it is shown, with the command line that replays it.

Examples:
  mcullm chat --port /dev/ttyUSB0 --trace bug.trace      record
  mcullm replay bug.trace                                every frame in words, and what was typed
  mcullm replay bug.trace chat model.mcm --seed 42       the same chat without the board
  mcullm validate model.mcm --port replay:bug.trace      the same in other words
  mcullm replay bug.trace --against sim:uno              does another board give the recorded answers?)";

}  // namespace

void add_replay_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ReplayOptions>();
  auto* command = app.add_subcommand("replay", "Show a recording of --trace, or run a command against it");
  command->group(group::boards);
  command->footer(footer);
  command->add_option("file", options->file, "A recording")->type_name("FILE")->required();
  command->add_flag("--show", options->show, "Show it, which is what happens without COMMAND");
  command->add_option("--against", options->against, "Send the recorded requests to this board, compare")
      ->type_name("PORT");
  command->add_option("--model", options->model, "--against: for a simulated board with its model in ROM")
      ->type_name("MODEL.mcm");
  command->add_flag("--json", options->json, "Print JSON on stdout");
  command->prefix_command()->fallthrough(false);  // all that follows belongs to the command that is replayed
  command->callback([&context, command, options] {
    options->command = command->remaining();
    context.chosen = [&context, options] { return run_replay(*options, context); };
  });
}

}  // namespace mcullm::cli

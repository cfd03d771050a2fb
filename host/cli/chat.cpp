// SPDX-License-Identifier: MIT
// mcullm chat: a conversation with the model on a board.
#include <fmt/core.h>

#include <vector>

#include "base/file.hpp"
#include "boards/board_register.hpp"
#include "chat/float_sampler.hpp"
#include "cli/board/line_options.hpp"
#include "cli/board/offload_report.hpp"
#include "cli/board/provide_model.hpp"
#include "cli/chat/chat_loop.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "cli/program/bundled_image.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

struct ChatOptions {
  LineOptions line;
  std::string model;
  std::optional<std::string> prompt;
  chat::Settings settings;
  std::uint64_t seed = 0;
  bool no_verify = false, json = false;
  std::string offload;
};

auto bundled_model() -> Result<std::string> {
  if (const auto images = bundled_images(); !images.empty()) return images.front().string();
  return Error{Exit::input, "no model was named, and there is no bundled one",
               "make one: mcullm convert, mcullm quantize; then mcullm chat MODEL.mcm"};
}

auto read_model_image(const std::string& path) -> Result<std::vector<std::byte>> {
  auto bytes = read_file(path);
  if (!bytes) return bytes;
  const auto kind = image::image_kind(*bytes, path);
  if (!kind) return kind.error();
  if (*kind == image::Kind::float_image)
    return Error{Exit::input, path + ": a float image, and boards run model images",
                 fmt::format("mcullm quantize {} -o OUT.mcm, then mcullm chat OUT.mcm", path)};
  return bytes;
}

auto place_text(boards::Place place) -> const char* {
  switch (place) {
    case boards::Place::flash:
      return "in its flash";
    case boards::Place::sram:
      return "in its RAM";
    case boards::Place::psram:
      return "in its PSRAM";
    case boards::Place::card:
      return "on its SD card";
    case boards::Place::host:
      return "in a file of this computer";
  }
  return "";
}

// What happens here, in three lines: which chip, where the weights are, what is checked.
void greet(const ChatSetup& setup, CommandContext& context, std::size_t image_bytes) {
  auto& console = context.console;
  const auto& hello = setup.board.board->hello();
  const auto known = boards::load_register(context.boards_file);
  const auto* board = known ? known->find_by_agent_name(hello.board) : nullptr;
  const std::string chip = board == nullptr ? hello.board
                           : board->places.weights == boards::Place::host
                               ? "this computer runs the agent as a chip would, in a process of its own"
                               : fmt::format("{} ({}, {})", board->title, board->chip, board->core);
  console.note(fmt::format("{}: {}{}", setup.board.port, chip, setup.board.simulated() ? ", simulated" : ""));
  console.note(fmt::format("{}: {} of weights {}", setup.image.identity.name,
                           ui::bytes_text(static_cast<double>(image_bytes)),
                           setup.offload      ? place_text(boards::Place::host)
                           : board == nullptr ? "in its storage"
                                              : place_text(board->places.weights)));
  if (setup.offload)
    console.note("the board makes the matrix products, this computer the rest (--offload matmul)");
  console.note(setup.offload && setup.verify ? "every product is checked here as it comes, bit for bit"
               : setup.verify
                   ? "each token is computed there and checked against the reference here, bit for bit"
                   : "the board's numbers are not checked (--no-verify)");
  console.note("Write the beginning of a story. /help explains, Ctrl-D leaves.");
}

auto run_chat(const ChatOptions& options, CommandContext& context) -> Result<Ok> {
  if (options.json && !options.prompt)
    return Error{Exit::usage, "--json needs -p PROMPT", "the answer to one prompt is one object"};
  const auto path = options.model.empty() ? bundled_model() : Result<std::string>(options.model);
  if (!path) return path.error();
  const auto bytes = read_model_image(*path);
  if (!bytes) return bytes.error();
  auto image = image::parse_model_image(*bytes, *path);
  if (!image) return image.error();
  auto board = choose_board(options.line.port, options.line.port_options(*path), context);
  if (!board) return board.error();

  ChatSetup setup{.board = std::move(*board),
                  .model_path = *path,
                  .image = std::move(*image),
                  .header_crc = header_crc_of(*bytes),
                  .settings = options.settings,
                  .seed = options.seed == 0 ? chat::fresh_seed() : options.seed,
                  .verify = !options.no_verify,
                  .offload = !options.offload.empty()};
  sim::note_in_recording("seed", std::to_string(setup.seed));
  if (!setup.offload) {
    if (auto done = provide_model(setup.board, setup.model_path, *bytes, context.console); !done) return done;
  }
  ChatLoop loop(setup, context);
  if (options.prompt) return loop.answer_once(*options.prompt, options.json);
  if (ui::input_is_interactive()) greet(setup, context, bytes->size());
  const auto lines = ui::open_standard_input(ui::history_file("chat_history"));
  return loop.run(*lines);
}

constexpr auto footer = R"(Examples:
  mcullm chat                                a bundled model on a simulated board
  mcullm chat tales27k --port sim:uno        another bundled model on another board
  mcullm chat stories.mcm --port /dev/ttyUSB0
  mcullm chat stories.mcm --port sim:native --fault flip=1e-4
  mcullm chat -p "Once upon a time" --seed 42 > story.txt
  mcullm chat --port /dev/ttyACM0 --offload matmul   a board without storage multiplies, the rest runs here
  printf 'The dog\nThe cat\n' | mcullm chat   a story for each line

Each prompt begins a new story; /set continue on goes on with the text. A simulated board gets the
model by itself, a real one by mcullm flash. Every number of the board is compared with the reference
while it speaks; a difference ends the answer, and the exit code is 6.)";

void add_sampler_options(CLI::App& command, ChatOptions& options) {
  command
      .add_option("-n,--tokens", options.settings.max_tokens,
                  "Tokens of an answer at most; 0: until the story ends")
      ->type_name("N")
      ->check(whole_number(0, 1 << 20))
      ->capture_default_str();
  command.add_option("-t,--temperature", options.settings.temperature, "0: always the likeliest token")
      ->type_name("T")
      ->check(real_number(0.0, 100.0))
      ->capture_default_str();
  command.add_option("--top-p", options.settings.top_p, "Choose among the likeliest tokens of this mass")
      ->type_name("P")
      ->check(real_number(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Same seed, same stories; 0: a new one each time")
      ->type_name("S")
      ->check(whole_number());
}

}  // namespace

void add_chat_command(CLI::App& app, CommandContext& context) {
  const auto options = std::make_shared<ChatOptions>();
  auto* command = app.add_subcommand("chat", "Talk to the model on a board, every number checked");
  command->group(group::talk);
  command->footer(footer);
  command
      ->add_option("model", options->model,
                   "Model image, or the name of a bundled one; default: the first of those")
      ->type_name(model_type);
  add_line_options(*command, options->line);
  command->add_option("-p,--prompt", options->prompt, "Answer this one prompt and leave")->type_name("TEXT");
  add_sampler_options(*command, *options);
  add_offload_option(*command, options->offload);
  command->add_flag("--no-verify", options->no_verify, "Do not run the reference beside the board");
  command->add_flag("--json", options->json, "With -p: the answer and its numbers as JSON");
  run_on_choice(*command, context, options, run_chat);
}

}  // namespace mcullm::cli

// SPDX-License-Identifier: MIT
// mcullm train: a model of one's own from a plain text.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.hpp"
#include "boards/board_register.hpp"
#include "chat/printable_stream.hpp"
#include "checkpoint/llama2c.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "train/tokenizer_trainer.hpp"
#include "train/trainer.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

struct TrainCommand {
  std::string corpus, out, tokenizer_in, tokenizer_out;
  std::string shape, board, from;
  std::string qat = "none";
  bool json = false;
  train::TrainOptions options;
};

constexpr auto shape_hint =
    "seven numbers: dim,hidden,layers,heads,kv_heads,vocab,context, as in 64,172,5,2,1,512,320";

auto parse_shape(const std::string& text) -> Result<checkpoint::ModelShape> {
  std::vector<int> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (bool more = true; more;) {
    int number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc{}) break;
    numbers.push_back(number);
    more = next != end && *next == ',';
    at = next + (more ? 1 : 0);
  }
  if (at != end || numbers.size() != 7)
    return Error{Exit::usage, fmt::format("--shape {}: not a shape", text), shape_hint};
  return checkpoint::ModelShape{numbers[0], numbers[1], numbers[2], numbers[3],
                                numbers[4], numbers[5], numbers[6]};
}

// The checkpoint to go on from, if one was named.
auto starting_model(const TrainCommand& command) -> Result<std::optional<checkpoint::FloatModel>> {
  if (command.from.empty()) return std::optional<checkpoint::FloatModel>{};
  const auto bytes = read_file(command.from);
  if (!bytes) return bytes.error();
  auto checkpoint = checkpoint::parse_checkpoint(*bytes, command.from);
  if (!checkpoint) return checkpoint.error();
  if (!checkpoint->model.shared_classifier)
    return Error{Exit::input, fmt::format("{}: has a classifier of its own", command.from),
                 "only models whose classifier is their embedding can be trained here"};
  return std::optional(std::move(checkpoint->model));
}

auto chosen_shape(const TrainCommand& command, const std::optional<checkpoint::FloatModel>& start,
                  CommandContext& context) -> Result<checkpoint::ModelShape> {
  if (start) return start->shape;
  if (!command.shape.empty()) return parse_shape(command.shape);
  if (command.board.empty())
    return Error{Exit::usage, "none of --shape, --board and --from was given", shape_hint};
  const auto known = boards::load_register(context.boards_file);
  if (!known) return known.error();
  const auto board = boards::require_board(*known, command.board);
  if (!board) return board.error();
  if (!board->train) {
    std::vector<std::string> others;
    for (const auto& other : known->boards)
      if (other.train) others.push_back(other.id);
    return Error{Exit::usage, fmt::format("no shape for board '{}' is known", board->id),
                 fmt::format("there is one for {}; --shape takes {}", fmt::join(others, ", "), shape_hint)};
  }
  context.console.note(fmt::format("{}: {}", board->id, board->train->reason));
  return board->train->shape;
}

auto read_corpus(const std::string& path) -> Result<train::Corpus> {
  const auto bytes = read_file(path);
  if (!bytes) return bytes.error();
  return train::parse_corpus(*bytes, path);
}

auto chosen_tokenizer(const TrainCommand& command, const train::Corpus& corpus, int vocab_size,
                      ui::Console& console) -> Result<checkpoint::Vocabulary> {
  if (!command.tokenizer_in.empty()) {
    const auto bytes = read_file(command.tokenizer_in);
    if (!bytes) return bytes.error();
    return checkpoint::parse_tokenizer(*bytes, vocab_size, command.tokenizer_in);
  }
  if (command.tokenizer_out.empty())
    return Error{Exit::usage, "neither --tokenizer nor --tokenizer-out was given",
                 "--tokenizer-out TOK.bin trains one on the corpus and writes it there"};
  auto vocabulary = train::train_tokenizer(corpus, vocab_size);
  if (!vocabulary) return vocabulary;
  console.note(fmt::format("tokenizer: {} pieces", vocab_size));
  if (auto written = write_file(command.tokenizer_out, checkpoint::write_tokenizer(*vocabulary)); !written)
    return written.error();
  return vocabulary;
}

auto loss_line(const train::LossPoint& point) -> std::string {
  return fmt::format(
      "step {:>7} of {}   train {:.4f}   held-out {:.4f} (perplexity {:.4f})   {} tok/s   {} left",
      ui::count_text(point.step), ui::count_text(point.steps), point.training_loss, point.held_out_loss,
      std::exp(point.held_out_loss), ui::count_text(static_cast<std::uint64_t>(point.tokens_per_second)),
      ui::duration_text(point.seconds_left));
}

// The end of a run, and the best that was seen on its way.
struct Curve {
  std::optional<train::LossPoint> lowest, last;

  void add(const train::LossPoint& point) {
    last = point;
    if (!lowest || point.held_out_loss < lowest->held_out_loss) lowest = point;
  }
};

auto listener_on(ui::Console& console, Curve& curve) -> train::TrainListener {
  return {.on_loss =
              [&console, &curve](const train::LossPoint& point) {
                curve.add(point);
                console.note(loss_line(point));
              },
          .on_sample =
              [&console](const train::StorySample& sample) {
                const auto text = chat::PrintableStream().feed(sample.text);
                console.note(fmt::format("  > {}{}", text, sample.finished ? "" : " ..."));
              }};
}

// A short text is learned by heart: what it has not shown becomes worse with every further step.
void warn_of_memorizing(const Curve& curve, std::uint64_t kept_step, ui::Console& console) {
  if (!curve.last || curve.last->held_out_loss < 1.02 * curve.lowest->held_out_loss) return;
  const auto step = curve.lowest->step;
  console.warn(fmt::format(
      "the held-out loss was lowest at step {} ({:.4f}) and rose to {:.4f}: the model learned the text by "
      "heart. The weights of step {} are kept; a longer text helps, and a little also --steps {}",
      ui::count_text(step), curve.lowest->held_out_loss, curve.last->held_out_loss, ui::count_text(kept_step),
      step + step / 2));
}

auto state_path(const TrainCommand& command) -> std::filesystem::path { return command.out + ".state"; }

// A forgotten --resume must not cost the hours of the run before.
auto check_unfinished(const TrainCommand& command) -> Result<Ok> {
  if (command.options.resume || !std::filesystem::exists(state_path(command))) return Ok{};
  return Error{Exit::usage, fmt::format("{}: an interrupted run is kept here", state_path(command).string()),
               "--resume goes on with it; delete the file to begin anew"};
}

// Everything about the run that the command line leaves open.
auto complete(const TrainCommand& command, const checkpoint::ModelShape& shape,
              std::optional<checkpoint::FloatModel> start) -> train::TrainOptions {
  auto options = command.options;
  options.shape = shape;
  options.start = std::move(start);
  options.qat = command.qat == "w4"   ? train::Qat::w4
                : command.qat == "w8" ? train::Qat::w8
                                      : train::Qat::none;
  options.state = state_path(command);
  return options;
}

auto outcome_json(const TrainCommand& command, const train::TrainOptions& options,
                  const train::TrainOutcome& outcome) -> nlohmann::ordered_json {
  return {{"output", command.out},
          {"parameters", train::parameter_count(options.shape)},
          {"steps", options.steps},
          {"tokens", outcome.tokens},
          {"kept_step", outcome.best_step},
          {"held_out_bits_per_byte", outcome.bits_per_byte},
          {"held_out_perplexity",
           {{"float", std::exp(outcome.held_out_loss)},
            {"int8_rows", std::exp(outcome.held_out_loss_w8)},
            {"int4_rows", std::exp(outcome.held_out_loss_w4)}}}};
}

auto finish(const TrainCommand& command, const train::TrainOptions& options,
            const train::TrainOutcome& outcome, ui::Console& console) -> Result<Ok> {
  if (outcome.stopped) {
    console.note(
        fmt::format("the way so far is kept in {}; the same command with --resume goes on from there",
                    options.state.string()));
    return cancelled();
  }
  if (auto written = write_file(command.out, checkpoint::write_checkpoint_v0(outcome.model)); !written)
    return written;
  std::error_code ignored;
  std::filesystem::remove(options.state, ignored);
  if (command.json) {
    console.print_json("train", outcome_json(command, options, outcome));
    return Ok{};
  }
  console.print_line(fmt::format(
      "{}: {} parameters, {} tokens seen, held-out perplexity {:.4f} (int8 rows {:.4f}, "
      "int4 rows {:.4f}), {:.4f} bits per byte",
      command.out, ui::count_text(train::parameter_count(options.shape)), ui::count_text(outcome.tokens),
      std::exp(outcome.held_out_loss), std::exp(outcome.held_out_loss_w8), std::exp(outcome.held_out_loss_w4),
      outcome.bits_per_byte));
  return Ok{};
}

auto run_train(const TrainCommand& command, CommandContext& context) -> Result<Ok> {
  auto& console = context.console;
  if (auto apart = check_apart({command.corpus, command.tokenizer_in, command.from},
                               {command.out, command.tokenizer_out, state_path(command)});
      !apart)
    return apart;
  if (auto kept = check_unfinished(command); !kept) return kept;
  auto start = starting_model(command);
  if (!start) return start.error();
  const auto shape = chosen_shape(command, *start, context);
  if (!shape) return shape.error();
  if (auto checked = train::check_shape(*shape); !checked) return checked;
  const auto corpus = read_corpus(command.corpus);
  if (!corpus) return corpus.error();
  const auto vocabulary = chosen_tokenizer(command, *corpus, shape->vocab_size, console);
  if (!vocabulary) return vocabulary.error();
  const auto options = complete(command, *shape, std::move(*start));
  if (auto checked = train::check_options(options, vocabulary->pieces.size()); !checked) return checked;

  train::Encoder encoder(*vocabulary);
  train::Dataset dataset(*corpus, encoder, shape->context, options.seed);
  console.note(fmt::format("{} stories, {} tokens; {} sequences held out; {} parameters",
                           ui::count_text(corpus->stories.size()), ui::count_text(dataset.token_count()),
                           dataset.held_out_count(), ui::count_text(train::parameter_count(*shape))));
  Curve curve;
  const auto outcome =
      train::train(options, dataset, encoder, listener_on(console, curve), context.interrupted);
  if (!outcome) return outcome.error();
  if (!outcome->stopped) warn_of_memorizing(curve, outcome->best_step, console);
  return finish(command, options, *outcome, console);
}

void add_schedule_options(CLI::App& command, train::TrainOptions& options) {
  options.threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 256U));
  command.add_option("--steps", options.steps, "Batches to train on")
      ->type_name("N")
      ->check(whole_number())
      ->capture_default_str();
  command.add_option("--batch", options.batch, "Stories per step")
      ->type_name("N")
      ->check(positive_int())
      ->capture_default_str();
  command
      .add_option("--lr", options.rate,
                  "Peak learning rate; default: 0.004 at dim 64, higher for narrower models")
      ->type_name("R")
      ->check(real_number(0, 1));
  command.add_option("--seed", options.seed, "Start values, order and held-out stories")
      ->type_name("S")
      ->check(whole_number())
      ->capture_default_str();
  command
      .add_option("--threads", options.threads,
                  "Part of the result's bits, as the seed is; default: one per core")
      ->type_name("N")
      ->check(positive_int());
  command
      .add_option("--report-every", options.report_every, "Steps between losses; default: a fiftieth of all")
      ->type_name("N")
      ->check(whole_number());
  command
      .add_option("--sample", options.sample_prompts,
                  "Tell a story from TEXT with every fifth loss; repeatable")
      ->type_name("TEXT");
  command.add_flag("--resume", options.resume, "Go on where an interrupted run of the same command stopped");
}

}  // namespace

void add_train_command(CLI::App& app, CommandContext& context) {
  const auto options = std::make_shared<TrainCommand>();
  auto* command = app.add_subcommand("train", "Train a model on a text of your own");
  command->group(group::models);
  command
      ->add_option("corpus", options->corpus,
                   "Plain text; blank lines or <|endoftext|> lines between stories")
      ->type_name("CORPUS")
      ->required();
  command->add_option("-o,--output", options->out, "The checkpoint, in llama2.c's format")
      ->type_name("OUT.bin")
      ->required();
  auto* given =
      command->add_option("--tokenizer", options->tokenizer_in, "Use this tokenizer")->type_name("TOK.bin");
  command->add_option("--tokenizer-out", options->tokenizer_out, "Train a tokenizer on the corpus")
      ->type_name("TOK.bin")
      ->excludes(given);
  auto* shape =
      command->add_option("--shape", options->shape, "dim,hidden,layers,heads,kv_heads,vocab,context")
          ->type_name("NUMBERS");
  command->add_option("--board", options->board, "The largest shape that runs well there")
      ->type_name("BOARD")
      ->excludes(shape);
  command
      ->add_option("--from", options->from,
                   "Go on from the weights of this checkpoint instead of random ones; with its --tokenizer")
      ->type_name("MODEL.bin")
      ->excludes(shape)
      ->excludes("--board")
      ->needs(given);
  command->add_option("--qat", options->qat, "Learn to live with rounding: none, w8 or w4")
      ->type_name("KIND")
      ->check(CLI::IsMember({"none", "w8", "w4"}))
      ->capture_default_str();
  command
      ->add_option("--qat-share", options->options.qat_share,
                   "Part of the steps that round, the last ones; 1 suits a start from rounded weights")
      ->type_name("S")
      ->capture_default_str();
  add_schedule_options(*command, options->options);
  command->add_flag("--json", options->json, "Print the outcome as JSON");
  command->footer(
      "Examples:\n"
      "  mcullm train stories.txt -o mine.bin --tokenizer-out mine.tok.bin --board pico --qat w4\n"
      "  mcullm train stories.txt -o mine.bin --tokenizer-out mine.tok.bin --shape 64,172,5,2,1,512,320\n"
      "  mcullm convert mine.bin --tokenizer mine.tok.bin -o mine.mcm       and on to the board\n"
      "What to choose: a story should fit the context; vocab 256 for models below 50,000 parameters, 512 or\n"
      "1024 above; 10,000 steps show whether a text works, 50,000 finish a small model. --qat w4 makes "
      "4-bit\n"
      "weights free of loss. When the held-out loss stays above the training loss, the text is too short; "
      "of\n"
      "the steps that are reported, the one with the lowest held-out loss is what you get. Perplexity "
      "counts\n"
      "per token; vocabularies are compared by the bits per byte: 512, 1024 and 2048 pieces gave 1.69, 1.47 "
      "and\n"
      "1.38 on 260 KB of tales for children, with a larger embedding each.\n"
      "Ctrl-C and power cuts lose nothing: --resume ends in the same bytes as an undisturbed run.");
  run_on_choice(*command, context, options, run_train);
}

}  // namespace mcullm::cli

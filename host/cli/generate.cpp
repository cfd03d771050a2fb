// SPDX-License-Identifier: MIT
// mcullm generate: a text from a model image, computed on this computer.
#include <fmt/core.h>

#include <chrono>
#include <limits>

#include "base/file.hpp"
#include "chat/story.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "cli/program/unknown_characters.hpp"
#include "image/model_image.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

struct GenerateOptions {
  std::string model;
  std::string engine;  // empty: by the kind of the image
  std::string prompt;
  int steps = 256;
  chat::SamplerSettings sampler{.temperature = 1.0, .top_p = 0.9, .seed = 0};
};

auto wrong_engine(const GenerateOptions& options, image::Kind kind) -> Error {
  if (kind == image::Kind::float_image)
    return {Exit::input,
            fmt::format("{}: a float image, and the integer engine runs model images", options.model),
            fmt::format("mcullm quantize {} -o OUT.mcm makes one; or leave --engine out", options.model)};
  return {Exit::input,
          fmt::format("{}: a model image, and the float engine runs float images", options.model),
          "give it the output of mcullm convert, or leave --engine out"};
}

// run.c's rule: more than the context, or none named, is all of the context.
auto steps_within(int steps, int context) -> int { return steps <= 0 || steps > context ? context : steps; }

auto tell(const GenerateOptions& options, chat::Engine& engine, const chat::Tokenizer& tokenizer, int context,
          CommandContext& command) -> Result<Ok> {
  const auto prompt_tokens = tokenizer.encode_prompt(options.prompt).size();
  if (prompt_tokens > static_cast<std::size_t>(context))
    return Error{
        Exit::usage,
        fmt::format("the prompt has {} tokens, and the context has room for {}", prompt_tokens, context),
        "a shorter prompt is needed"};
  warn_of_unknown_characters(tokenizer, options.prompt, command.console);
  using Clock = std::chrono::steady_clock;
  const auto started = Clock::now();
  const auto story = chat::tell_story(engine, tokenizer, options.prompt, steps_within(options.steps, context),
                                      [&](std::string_view text) {
                                        command.console.print(text);
                                        return !command.interrupted;
                                      });
  command.console.print("\n");
  const double seconds = std::chrono::duration<double>(Clock::now() - started).count();
  command.console.note(fmt::format("{} positions ({} of the prompt) in {}, {:.0f} tok/s, seed {}",
                                   story.positions, story.prompt_tokens, ui::duration_text(seconds),
                                   story.positions / std::max(seconds, 1e-9), options.sampler.seed));
  if (story.stopped) return cancelled();
  return Ok{};
}

auto tell_float(const GenerateOptions& options, std::span<const std::byte> bytes, CommandContext& context)
    -> Result<Ok> {
  const auto image = image::parse_float_image(bytes, options.model);
  if (!image) return image.error();
  chat::FloatEngine engine(image->model, options.sampler);
  const chat::Tokenizer tokenizer(image->tokens, image->identity.bos_token);
  return tell(options, engine, tokenizer, image->model.shape.context, context);
}

auto tell_integer(const GenerateOptions& options, std::span<const std::byte> bytes, CommandContext& context)
    -> Result<Ok> {
  const auto image = image::parse_model_image(bytes, options.model);
  if (!image) return image.error();
  chat::IntegerEngine engine(*image, options.sampler);
  const chat::Tokenizer tokenizer(image->tokens, image->identity.bos_token);
  return tell(options, engine, tokenizer, image->shape.context, context);
}

auto run_generate(const GenerateOptions& given, CommandContext& context) -> Result<Ok> {
  GenerateOptions options = given;
  if (options.sampler.seed == 0) options.sampler.seed = chat::fresh_seed();
  const auto bytes = read_file(options.model);
  if (!bytes) return bytes.error();
  const auto kind = image::image_kind(*bytes, options.model);
  if (!kind) return kind.error();
  const bool is_float = *kind == image::Kind::float_image;
  if (!options.engine.empty() && (options.engine == "float") != is_float) return wrong_engine(options, *kind);
  return is_float ? tell_float(options, *bytes, context) : tell_integer(options, *bytes, context);
}

}  // namespace

void add_generate_command(CLI::App& app, CommandContext& context) {
  const auto options = std::make_shared<GenerateOptions>();
  auto* command = app.add_subcommand("generate", "Continue a text, computed on this computer");
  command->group(group::talk);
  command->add_option("model", options->model, "A float image or a model image")
      ->type_name("MODEL.mcm")
      ->required();
  command->add_option("--engine", options->engine, "float or integer; default: what the image is made for")
      ->type_name("NAME")
      ->check(CLI::IsMember({"float", "integer"}));
  command->add_option("-p,--prompt", options->prompt, "Beginning of the text")->type_name("TEXT");
  command->add_option("-n,--steps", options->steps, "Positions to run, the prompt's included; 0: the context")
      ->type_name("N")
      ->check(whole_number(0, std::numeric_limits<int>::max()))
      ->capture_default_str();
  command->add_option("-t,--temperature", options->sampler.temperature, "0: always the likeliest token")
      ->type_name("T")
      ->check(real_number(0.0, 100.0))
      ->capture_default_str();
  command->add_option("--top-p", options->sampler.top_p, "Choose among the likeliest tokens of this mass")
      ->type_name("P")
      ->check(real_number(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--seed", options->sampler.seed, "Same seed, same text; 0: a new one, which is told")
      ->type_name("S")
      ->check(whole_number());
  command->footer(
      "Examples:\n"
      "  mcullm generate stories.mcm -p \"Once upon a time\" -t 0\n"
      "  mcullm generate stories-q.mcm --seed 42 -n 100 > story.txt\n"
      "The float engine prints what llama2.c prints for the same prompt, steps, temperature, top-p and "
      "seed.");
  run_on_choice(*command, context, options, run_generate);
}

}  // namespace mcullm::cli

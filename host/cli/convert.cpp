// SPDX-License-Identifier: MIT
// mcullm convert: a llama2.c checkpoint and its tokenizer become one float image.
#include <fmt/core.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/sha256.hpp"
#include "checkpoint/llama2c.hpp"
#include "checkpoint/tensors.hpp"
#include "cli/command.hpp"
#include "image/model_image.hpp"
#include "image/utf8.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

struct ConvertOptions {
  std::string input, tokenizer, output;
  std::string name;  // empty: of the input file
  float rope_theta = 10000.0F, norm_eps = 1e-5F;
  bool json = false;
};

// The file's stem, as much of it as an image can hold.
auto name_of_file(const std::string& path) -> std::string {
  auto name = std::filesystem::path(path).stem().string().substr(0, image::max_name_bytes);
  while (!image::is_utf8(name)) name.pop_back();
  return name;
}

auto check_options(const ConvertOptions& options) -> Result<Ok> {
  if (options.name.size() > image::max_name_bytes || !image::is_utf8(options.name))
    return Error{Exit::usage, fmt::format("--name has {} bytes, or is not UTF-8", options.name.size()),
                 fmt::format("a name has at most {} bytes of UTF-8", image::max_name_bytes)};
  if (!std::isfinite(options.rope_theta) || options.rope_theta < 1)
    return Error{
        Exit::usage, fmt::format("--rope-theta is {}", options.rope_theta),
        "it is the base of the rotary frequencies, a finite number of at least 1: 10000 for llama2.c"};
  if (!(options.norm_eps > 0 && options.norm_eps < 1))
    return Error{Exit::usage, fmt::format("--eps is {}", options.norm_eps),
                 "it keeps RMSNorm from dividing by zero, a number above 0 and below 1: 1e-5 for llama2.c"};
  return check_apart({options.input, options.tokenizer}, {options.output});
}

auto check_image_size(const checkpoint::FloatModel& model, const std::string& input) -> Result<Ok> {
  // header, padding and the longest tokenizer that an image can have
  constexpr std::uint64_t rest = 2048 + 258 * 65536;
  const auto bytes = sizeof(float) * checkpoint::parameter_count(model.shape, model.shared_classifier) + rest;
  if (bytes <= std::numeric_limits<std::uint32_t>::max()) return Ok{};
  return Error{Exit::input,
               fmt::format("{}: its float image would have {}, more than 4 GiB", input,
                           ui::bytes_text(static_cast<double>(bytes))),
               "take a smaller model; boards hold a few megabytes"};
}

auto read_image(const ConvertOptions& options) -> Result<image::FloatImage> {
  const auto bytes = read_file(options.input);
  if (!bytes) return bytes.error();
  if (image::image_kind(*bytes, options.input))
    return Error{Exit::input, fmt::format("{}: an image already, expected a checkpoint", options.input),
                 "mcullm info tells what it holds, mcullm quantize makes it fit for boards"};
  auto checkpoint = checkpoint::parse_checkpoint(*bytes, options.input);
  if (!checkpoint) return checkpoint.error();
  if (const auto ok = check_image_size(checkpoint->model, options.input); !ok) return ok.error();
  const auto tokenizer_bytes = read_file(options.tokenizer);
  if (!tokenizer_bytes) return tokenizer_bytes.error();
  const auto vocabulary =
      checkpoint::parse_tokenizer(*tokenizer_bytes, checkpoint->model.shape.vocab_size, options.tokenizer);
  if (!vocabulary) return vocabulary.error();

  image::FloatImage image;
  image.identity.name = options.name.empty() ? name_of_file(options.input) : options.name;
  image.identity.source = sha256(*bytes);
  image.model = std::move(checkpoint->model);
  image.model.rope_theta = options.rope_theta;
  image.model.norm_eps = options.norm_eps;
  image.tokens = image::ranked_tokens(*vocabulary);
  return image;
}

auto run_convert(const ConvertOptions& options, CommandContext& context) -> Result<Ok> {
  if (const auto ok = check_options(options); !ok) return ok;
  const auto image = read_image(options);
  if (!image) return image.error();
  const auto bytes = image::write_float_image(*image);
  if (const auto written = write_file(options.output, bytes); !written) return written;

  const auto& model = image->model;
  const auto parameters = checkpoint::parameter_count(model.shape, model.shared_classifier);
  if (options.json)
    context.console.print_json("convert", {{"output", options.output},
                                           {"name", image->identity.name},
                                           {"source_sha256", to_hex(image->identity.source)},
                                           {"parameters", parameters},
                                           {"bytes", bytes.size()}});
  context.console.note(fmt::format("{}: a float image of {} parameters, {}", options.output,
                                   ui::count_text(parameters),
                                   ui::bytes_text(static_cast<double>(bytes.size()))));
  return Ok{};
}

}  // namespace

void add_convert_command(CLI::App& app, CommandContext& context) {
  const auto options = std::make_shared<ConvertOptions>();
  auto* command =
      app.add_subcommand("convert", "Make a float image of a llama2.c checkpoint and its tokenizer");
  command->group(group::models);
  command
      ->add_option("input", options->input, "A checkpoint of llama2.c's export.py, version 0, 1 or 2 (Q8_0)")
      ->type_name("IN.bin")
      ->required();
  command->add_option("--tokenizer", options->tokenizer, "Its tokenizer.bin")
      ->type_name("TOK.bin")
      ->required();
  command->add_option("-o,--output", options->output, "The float image to write")
      ->type_name("OUT.mcm")
      ->required();
  command->add_option("--name", options->name, "Name inside the image; default: that of the checkpoint file")
      ->type_name("NAME");
  command
      ->add_option("--rope-theta", options->rope_theta,
                   "Base of the rotary frequencies; no checkpoint tells it")
      ->type_name("THETA")
      ->capture_default_str();
  command->add_option("--eps", options->norm_eps, "Epsilon of RMSNorm; no checkpoint tells it")
      ->type_name("EPS")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->footer(
      "Examples:\n"
      "  mcullm convert stories260K.bin --tokenizer tok512.bin -o stories.mcm\n"
      "  mcullm convert model.bin --tokenizer tok.bin -o model.mcm --rope-theta 500000 --eps 1e-6\n"
      "mcullm quantize makes the image fit for boards; mcullm info tells what is inside a file.");
  run_on_choice(*command, context, options, run_convert);
}

}  // namespace mcullm::cli

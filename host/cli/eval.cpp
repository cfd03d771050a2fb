// SPDX-License-Identifier: MIT
// mcullm eval: how far a model image is from the float image it came from.
#include <fmt/core.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "chat/tokenizer.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "image/model_image.hpp"
#include "quant/evaluate.hpp"
#include "quant/text_split.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

struct EvalOptions {
  std::string model, reference, text;
  std::uint64_t tokens = 8192;
  bool json = false;
};

auto read_image(const std::string& path, image::Kind wanted, std::string_view advice)
    -> Result<std::vector<std::byte>> {
  auto bytes = read_file(path);
  if (!bytes) return bytes.error();
  const auto kind = image::image_kind(*bytes, path);
  if (!kind) return kind.error();
  if (*kind != wanted) {
    return Error{Exit::input,
                 fmt::format("{}: a {} image", path, *kind == image::Kind::float_image ? "float" : "model"),
                 std::string(advice)};
  }
  return bytes;
}

// Texts as tokens, each behind bos, until there are enough.
auto tokenized(std::string_view file, const chat::Tokenizer& tokenizer, std::size_t context,
               std::uint64_t enough) -> std::vector<quant::Tokens> {
  std::vector<quant::Tokens> sequences;
  std::uint64_t count = 0;
  for (const auto text : quant::split_texts(file)) {
    if (count >= enough) break;
    sequences.push_back(tokenizer.encode_prompt(text));
    count += std::min(context, sequences.back().size());
  }
  return sequences;
}

auto evaluation_json(const EvalOptions& options, const quant::Evaluation& e) -> nlohmann::ordered_json {
  return {{"model", options.model},
          {"reference", options.reference},
          {"text", options.text},
          {"tokens", e.tokens},
          {"predictions", e.predictions},
          {"perplexity", {{"float", e.float_perplexity}, {"integer", e.integer_perplexity}}},
          {"kl_nats", {{"mean", e.mean_kl}, {"max", e.max_kl}}},
          {"top1_agreement", e.top1_agreement}};
}

auto evaluation_table(const quant::Evaluation& e) -> ui::Table {
  ui::Table table({{"measure"}, {"value", ui::Align::right}});
  table.add_row({"positions compared", ui::count_text(e.tokens)});
  table.add_row({"perplexity, float", fmt::format("{:.4f}", e.float_perplexity)});
  table.add_row({"perplexity, integer", fmt::format("{:.4f}", e.integer_perplexity)});
  table.add_row({"mean KL, nats", fmt::format("{:.5f}", e.mean_kl)});
  table.add_row({"greatest KL, nats", fmt::format("{:.4f}", e.max_kl)});
  table.add_row({"same first choice", fmt::format("{:.2f} %", 100.0 * e.top1_agreement)});
  return table;
}

auto run_eval(const EvalOptions& options, CommandContext& context) -> Result<Ok> {
  const auto model_bytes =
      read_image(options.model, image::Kind::model_image, "give the output of mcullm quantize");
  if (!model_bytes) return model_bytes.error();
  const auto reference_bytes =
      read_image(options.reference, image::Kind::float_image, "--reference is the output of mcullm convert");
  if (!reference_bytes) return reference_bytes.error();
  const auto model = image::parse_model_image(*model_bytes, options.model);
  if (!model) return model.error();
  const auto reference = image::parse_float_image(*reference_bytes, options.reference);
  if (!reference) return reference.error();
  const auto file = read_file(options.text);
  if (!file) return file.error();

  if (model->identity.source != reference->identity.source) {
    context.console.warn(fmt::format("{} was not made from {}: they name different checkpoints",
                                     options.model, options.reference));
  }
  const chat::Tokenizer tokenizer(reference->tokens, reference->identity.bos_token);
  const std::string_view text(reinterpret_cast<const char*>(file->data()), file->size());
  const auto limit = options.tokens == 0 ? std::numeric_limits<std::uint64_t>::max() : options.tokens;
  const auto sequences = tokenized(text, tokenizer, static_cast<std::size_t>(model->shape.context), limit);
  const auto evaluation =
      quant::evaluate(*model, reference->model, sequences, limit, context.console.progress(),
                      [&] { return context.interrupted.load(); });
  if (!evaluation) return evaluation.error();
  if (options.json) {
    context.console.print_json("eval", evaluation_json(options, *evaluation));
  } else {
    context.console.print_table(evaluation_table(*evaluation));
  }
  return Ok{};
}

}  // namespace

void add_eval_command(CLI::App& app, CommandContext& context) {
  const auto options = std::make_shared<EvalOptions>();
  auto* command = app.add_subcommand("eval", "Compare a model image with its float image on a text");
  command->group(group::models);
  command->add_option("model", options->model, "A model image")->type_name("MODEL.mcm")->required();
  command->add_option("--reference", options->reference, "The float image it was made from")
      ->type_name("FLOAT.mcm")
      ->required();
  command->add_option("--text", options->text, "Texts between lines <|endoftext|>, or between blank lines")
      ->type_name("FILE")
      ->required();
  command->add_option("--tokens", options->tokens, "Stop after N positions; 0: all of the text")
      ->type_name("N")
      ->check(whole_number())
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print the result as JSON");
  command->footer(
      "Example:\n"
      "  mcullm eval stories-q.mcm --reference stories.mcm --text stories.txt\n"
      "Each text begins anew and ends with the context. KL is KL(float || integer) of the next token.");
  run_on_choice(*command, context, options, run_eval);
}

}  // namespace mcullm::cli

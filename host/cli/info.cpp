// SPDX-License-Identifier: MIT
// mcullm info: what a file is and what it costs, or what a board is and what stands where on it.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.hpp"
#include "base/sha256.hpp"
#include "checkpoint/llama2c.hpp"
#include "checkpoint/shape.hpp"
#include "checkpoint/tensors.hpp"
#include "cli/board/line_options.hpp"
#include "cli/board/provide_model.hpp"
#include "cli/command.hpp"
#include "cli/info/board_facts.hpp"
#include "image/model_image.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

using checkpoint::ModelShape;
using Json = nlohmann::ordered_json;

struct InfoOptions {
  LineOptions line;
  std::string file, tokenizer, boards;
  bool json = false;
};

struct ModelFacts {
  ModelShape shape;
  bool shared_classifier = true;
  float norm_eps = 0, rope_theta = 0;
  std::string weights, kv_format;  // "fp32", "Q8_0 in groups of 64", "int8"
  std::uint64_t kv_bytes_per_token = 0;
};

struct TokenizerFacts {
  std::size_t vocab_size = 0, longest_piece = 0;
};

struct ImageFacts {
  image::Identity identity;
  std::vector<image::Section> sections;
};

// A part is there when the file has it.
struct Facts {
  std::string kind;
  std::uint64_t bytes = 0;
  Sha256 sha256{};
  std::optional<ModelFacts> model;
  std::optional<TokenizerFacts> tokenizer;
  std::optional<ImageFacts> image;
};

auto facts_of(const checkpoint::FloatModel& model, std::string weights) -> ModelFacts {
  // engines in floating point cache fp32
  const auto kv_bytes =
      2 * sizeof(float) * static_cast<std::size_t>(model.shape.kv_dim() * model.shape.n_layers);
  return {model.shape, model.shared_classifier, model.norm_eps, model.rope_theta, std::move(weights), "fp32",
          kv_bytes};
}

auto facts_of(const std::vector<image::Token>& tokens) -> TokenizerFacts {
  TokenizerFacts facts{tokens.size(), 0};
  for (const auto& token : tokens) facts.longest_piece = std::max(facts.longest_piece, token.text.size());
  return facts;
}

auto weights_of(const image::ModelImage& image) -> std::string {
  const int layers = image.layers.front().wq.bits, classifier = image.classifier.bits;
  const int embedding = image.embedding_matrix().bits;
  if (layers == classifier && layers == embedding) return fmt::format("int{}", layers);
  return fmt::format("int{} layers, int{} classifier, int{} embedding", layers, classifier, embedding);
}

auto read_image(std::span<const std::byte> bytes, image::Kind kind, const std::string& file, Facts& facts)
    -> Result<Ok> {
  if (kind == image::Kind::float_image) {
    const auto parsed = image::parse_float_image(bytes, file);
    if (!parsed) return parsed.error();
    facts.kind = "float image";
    facts.model = facts_of(parsed->model, "fp32");
    facts.tokenizer = facts_of(parsed->tokens);
    facts.image = {parsed->identity, image::sections(bytes)};
    return Ok{};
  }
  const auto parsed = image::parse_model_image(bytes, file);
  if (!parsed) return parsed.error();
  facts.kind = "model image";
  facts.model = {parsed->shape,
                 !parsed->embedding.has_value(),
                 parsed->rms_eps,
                 parsed->rope_theta,
                 weights_of(*parsed),
                 image::name(parsed->kv_format),
                 image::kv_bytes_per_token(parsed->shape, parsed->kv_format)};
  facts.tokenizer = facts_of(parsed->tokens);
  facts.image = {parsed->identity, image::sections(bytes)};
  return Ok{};
}

auto read_tokenizer(std::span<const std::byte> bytes, int vocab_size, const std::string& file, Facts& facts)
    -> Result<Ok> {
  const auto vocabulary = checkpoint::parse_tokenizer(bytes, vocab_size, file);
  if (!vocabulary) return vocabulary.error();
  facts.tokenizer = facts_of(image::ranked_tokens(*vocabulary));
  return Ok{};
}

auto read_checkpoint(std::span<const std::byte> bytes, const InfoOptions& options, Facts& facts)
    -> Result<Ok> {
  const auto parsed = checkpoint::parse_checkpoint(bytes, options.file);
  if (!parsed)
    return Error{Exit::input, parsed.error().what,
                 "that is what is wrong with it as a checkpoint; it is no image and no tokenizer.bin either"};
  facts.kind = fmt::format("llama2.c checkpoint v{}", parsed->version);
  facts.model =
      facts_of(parsed->model, parsed->version == 2 ? fmt::format("Q8_0 in groups of {}", parsed->group_size)
                                                   : std::string("fp32"));
  if (options.tokenizer.empty()) return Ok{};
  const auto tokenizer = read_file(options.tokenizer);
  if (!tokenizer) return tokenizer.error();
  return read_tokenizer(*tokenizer, parsed->model.shape.vocab_size, options.tokenizer, facts);
}

auto looks_like_image(std::span<const std::byte> bytes) -> bool {
  constexpr std::string_view magic = "MCULLM";
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()).starts_with(magic);
}

auto read_facts(const InfoOptions& options) -> Result<Facts> {
  const auto bytes = read_file(options.file);
  if (!bytes) return bytes.error();
  Facts facts{.kind = "",
              .bytes = bytes->size(),
              .sha256 = sha256(*bytes),
              .model = {},
              .tokenizer = {},
              .image = {}};
  const auto vocab_size = checkpoint::tokenizer_vocab_size(*bytes);
  Result<Ok> ok = Ok{};
  if (looks_like_image(*bytes)) {
    const auto kind = image::image_kind(*bytes, options.file);
    if (!kind) return kind.error();
    ok = read_image(*bytes, *kind, options.file, facts);
  } else if (vocab_size) {
    facts.kind = "llama2.c tokenizer";
    ok = read_tokenizer(*bytes, *vocab_size, options.file, facts);
  } else {
    ok = read_checkpoint(*bytes, options, facts);
  }
  if (!ok) return ok.error();
  return facts;
}

// The double that prints like the float: 1e-05, not 9.999999747378752e-06.
auto shortest(float value) -> double { return std::stod(fmt::to_string(value)); }

auto model_json(const ModelFacts& m) -> Json {
  const auto& s = m.shape;
  return {{"dim", s.dim},
          {"hidden_dim", s.hidden_dim},
          {"n_layers", s.n_layers},
          {"n_heads", s.n_heads},
          {"n_kv_heads", s.n_kv_heads},
          {"head_size", s.head_size()},
          {"vocab_size", s.vocab_size},
          {"context", s.context},
          {"shared_classifier", m.shared_classifier},
          {"norm_eps", shortest(m.norm_eps)},
          {"rope_theta", shortest(m.rope_theta)},
          {"weights", m.weights},
          {"parameters", checkpoint::parameter_count(s, m.shared_classifier)},
          {"macs_per_token", checkpoint::weight_macs(s)},
          {"attention_macs_at_full_context", checkpoint::attention_macs(s, s.context)},
          {"kv_format", m.kv_format},
          {"kv_bytes_per_token", m.kv_bytes_per_token},
          {"kv_bytes_at_full_context", m.kv_bytes_per_token * static_cast<std::uint64_t>(s.context)}};
}

auto image_json(const ImageFacts& image) -> Json {
  auto sections = Json::array();
  for (const auto& section : image.sections)
    sections.push_back({{"name", section.name}, {"offset", section.offset}, {"bytes", section.bytes}});
  return {{"name", image.identity.name},
          {"source_sha256", to_hex(image.identity.source)},
          {"bos_token", image.identity.bos_token},
          {"eos_token", image.identity.eos_token},
          {"sections", sections}};
}

auto facts_json(const std::string& file, const Facts& facts) -> Json {
  Json json = {
      {"file", file}, {"kind", facts.kind}, {"bytes", facts.bytes}, {"sha256", to_hex(facts.sha256)}};
  if (facts.model) json["model"] = model_json(*facts.model);
  if (facts.tokenizer)
    json["tokenizer"] = {{"vocab_size", facts.tokenizer->vocab_size},
                         {"longest_piece_bytes", facts.tokenizer->longest_piece}};
  if (facts.image) json["image"] = image_json(*facts.image);
  return json;
}

auto heads_text(const ModelShape& shape) -> std::string {
  const char* sharing = shape.n_kv_heads == shape.n_heads ? "MHA" : shape.n_kv_heads == 1 ? "MQA" : "GQA";
  return fmt::format("{} of {} on {} for keys and values ({})", shape.n_heads, shape.head_size(),
                     shape.n_kv_heads, sharing);
}

void add_model_rows(ui::Table& table, const ModelFacts& m) {
  const auto count = [](auto n) { return ui::count_text(static_cast<std::uint64_t>(n)); };
  const auto& s = m.shape;
  table.add_row(
      {"parameters",
       fmt::format("{} ({})", count(checkpoint::parameter_count(s, m.shared_classifier)), m.weights)});
  table.add_row({"layers", fmt::format("{} of width {}, hidden {}", s.n_layers, s.dim, s.hidden_dim)});
  table.add_row({"heads", heads_text(s)});
  table.add_row(
      {"vocabulary", fmt::format("{}, classifier {}", count(s.vocab_size),
                                 m.shared_classifier ? "shared with the embedding" : "of its own")});
  table.add_row({"context", count(s.context)});
  table.add_row({"norm eps, rope theta", fmt::format("{:g}, {:g}", m.norm_eps, m.rope_theta)});
  table.add_row({"MACs per token",
                 fmt::format("{}, and {} of attention at full context", count(checkpoint::weight_macs(s)),
                             count(checkpoint::attention_macs(s, s.context)))});
  table.add_row(
      {"KV cache",
       fmt::format("{} B per token, {} B at full context ({})", count(m.kv_bytes_per_token),
                   count(m.kv_bytes_per_token * static_cast<std::uint64_t>(s.context)), m.kv_format)});
}

// A name comes from a file: nothing in it may steer a terminal.
auto printable(std::string text) -> std::string {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, '?');
  return text;
}

auto facts_table(const Facts& facts) -> ui::Table {
  ui::Table table({{""}, {""}});
  table.add_row({"kind", facts.kind});
  if (facts.image) table.add_row({"name", printable(facts.image->identity.name)});
  table.add_row({"bytes", ui::count_text(facts.bytes)});
  if (facts.model) add_model_rows(table, *facts.model);
  if (facts.tokenizer)
    table.add_row({"tokenizer",
                   fmt::format("{} pieces of at most {} bytes", ui::count_text(facts.tokenizer->vocab_size),
                               facts.tokenizer->longest_piece)});
  if (facts.image) {
    for (const auto& section : facts.image->sections)
      table.add_row({"section " + section.name, fmt::format("{} bytes at {}", ui::count_text(section.bytes),
                                                            ui::count_text(section.offset))});
    table.add_row({"source SHA-256", to_hex(facts.image->identity.source)});
  }
  table.add_row({"SHA-256", to_hex(facts.sha256)});
  return table;
}

// A board at a port; a simulated one gets the model of `file` first.
auto run_board_info(const InfoOptions& options, CommandContext& context) -> Result<Ok> {
  const auto known = boards::load_register(options.boards);
  if (!known) return known.error();
  auto chosen = choose_board(options.line.port, options.line.port_options(options.file), context);
  if (!chosen) return chosen.error();
  if (!options.file.empty()) {
    const auto bytes = read_file(options.file);
    if (!bytes) return bytes.error();
    if (const auto image = image::parse_model_image(*bytes, options.file); !image) return image.error();
    if (auto done = provide_model(*chosen, options.file, *bytes, context.console); !done) return done;
  }
  const auto facts = ask_board(*chosen->board, chosen->port, *known);
  if (!facts) return facts.error();
  if (options.json) {
    context.console.print_json("info-board", board_facts_json(*facts));
  } else {
    print_board_facts(*facts, context.console);
  }
  return Ok{};
}

auto run_info(const InfoOptions& options, CommandContext& context) -> Result<Ok> {
  if (!options.line.port.empty()) return run_board_info(options, context);
  if (options.file.empty())
    return Error{Exit::usage, "info: of what?", "mcullm info FILE, or mcullm info --port PORT"};
  const auto facts = read_facts(options);
  if (!facts) return facts.error();
  if (options.json) {
    context.console.print_json("info", facts_json(options.file, *facts));
  } else {
    context.console.print_table(facts_table(*facts));
  }
  return Ok{};
}

}  // namespace

void add_info_command(CLI::App& app, CommandContext& context) {
  const auto options = std::make_shared<InfoOptions>();
  auto* command =
      app.add_subcommand("info", "Tell what a file is, or what a board is and what stands where on it");
  command->group(group::models);
  command->add_option("file", options->file, "A checkpoint, a tokenizer.bin, a float image or a model image")
      ->type_name("FILE");
  command->add_option("--tokenizer", options->tokenizer, "Check this tokenizer.bin against the checkpoint")
      ->type_name("TOK.bin");
  add_line_options(*command, options->line, "no board, the file");
  command->add_option("--boards", options->boards, "--port: more boards, or other numbers for known ones")
      ->type_name("FILE.toml");
  command->add_flag("--json", options->json, "Print the facts as JSON");
  command->footer(
      R"(A file is checked from its first byte to its last. A board tells its agent, its model, and how many bytes of
which memory each part takes; on one with memory to spare that is where copies of weights stand.

Examples:
  mcullm info stories-q.mcm
  mcullm info stories260K.bin --tokenizer tok512.bin --json
  mcullm info --port /dev/ttyACM0
  mcullm info --port sim:pico stories-q.mcm)");
  run_on_choice(*command, context, options, run_info);
}

}  // namespace mcullm::cli

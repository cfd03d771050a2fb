// SPDX-License-Identifier: MIT
// mcullm quantize: a float image becomes the model image that boards run.
#include "quant/quantize.hpp"

#include <fmt/core.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "cli/command.hpp"
#include "cli/number.hpp"
#include "image/model_image.hpp"
#include "ui/quantity.hpp"
#include "verify/localise.hpp"

namespace mcullm::cli {
namespace {

const std::map<std::string, int> weight_formats = {{"w8", 8}, {"w4", 4}};

struct QuantizeOptions {
  std::string input, output;
  std::string weights = "w8", classifier = "w8", kv = "k16v8";
  int context = 0;  // 0: the model's
  bool json = false;
};

auto read_source(const std::string& path) -> Result<image::FloatImage> {
  const auto bytes = read_file(path);
  if (!bytes) return bytes.error();
  const auto kind = image::image_kind(*bytes, path);
  if (!kind) return kind.error();
  if (*kind == image::Kind::model_image) {
    return Error{Exit::input, fmt::format("{}: a model image, it is quantized already", path),
                 "give the float image that `mcullm convert` wrote"};
  }
  return image::parse_float_image(*bytes, path);
}

auto saturation_json(const std::vector<quant::Saturation>& saturated) -> nlohmann::ordered_json {
  auto list = nlohmann::ordered_json::array();
  for (const auto& s : saturated) {
    list.push_back(
        {{"op", verify::op_name(s.op)}, {"layer", s.layer}, {"at_limit", s.at_limit}, {"values", s.values}});
  }
  return list;
}

auto report_json(const QuantizeOptions& options, const quant::Report& report) -> nlohmann::ordered_json {
  nlohmann::ordered_json sections, scales = nlohmann::ordered_json::array();
  for (const auto& section : report.sections) sections[section.name] = section.bytes;
  for (const auto& s : report.scales) {
    scales.push_back(
        {{"att_norm", s.att_norm}, {"v", s.v}, {"ffn_norm", s.ffn_norm}, {"up", s.up}, {"hidden", s.hidden}});
  }
  return {{"output", options.output},
          {"weights", options.weights},
          {"classifier", options.classifier},
          {"kv", options.kv},
          {"image_bytes", report.image_bytes},
          {"section_bytes", sections},
          {"weight_count", report.weights},
          {"bits_per_weight", report.bits_per_weight},
          {"context", report.context},
          {"calibration_tokens", report.calibration_tokens},
          {"saturated", saturation_json(report.saturated)},
          {"coarsened_rows", report.coarsened_rows},
          {"resid_frac", report.resid_frac},
          {"gate_frac", report.gate_frac},
          {"final_frac", report.final_frac},
          {"layer_units", scales}};
}

auto report_table(const quant::Report& report) -> ui::Table {
  ui::Table table({{"part"}, {"bytes", ui::Align::right}});
  for (const auto& section : report.sections) table.add_row({section.name, ui::count_text(section.bytes)});
  table.add_row({"image", ui::count_text(report.image_bytes)});
  return table;
}

// What a person should know beyond the sizes.
void tell(const quant::Report& report, int context, bool wanted, ui::Console& console) {
  console.note(fmt::format("{} weights in {:.2f} bits each, row multipliers included",
                           ui::count_text(report.weights), report.bits_per_weight));
  if (report.context < context && !wanted) {
    console.warn(fmt::format("the context is cut from {} to {} positions, the most a board can address",
                             ui::count_text(static_cast<std::uint64_t>(context)),
                             ui::count_text(static_cast<std::uint64_t>(report.context))));
  }
  if (report.coarsened_rows > 0) {
    console.note(
        fmt::format("{} rows have a coarser scale, so that their sums fit 32 bits", report.coarsened_rows));
  }
  if (report.saturated.empty()) {
    console.note(
        fmt::format("nothing was clipped on {} tokens of the model's own text", report.trial_tokens));
  }
  for (const auto& s : report.saturated) {
    console.note(fmt::format("{} of layer {}: {} of {} values at the end of their range",
                             verify::op_name(s.op), s.layer, ui::count_text(s.at_limit),
                             ui::count_text(s.values)));
  }
}

auto run_quantize(const QuantizeOptions& options, CommandContext& context) -> Result<Ok> {
  if (auto apart = check_apart({options.input}, {options.output}); !apart) return apart;
  const auto source = read_source(options.input);
  if (!source) return source.error();
  quant::Options wanted;
  wanted.layer_bits = weight_formats.at(options.weights);
  wanted.classifier_bits = weight_formats.at(options.classifier);
  wanted.kv_format = *image::parse_kv_format(options.kv);
  wanted.context = options.context;
  auto quantized = quant::quantize(*source, wanted, context.console.progress(),
                                   [&] { return context.interrupted.load(); });
  if (!quantized)
    return Error{quantized.error().exit, fmt::format("{}: {}", options.input, quantized.error().what),
                 quantized.error().hint};
  if (const auto written = write_file(options.output, image::write_model_image(quantized->image)); !written) {
    return written.error();
  }
  if (options.json) {
    context.console.print_json("quantize", report_json(options, quantized->report));
  } else {
    context.console.print_table(report_table(quantized->report));
  }
  tell(quantized->report, source->model.shape.context, options.context > 0, context.console);
  return Ok{};
}

}  // namespace

void add_quantize_command(CLI::App& app, CommandContext& context) {
  const auto options = std::make_shared<QuantizeOptions>();
  auto* command = app.add_subcommand("quantize", "Make a float image fit for boards: integers only");
  command->group(group::models);
  command->add_option("input", options->input, "A float image, the output of mcullm convert")
      ->type_name("IN.mcm")
      ->required();
  command->add_option("-o,--output", options->output, "The model image to write")
      ->type_name("OUT.mcm")
      ->required();
  command->add_option("--weights", options->weights, "Bits of the weights inside the layers: w8 or w4")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"w8", "w4"}))
      ->capture_default_str();
  command->add_option("--classifier", options->classifier, "Bits of classifier and embedding: w8 or w4")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"w8", "w4"}))
      ->capture_default_str();
  command->add_option("--kv", options->kv, "Bits of cached keys and values: k8v8, k16v8 or k16v16")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"k8v8", "k16v8", "k16v16"}))
      ->capture_default_str();
  command->add_option("--context", options->context, "Positions that the board keeps; default: the model's")
      ->type_name("N")
      ->check(positive_int());
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->footer(
      "Examples:\n"
      "  mcullm quantize stories.mcm -o stories-q.mcm\n"
      "  mcullm quantize stories.mcm -o stories-small.mcm --kv k8v8    half the memory per position\n"
      "  mcullm quantize stories.mcm -o stories-128.mcm --context 128   memory for fewer positions\n"
      "Ranges are measured on text that the model samples itself; the same input gives the same bytes.\n"
      "mcullm eval tells what was lost.");
  run_on_choice(*command, context, options, run_quantize);
}

}  // namespace mcullm::cli

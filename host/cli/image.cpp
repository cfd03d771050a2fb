// SPDX-License-Identifier: MIT
// mcullm image: a model as a file for the storage of a board, to be written without the board.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "cli/command.hpp"
#include "flash/card_layout.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {

namespace {

struct ImageOptions {
  std::filesystem::path model, card;
  std::uint64_t size = 0;  // 0: the smallest that does
  bool json = false;
};

auto run_image(const ImageOptions& options, CommandContext& context) -> Result<Ok> {
  auto& console = context.console;
  if (auto apart = check_apart({options.model}, {options.card}); !apart) return apart;
  const auto bytes = read_file(options.model);
  if (!bytes) return bytes.error();
  const auto model = image::parse_model_image(*bytes, options.model.string());
  if (!model) return model.error();
  const auto least = flash::least_card_bytes(*model, bytes->size());
  if (!least) return least.error();
  const auto size = options.size == 0 ? *least : options.size;
  if (auto done = flash::write_card(options.card, *model, *bytes, size); !done) return done;
  if (options.json) {
    console.print_json("image", {{"model", options.model.string()},
                                 {"card", options.card.string()},
                                 {"card_bytes", size},
                                 {"least_card_bytes", *least},
                                 {"image_bytes", bytes->size()}});
  } else {
    console.print_line(fmt::format("{}: a card of {} with {} in its first {}", options.card.string(),
                                   ui::bytes_text(static_cast<double>(size)), model->identity.name,
                                   ui::bytes_text(static_cast<double>(bytes->size()))));
  }
  return Ok{};
}

constexpr auto footer =
    R"(A card for the Uno's agent: the model stands at its beginning, and what the agent writes while it runs
stands behind it. The card in the reader is overwritten as a whole, so be sure which device it is:

  lsblk -o NAME,SIZE,MODEL,TRAN                     before and after the card is put in
  sudo dd if=card.img of=/dev/sdX bs=1M conv=fsync status=progress

Any card of that size or larger will do. The board then runs the model without an upload. To check the image
without a card: mcullm validate --port sim:uno,store=card.img MODEL.mcm --tokens 16

Examples:
  mcullm image --sd card.img stories-q.mcm
  mcullm image --sd card.img --size 64M stories-q.mcm)";

}  // namespace

void add_image_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ImageOptions>();
  auto* command = app.add_subcommand("image", "Make a card with a model on it, for a card writer");
  command->group(group::models);
  command->footer(footer);
  command->add_option("model", options->model, "Model image")->type_name("MODEL.mcm")->required();
  command->add_option("--sd", options->card, "The file to write")->type_name("OUT.img")->required();
  command
      ->add_option("--size", options->size,
                   "Capacity of the card; default: the smallest that holds the model")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false));
  command->add_flag("--json", options->json, "Print JSON on stdout");
  run_on_choice(*command, context, options, run_image);
}

}  // namespace mcullm::cli

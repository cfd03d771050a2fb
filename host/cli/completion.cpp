// SPDX-License-Identifier: MIT
// mcullm completion SHELL: the script for a shell; and the hidden mcullm __complete that it asks.
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/completion/candidates.hpp"
#include "cli/completion/scripts.hpp"

namespace mcullm::cli {
namespace {

auto names_of_shells() -> std::vector<std::string> {
  std::vector<std::string> names;
  for (const auto& script : completion_scripts()) names.emplace_back(script.shell);
  return names;
}

auto print_script(const std::string& shell, ui::Console& console) -> Result<Ok> {
  for (const auto& script : completion_scripts())
    if (script.shell == shell) console.print(script.text);
  return Ok{};
}

// A line for each word, its meaning behind a tab; ":filesEXT" where files of that extension may stand.
auto print_candidates(const CLI::App& app, const std::vector<std::string>& words, ui::Console& console)
    -> Result<Ok> {
  const auto found = complete(app, words);
  for (const auto& candidate : found.words)
    console.print_line(fmt::format("{}\t{}", candidate.word, candidate.meaning));
  if (found.files) console.print_line(":files" + found.extension);
  return Ok{};
}

constexpr auto footer =
    R"(Commands, options, ports, boards, profiles and files are completed as they are at that moment.

Examples:
  mcullm completion bash > ~/.local/share/bash-completion/completions/mcullm
  mcullm completion zsh > ~/.zfunc/_mcullm           where fpath has ~/.zfunc
  mcullm completion fish > ~/.config/fish/completions/mcullm.fish
  source <(mcullm completion bash)                   for this shell alone)";

}  // namespace

void add_completion_command(CLI::App& app, CommandContext& context) {
  const auto shell = std::make_shared<std::string>();
  auto* command = app.add_subcommand("completion", "Print what lets a shell complete mcullm's words");
  command->group(group::more);
  command->footer(footer);
  command->add_option("shell", *shell, "The shell")->required()->check(CLI::IsMember(names_of_shells()));
  command->callback([&context, shell] {
    context.chosen = [&context, shell] { return print_script(*shell, context.console); };
  });

  const auto words = std::make_shared<std::vector<std::string>>();
  auto* hidden = app.add_subcommand("__complete", "Tell a shell what may come next");
  hidden->group("");
  hidden->add_option("words", *words, "What stands behind the program's name, the last word unfinished");
  hidden->callback([&app, &context, words] {
    context.chosen = [&app, &context, words] { return print_candidates(app, *words, context.console); };
  });
}

}  // namespace mcullm::cli

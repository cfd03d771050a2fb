// SPDX-License-Identifier: MIT
// One file per command: its options, its help and its run. `host/cli/<name>.cpp` defines
// `add_<name>_command`, and the build lists it; nothing else needs to know.
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "ui/console.hpp"

namespace mcullm::cli {

struct CommandContext {
  ui::Console& console;
  std::atomic<bool>& interrupted;      // set by Ctrl-C; a command that stops for it returns Exit::cancelled
  std::function<Result<Ok>()> chosen;  // what the command line asked for
  std::optional<Error> config_error;  // what is wrong with the configuration; most commands do not start then
  std::string boards_file;            // --boards: what is laid over the register inside the tool
};

// What a command returns when it stopped for Ctrl-C.
inline auto cancelled() -> Error { return {Exit::cancelled, "interrupted", ""}; }

// Options live as long as the application; `run` is called after the whole command line was understood.
template <class Options>
void run_on_choice(CLI::App& command, CommandContext& context, std::shared_ptr<Options> options,
                   Result<Ok> (*run)(const Options&, CommandContext&)) {
  command.callback([&context, options = std::move(options), run] {
    context.chosen = [&context, options, run] { return run(*options, context); };
  });
}

// Headings of `mcullm --help`.
namespace group {
inline constexpr auto talk = "Let a model speak";
inline constexpr auto models = "Prepare a model";
inline constexpr auto boards = "Work with boards";
inline constexpr auto more = "More";
}  // namespace group

}  // namespace mcullm::cli

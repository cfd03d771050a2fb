// SPDX-License-Identifier: MIT
// The model images that lie beside the program, or where an installation puts them. A command that takes a
// MODEL.mcm knows them by their names alone: `mcullm chat tales27k`.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <vector>

namespace mcullm::cli {

// In the order of their names.
auto bundled_images() -> std::vector<std::filesystem::path>;

// What options that take a model image are called by in the help; those are the ones that know the names.
inline constexpr auto model_type = "MODEL.mcm";

// Teaches the options of all commands the names. A file of that name in the current folder comes first.
void name_bundled_images(CLI::App& app);

}  // namespace mcullm::cli

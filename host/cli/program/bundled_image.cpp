// SPDX-License-Identifier: MIT
#include "cli/program/bundled_image.hpp"

#include <algorithm>
#include <string>

namespace mcullm::cli {

namespace fs = std::filesystem;

namespace {

// The path of the bundled image of this name; anything else stays as it is, for the command to judge.
auto resolved(const std::string& name) -> std::string {
  std::error_code failed;
  if (name.find('/') != std::string::npos || fs::exists(name, failed)) return name;
  for (const auto& image : bundled_images())
    if (image.stem() == name || image.filename() == name) return image.string();
  return name;
}

}  // namespace

auto bundled_images() -> std::vector<fs::path> {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed).parent_path();
  std::vector<fs::path> images;
  for (const auto& folder : {program / "models", program / "../share/mcullm/models"})
    for (const auto& entry : fs::directory_iterator(folder, failed))
      if (entry.path().extension() == ".mcm") images.push_back(entry.path().lexically_normal());
  std::ranges::sort(images, {}, &fs::path::filename);
  return images;
}

void name_bundled_images(CLI::App& app) {
  for (auto* command : app.get_subcommands({}))
    for (auto* option : command->get_options())
      if (option->get_type_name() == model_type)
        option->transform([](const std::string& name) { return resolved(name); });
}

}  // namespace mcullm::cli

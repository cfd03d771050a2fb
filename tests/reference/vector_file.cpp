// SPDX-License-Identifier: MIT
#include "vector_file.hpp"

#include <fstream>
#include <stdexcept>

namespace mcullm::tests {

auto read_cases(const std::string& name) -> Json {
  const auto path = vectors_folder() / (name + ".json");
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path.string() + " is missing; build the target make_vectors and run it");
  return Json::parse(in).at("cases");
}

void write_cases(const std::filesystem::path& folder, const std::string& name, const std::string& about,
                 const Json& cases) {
  std::ofstream out(folder / (name + ".json"));
  out << "{\"about\": " << Json(about).dump() << ",\n\"cases\": [\n";
  for (std::size_t i = 0; i < cases.size(); i++)
    out << cases[i].dump() << (i + 1 < cases.size() ? ",\n" : "\n");
  out << "]}\n";
  if (!out) throw std::runtime_error("cannot write " + (folder / name).string());
}

}  // namespace mcullm::tests

// SPDX-License-Identifier: MIT
// What may stand where the cursor is: from the commands and options of the program itself, and from what is
// there at this moment (ports, boards, profiles).
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace mcullm::cli {

struct Candidate {
  std::string word, meaning;
};

struct Candidates {
  std::vector<Candidate> words;
  bool files = false;     // a file name may stand there as well
  std::string extension;  // of these files, as "mcm"; empty: any
};

// `words` follow the name of the program; the last one is being typed and may be empty.
auto complete(const CLI::App& app, const std::vector<std::string>& words) -> Candidates;

}  // namespace mcullm::cli

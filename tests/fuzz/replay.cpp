// SPDX-License-Identifier: MIT
// Runs a fuzz target over every file of some folders: replay_<parser> FOLDER... A folder that is missing is
// empty.
#include <filesystem>

#include "base/file.hpp"
#include "tests/fuzz/promise.hpp"

namespace fs = std::filesystem;

int main(int argc, char** argv) {
  int replayed = 0;
  for (const char* folder : std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      const auto bytes = mcullm::read_file(entry.path());
      mcullm::tests::promise(static_cast<bool>(bytes), entry.path().c_str());
      std::fprintf(stderr, "%s\n", entry.path().c_str());
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.value().data()),
                             bytes.value().size());
      ++replayed;
    }
  }
  std::printf("%d inputs replayed\n", replayed);
  return replayed > 0 ? 0 : 1;
}

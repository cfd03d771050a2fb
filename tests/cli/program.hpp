// SPDX-License-Identifier: MIT
// The built mcullm, run as a user runs it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mcullm::tests {

struct Ran {
  int code = 0;
  std::string out, err;
};

// Standard input is `input`; `shell_tail` follows the command ("2>/dev/full").
auto run(const std::vector<std::string>& arguments, const std::string& input = "",
         const std::string& shell_tail = "") -> Ran;

// An environment variable for the programs that this test starts, until its end.
class Variable {
 public:
  Variable(const char* name, const std::string& value);
  ~Variable();
  Variable(const Variable&) = delete;
  auto operator=(const Variable&) -> Variable& = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

// A folder of this test's own, gone at its end.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  auto operator=(const ScratchFolder&) -> ScratchFolder& = delete;
  auto operator/(const std::string& name) const -> std::string { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace mcullm::tests

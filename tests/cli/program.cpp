// SPDX-License-Identifier: MIT
#include "program.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace mcullm::tests {
namespace {

namespace fs = std::filesystem;

auto quoted(const std::string& text) -> std::string {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

auto contents(const std::string& path) -> std::string {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string name = (fs::temp_directory_path() / "mcullm-cli-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

Variable::Variable(const char* name, const std::string& value) : name_(name) {
  if (const char* old = std::getenv(name)) old_ = old;
  ::setenv(name, value.c_str(), 1);
}

Variable::~Variable() {
  if (old_)
    ::setenv(name_, old_->c_str(), 1);
  else
    ::unsetenv(name_);
}

auto run(const std::vector<std::string>& arguments, const std::string& input, const std::string& shell_tail)
    -> Ran {
  const ScratchFolder scratch;
  std::ofstream(scratch / "in") << input;
  std::string command =
      "/usr/bin/timeout -k 5 300 " + quoted(MCULLM_PROGRAM);  // a guard: nothing takes so long
  for (const auto& argument : arguments) command += ' ' + quoted(argument);
  command += " <" + quoted(scratch / "in") + " >" + quoted(scratch / "out") + " 2>" +
             quoted(scratch / "err") + ' ' + shell_tail;
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), contents(scratch / "out"),
          contents(scratch / "err")};
}

}  // namespace mcullm::tests

// SPDX-License-Identifier: MIT
// The chat as a person at a terminal meets it.
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <thread>

#include "model_files.hpp"

using mcullm::tests::ModelFiles;

namespace {

constexpr auto patience = std::chrono::seconds(60);

// A chat on a pty. What it shows is collected; keys are typed.
class Terminal {
 public:
  explicit Terminal(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), MCULLM_PROGRAM);
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    child_ = forkpty(&line_, nullptr, nullptr, nullptr);
    if (child_ == 0) {
      ::setenv("TERM", "xterm", 1);
      ::setenv("NO_COLOR", "1", 1);
      ::setenv("MCULLM_NOHISTORY", "1", 1);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    REQUIRE(child_ > 0);
  }

  ~Terminal() {
    if (child_ > 0) ::kill(child_, SIGKILL), ::waitpid(child_, nullptr, 0);
    ::close(line_);
  }

  void type(const std::string& keys) { REQUIRE(::write(line_, keys.data(), keys.size()) > 0); }

  // Waits until the screen has shown `text` since the last call.
  auto shows(const std::string& text) -> bool {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
      if (const auto found = unseen_.find(text); found != std::string::npos) {
        unseen_.erase(0, found + text.size());
        return true;
      }
      if (std::chrono::steady_clock::now() > until || !read_more()) break;
    }
    UNSCOPED_INFO("waited for: " << text << "\nscreen: " << unseen_);
    return false;
  }

  // The exit code, once the program has ended; a program that goes on is killed: 128 + SIGKILL.
  auto ends() -> int {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until && read_more()) {
    }
    int status = 0;
    while (::waitpid(child_, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > until) ::kill(child_, SIGKILL);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  // false: nothing came for a long time, or the program has ended.
  auto read_more() -> bool {
    pollfd waiting{line_, POLLIN, 0};
    if (::poll(&waiting, 1, 20'000) <= 0) return false;
    char bytes[512];
    const auto count = ::read(line_, bytes, sizeof bytes);
    if (count > 0) unseen_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }

  pid_t child_ = -1;
  int line_ = -1;
  std::string unseen_;
};

constexpr auto ctrl_c = "\x03";
constexpr auto ctrl_d = "\x04";
constexpr auto up = "\x1B[A";

// A chat that is telling its answer; each reply comes late, so that there is time to type before the end.
auto chat_that_answers(const ModelFiles& files) -> Terminal {
  const std::string agent = MCULLM_AGENT " --store '" + (files.folder / "flash") + "'";
  REQUIRE(mcullm::tests::run({"flash", "--port", "exec:" + agent, files.model}).code == 0);
  Terminal terminal(
      {"chat", files.model, "--port", "exec:" + agent, "-t", "3", "--fault", "delay=2000", "--seed", "2"});
  REQUIRE(terminal.shows(">>> "));
  terminal.type("abc\r");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  return terminal;
}

}  // namespace

TEST_CASE("chat at a terminal: a greeting, a prompt, an answer, and Ctrl-D leaves with 0", "[cli]") {
  const ModelFiles files;
  Terminal terminal({"chat", files.model, "--port", "sim:native", "-n", "9", "--seed", "5"});
  CHECK(terminal.shows("checked against the reference"));
  REQUIRE(terminal.shows(">>> "));
  terminal.type("abc\r");
  CHECK(terminal.shows("verified "));
  REQUIRE(terminal.shows(">>> "));
  terminal.type(ctrl_d);
  CHECK(terminal.ends() == 0);
}

TEST_CASE("chat at a terminal: Ctrl-C at the prompt drops the line or hints, and never leaves", "[cli]") {
  const ModelFiles files;
  Terminal terminal({"chat", files.model, "--port", "sim:native", "-n", "9"});
  REQUIRE(terminal.shows(">>> "));
  // each press comes the very moment the prompt is there: none may be lost before the editor waits for keys
  for (int press = 0; press < 200; ++press) {
    terminal.type(ctrl_c);
    CHECK(terminal.shows("(Ctrl-D or /bye leaves)"));
    REQUIRE(terminal.shows(">>> "));
  }
  terminal.type("/bye\r");
  CHECK(terminal.ends() == 0);
}

TEST_CASE("chat at a terminal: history brings a line back, wrong commands do no harm", "[cli]") {
  const ModelFiles files;
  Terminal terminal({"chat", files.model, "--port", "sim:native", "-n", "9"});
  REQUIRE(terminal.shows(">>> "));
  terminal.type("/hlep\r");
  CHECK(terminal.shows("unknown command '/hlep'"));
  REQUIRE(terminal.shows(">>> "));
  terminal.type(up);
  CHECK(terminal.shows("/hlep"));
  terminal.type("\r");
  CHECK(terminal.shows("unknown command '/hlep'"));
  REQUIRE(terminal.shows(">>> "));
  terminal.type("\"\"\"\r");
  REQUIRE(terminal.shows("... "));
  terminal.type("ab\"\"\"\r");
  CHECK(terminal.shows("verified "));
  terminal.type("/bye\r");
  CHECK(terminal.ends() == 0);
}

TEST_CASE("chat at a terminal: Ctrl-C stops the answer alone, and what was told is verified", "[cli]") {
  const ModelFiles files;
  auto terminal = chat_that_answers(files);
  terminal.type(ctrl_c);
  CHECK(terminal.shows("tok/s | ctx "));
  CHECK(terminal.shows("verified "));
  REQUIRE(terminal.shows(">>> "));
  terminal.type("/bye\r");
  CHECK(terminal.ends() == 0);
}

TEST_CASE("chat at a terminal: Ctrl-D during an answer leaves after it", "[cli]") {
  const ModelFiles files;
  auto terminal = chat_that_answers(files);
  terminal.type(ctrl_d);
  CHECK(terminal.shows("verified "));
  CHECK(terminal.ends() == 0);
}

TEST_CASE("chat at a terminal: Ctrl-D leaves at the very moment that the prompt is there", "[cli]") {
  const ModelFiles files;
  for (int time = 0; time < 20; ++time) {
    Terminal terminal({"chat", files.model, "--port", "sim:native", "-n", "9"});
    REQUIRE(terminal.shows(">>> "));
    terminal.type(ctrl_d);
    REQUIRE(terminal.ends() == 0);
  }
}

// SPDX-License-Identifier: MIT
#include "base/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

namespace mcullm {

namespace {

using Clock = std::chrono::steady_clock;

auto becomes(int fd, int standard) -> bool { return fd < 0 || ::dup2(fd, standard) >= 0; }

// In the child, between fork and exec: nothing but calls that are safe there. Never returns.
[[noreturn]] void become(char* const* argv, const ChildSetup& setup, int report) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  std::signal(SIGPIPE, SIG_DFL);
  if (setup.ignored_signal != 0) std::signal(setup.ignored_signal, SIG_IGN);
  if (setup.terminal >= 0) ::ioctl(setup.terminal, TIOCSCTTY, 0);
  if (becomes(setup.in, STDIN_FILENO) && becomes(setup.out, STDOUT_FILENO) &&
      becomes(setup.error, STDERR_FILENO))
    ::execvp(argv[0], argv);
  const int code = errno;
  [[maybe_unused]] const auto told = ::write(report, &code, sizeof code);
  ::_exit(127);
}

auto exit_code(int status) -> int { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

auto ChildProcess::start(const std::vector<std::string>& argv, const ChildSetup& setup)
    -> Result<ChildProcess> {
  std::vector<char*> raw(argv.size() + 1);  // execvp wants a null pointer at the end
  std::ranges::transform(argv, raw.begin(), [](const auto& text) { return const_cast<char*>(text.c_str()); });
  const auto failed = [&](int code) {
    return Error{Exit::no_device, fmt::format("cannot start {}: {}", argv[0], std::strerror(code)),
                 "is the path right, and may it be executed?"};
  };
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0) return failed(errno);
  const auto pid = ::fork();
  if (pid == 0) become(raw.data(), setup, report[1]);
  const int fork_error = errno;
  ::close(report[1]);
  int code = 0;  // the pipe ends without one when exec succeeds
  const auto told = ::read(report[0], &code, sizeof code);
  ::close(report[0]);
  if (pid < 0) return failed(fork_error);
  ChildProcess child(pid);
  if (told == sizeof code) return failed(code);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, none)) {}

auto ChildProcess::operator=(ChildProcess&& other) noexcept -> ChildProcess& {
  std::swap(pid_, other.pid_);
  return *this;
}

void ChildProcess::signal(int number) const {
  if (pid_ != none) ::kill(pid_, number);  // kill() takes -1 for everybody
}

auto ChildProcess::wait(std::chrono::milliseconds limit) -> std::optional<int> {
  const auto until = Clock::now() + limit;
  while (pid_ != none) {
    int status = 0;
    const auto ended = ::waitpid(pid_, &status, WNOHANG);
    if (ended == pid_) {
      pid_ = none;
      return exit_code(status);
    }
    if (ended < 0 && errno != EINTR) break;
    if (Clock::now() >= until) break;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return std::nullopt;
}

void ChildProcess::kill() {
  if (pid_ == none) return;
  ::kill(-pid_, SIGKILL);  // and what it started
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = none;
}

}  // namespace mcullm

// SPDX-License-Identifier: MIT
#include "link/process_transport.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "link/descriptor.hpp"

namespace mcullm::link {

namespace {

// A running program, killed and reaped at its end.
class Child {
 public:
  Child() = default;
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() { stop(); }
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, none)) {}
  auto operator=(Child&& other) noexcept -> Child& {
    std::swap(pid_, other.pid_);
    return *this;
  }

  void stop() {
    if (pid_ == none) return;  // kill() takes -1 for everybody
    ::kill(-pid_, SIGKILL);    // and what it started
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = none;
  }

 private:
  static constexpr pid_t none = -1;
  pid_t pid_ = none;
};

struct Program {
  Descriptor line;  // our end of its pty
  Child child;      // goes first: it need not hear that the line is gone
};

// In the child, between fork and exec: nothing but calls that are safe there. Never returns.
[[noreturn]] void become(char* const* argv, int slave, int report) {
  // a session of its own: Ctrl-C in our terminal is not for it, and a hang-up ends it when we are killed
  ::setsid();
  ::ioctl(slave, TIOCSCTTY, 0);
  if (::dup2(slave, STDIN_FILENO) >= 0 && ::dup2(slave, STDOUT_FILENO) >= 0) ::execvp(argv[0], argv);
  const int code = errno;
  [[maybe_unused]] const auto told = ::write(report, &code, sizeof code);
  ::_exit(127);
}

auto start(const std::vector<std::string>& argv) -> Result<Program> {
  std::vector<char*> raw(argv.size() + 1);  // execvp wants a null pointer at the end
  std::ranges::transform(argv, raw.begin(), [](const auto& text) { return const_cast<char*>(text.c_str()); });
  const auto failed = [&](int code) {
    return Error{Exit::no_device, fmt::format("cannot start {}: {}", argv[0], std::strerror(code)),
                 "is the path right, and may it be executed?"};
  };
  int master = -1, slave = -1, report[2];
  if (::openpty(&master, &slave, nullptr, nullptr, nullptr) != 0) return failed(errno);
  Descriptor line(master);
  const Descriptor slave_end(slave);
  if (!make_raw(slave) || ::pipe2(report, O_CLOEXEC) != 0) return failed(errno);
  ::fcntl(master, F_SETFD, FD_CLOEXEC);
  ::fcntl(slave, F_SETFD, FD_CLOEXEC);
  ::fcntl(slave, F_SETFL, ::fcntl(slave, F_GETFL) & ~O_NONBLOCK);  // as programs expect their input

  const auto pid = ::fork();
  if (pid == 0) become(raw.data(), slave, report[1]);
  const int fork_error = errno;
  ::close(report[1]);
  int code = 0;  // the pipe ends without one when exec succeeds
  const auto told = ::read(report[0], &code, sizeof code);
  ::close(report[0]);
  if (pid < 0) return failed(fork_error);
  Program program{.line = std::move(line), .child = Child(pid)};
  if (told == sizeof code) return failed(code);
  return program;
}

class ProcessTransport : public Transport {
 public:
  ProcessTransport(Program program, std::vector<std::string> argv, std::string name,
                   std::shared_ptr<const void> companion)
      : companion_(std::move(companion)),
        program_(std::move(program)),
        argv_(std::move(argv)),
        name_(std::move(name)) {}

  auto read(std::span<std::byte> into, std::chrono::milliseconds patience) -> std::size_t override {
    return program_.line.read(into, patience);
  }
  void write(std::span<const std::byte> bytes) override { program_.line.write(bytes); }
  void drain() override {}  // a pty holds nothing back
  auto connected() const -> bool override { return program_.line.open(); }
  auto name() const -> std::string override { return name_; }

  void reset() override {
    program_.child.stop();
    if (auto again = start(argv_)) program_ = std::move(again).value();
  }

 private:
  std::shared_ptr<const void> companion_;  // goes after the program
  Program program_;
  std::vector<std::string> argv_;
  std::string name_;
};

}  // namespace

auto start_process(std::vector<std::string> argv, std::string name, std::shared_ptr<const void> companion)
    -> Result<std::unique_ptr<Transport>> {
  auto program = start(argv);
  if (!program) return program.error();
  return std::unique_ptr<Transport>(std::make_unique<ProcessTransport>(
      std::move(program).value(), std::move(argv), std::move(name), std::move(companion)));
}

}  // namespace mcullm::link

// SPDX-License-Identifier: MIT
#include "link/process_transport.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pty.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/child_process.hpp"
#include "link/descriptor.hpp"

namespace mcullm::link {

namespace {

struct Program {
  Descriptor line;     // our end of its pty
  ChildProcess child;  // goes first: it need not hear that the line is gone
};

auto start(const std::vector<std::string>& argv) -> Result<Program> {
  const auto failed = [&] {
    return Error{Exit::no_device, fmt::format("cannot start {}: {}", argv[0], std::strerror(errno)), ""};
  };
  int master = -1, slave = -1;
  if (::openpty(&master, &slave, nullptr, nullptr, nullptr) != 0) return failed();
  Descriptor line(master);
  const Descriptor slave_end(slave);
  if (!make_raw(slave)) return failed();
  ::fcntl(master, F_SETFD, FD_CLOEXEC);
  ::fcntl(slave, F_SETFD, FD_CLOEXEC);
  ::fcntl(slave, F_SETFL, ::fcntl(slave, F_GETFL) & ~O_NONBLOCK);  // as programs expect their input
  // with the pty as its terminal, a hang-up ends it when we are killed
  auto child = ChildProcess::start(argv, {.in = slave, .out = slave, .error = -1, .terminal = slave});
  if (!child) return child.error();
  return Program{.line = std::move(line), .child = std::move(child).value()};
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
  auto remedy() const -> std::string override {
    return "its program ended; what it had to say about that stands above";
  }
  auto slowness() const -> int override { return 10; }
  auto name() const -> std::string override { return name_; }

  void reset() override {
    program_.child.kill();
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

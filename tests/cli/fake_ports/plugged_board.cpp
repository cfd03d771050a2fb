// SPDX-License-Identifier: MIT
#include "cli/fake_ports/plugged_board.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace mcullm::tests {
namespace {

auto start_agent(std::vector<std::string> options, int line) -> pid_t {
  options.insert(options.begin(), MCULLM_AGENT);
  std::vector<char*> argv;
  for (auto& option : options) argv.push_back(option.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::dup2(line, STDIN_FILENO);
  ::dup2(line, STDOUT_FILENO);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

// Once from one side to the other; false when there was nothing, or nobody.
auto pass_on(int from, int to) -> bool {
  char bytes[4096];
  const auto count = ::read(from, bytes, sizeof bytes);
  if (count <= 0) return false;
  for (ssize_t done = 0; done < count;) {
    const auto written = ::write(to, bytes + done, static_cast<std::size_t>(count - done));
    if (written <= 0) return false;  // whoever listened is gone
    done += written;
  }
  return true;
}

auto environment(const char* name) -> std::string {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

PluggedBoard::PluggedBoard(std::vector<std::string> agent_options) {
  int slave = -1;
  char name[128];
  termios raw{};
  ::cfmakeraw(&raw);
  int sockets[2];
  if (::openpty(&line_, &slave, name, &raw, nullptr) != 0 ||
      ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    throw std::runtime_error("no pty");
  ::fcntl(line_, F_SETFD, FD_CLOEXEC);
  ::close(slave);  // who holds it would seem to use the port
  path_ = name;
  agent_ = start_agent(std::move(agent_options), sockets[1]);
  ::close(sockets[1]);
  agent_line_ = sockets[0];
  carrier_ = std::thread([this] { carry(); });
}

PluggedBoard::~PluggedBoard() {
  unplugged_ = true;
  carrier_.join();
  ::kill(agent_, SIGKILL);
  ::waitpid(agent_, nullptr, 0);
  ::close(line_);
  ::close(agent_line_);
}

void PluggedBoard::carry() {
  constexpr int patience_ms = 20;
  while (!unplugged_) {
    pollfd waiting[] = {{line_, POLLIN, 0}, {agent_line_, POLLIN, 0}};
    ::poll(waiting, 2, patience_ms);
    if ((waiting[1].revents & POLLIN) != 0) pass_on(agent_line_, line_);
    const bool nobody = (waiting[0].revents & POLLIN) == 0 || !pass_on(line_, agent_line_);
    // a pty that nobody has open hangs up without end
    if (nobody && waiting[1].revents == 0) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

PortList::PortList()
    : list_("FAKE_SERIAL_PORTS", scratch_ / "ports"),
      preload_("LD_PRELOAD", FAKE_SERIALPORT),
      asan_("ASAN_OPTIONS", environment("ASAN_OPTIONS") + ":verify_asan_link_order=0") {}

void PortList::add(const std::string& path, const std::string& vendor, const std::string& product,
                   const std::string& serial, const std::string& name) {
  std::ofstream(scratch_ / "ports", std::ios::app) << path << '|' << name << '|' << vendor << '|' << product
                                                   << '|' << serial << "|a maker|" << name << '\n';
}

}  // namespace mcullm::tests

// SPDX-License-Identifier: MIT
#include "uno.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace uno {

namespace {

using Clock = std::chrono::steady_clock;

// Appends what arrives at `fd` until `enough` says so, time is up, or the stream ends.
template <class Enough>
auto read_until(int fd, std::chrono::milliseconds limit, Enough enough) -> std::string {
  std::string text;
  const auto deadline = Clock::now() + limit;
  while (!enough(text)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd entry{fd, POLLIN, 0};
    if (left <= 0 || ::poll(&entry, 1, static_cast<int>(left)) <= 0) break;
    char byte = 0;
    if (::read(fd, &byte, 1) != 1) break;
    text.push_back(byte);
  }
  return text;
}

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "mcullm-uno-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

auto firmware(const std::string& name) -> std::string {
  return std::string(FIRMWARE_DIR "/") + name + ".elf";
}

Process::Process(const Arguments& command, const std::string& input) {
  std::array<int, 2> in{}, out{}, error{};
  if (::pipe2(in.data(), O_CLOEXEC) || ::pipe2(out.data(), O_CLOEXEC) || ::pipe2(error.data(), O_CLOEXEC))
    throw std::runtime_error("no pipes");
  in_ = in[1];
  write(input);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  ::posix_spawn_file_actions_adddup2(&actions, error[1], 2);
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const int failure = ::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  for (const int fd : {in[0], out[1], error[1]}) ::close(fd);
  out_ = out[0], error_ = error[0];
  if (failure) throw std::runtime_error("cannot start " + command.at(0));
}

Process::~Process() {
  close_input();
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(out_);
  ::close(error_);
}

void Process::write(const std::string& bytes) {
  if (::write(in_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("the process does not read");
}

void Process::close_input() {
  if (in_ >= 0) ::close(std::exchange(in_, -1));
}

auto Process::read(std::size_t count, std::chrono::milliseconds limit) -> std::string {
  return read_until(out_, limit, [&](const std::string& text) { return text.size() >= count; });
}

auto Process::read_error_line(std::chrono::milliseconds limit) -> std::string {
  auto line = read_until(error_, limit, [](const std::string& text) { return text.ends_with('\n'); });
  if (line.ends_with('\n')) line.pop_back();
  return line;
}

void Process::signal(int number) const { ::kill(pid_, number); }

auto Process::wait(std::chrono::milliseconds limit) -> int {
  const auto deadline = Clock::now() + limit;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (Clock::now() > deadline) return -1;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

auto Process::cpu_seconds() const -> double {
  std::ifstream stat("/proc/" + std::to_string(pid_) + "/stat");
  std::string word;
  double ticks = 0;
  for (int field = 1; field <= 15 && stat >> word; field++) {
    if (field >= 14) ticks += std::stod(word);
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Port::Port(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)) {
  if (fd_ < 0) throw std::runtime_error("cannot open " + path);
}

Port::~Port() { ::close(fd_); }

void Port::set_speed(speed_t speed) {
  termios settings{};
  ::tcgetattr(fd_, &settings);
  ::cfmakeraw(&settings);
  ::cfsetspeed(&settings, speed);
  if (::tcsetattr(fd_, TCSANOW, &settings) != 0) throw std::runtime_error("cannot set the speed");
}

void Port::write(const std::string& bytes) {
  if (::write(fd_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("the port does not take it");
}

auto Port::read(std::size_t count, std::chrono::milliseconds limit) -> std::string {
  return read_until(fd_, limit, [&](const std::string& text) { return text.size() >= count; });
}

auto Outcome::mark_values() const -> std::vector<int> {
  std::vector<int> values;
  for (const auto& [cycle, value] : marks) values.push_back(value);
  return values;
}

auto Outcome::cycle_of(int value) const -> std::uint64_t {
  for (const auto& [cycle, marked] : marks) {
    if (marked == value) return cycle;
  }
  throw std::runtime_error("no mark " + std::to_string(value));
}

auto run(Arguments arguments, const std::string& input) -> Outcome {
  const Folder folder;
  arguments.insert(arguments.begin(), SIMULATOR);
  arguments.insert(arguments.end(), {"--report", folder / "report", "--marks", folder / "marks"});
  Process process(arguments, input);
  process.close_input();
  Outcome outcome{};
  outcome.output = process.read(std::size_t{1} << 20, std::chrono::seconds(20));
  outcome.exit_code = process.wait();
  std::ifstream report(folder / "report"), marks(folder / "marks");
  if (report) outcome.report = nlohmann::json::parse(report, nullptr, false);
  for (std::pair<std::uint64_t, int> mark; marks >> mark.first >> mark.second;) outcome.marks.push_back(mark);
  return outcome;
}

}  // namespace uno

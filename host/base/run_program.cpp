// SPDX-License-Identifier: MIT
#include "base/run_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/child_process.hpp"

namespace mcullm {

namespace fs = std::filesystem;

namespace {

constexpr int cancel_interval_ms = 50;

class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile() { close(); }
  OpenFile(const OpenFile&) = delete;
  auto operator=(const OpenFile&) -> OpenFile& = delete;
  auto get() const -> int { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

auto no_pipe() -> Error { return {Exit::internal, std::string("no pipe: ") + std::strerror(errno), ""}; }

// false: the output has ended.
auto read_output(int fd, std::string& output, const OutputFn& on_output) -> bool {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  if (::poll(&entry, 1, cancel_interval_ms) <= 0) return true;
  std::array<char, 4096> bytes;
  const auto count = ::read(fd, bytes.data(), bytes.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
  output += text;
  if (on_output && count > 0) on_output(text);
  return count > 0;
}

}  // namespace

auto program_in_path(const std::string& name) -> std::optional<fs::path> {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const auto folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    const auto candidate = fs::path(folder.empty() ? "." : folder) / name;
    std::error_code error;
    if (fs::is_regular_file(candidate, error) && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

auto run_program(const std::vector<std::string>& argv, const OutputFn& on_output,
                 const std::atomic<bool>* cancel) -> Result<ProgramRun> {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return no_pipe();
  const OpenFile output(ends[0]);
  OpenFile child_output(ends[1]);
  const OpenFile nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  auto child = ChildProcess::start(
      argv, {.in = nothing.get(), .out = child_output.get(), .error = child_output.get()});
  if (!child) return child.error();
  child_output.close();
  ProgramRun run;
  while (read_output(output.get(), run.output, on_output)) {
    if (cancel != nullptr && cancel->load()) return Error{Exit::cancelled, "interrupted", ""};
  }
  for (;;) {  // its output may end before it does
    if (const auto code = child->wait(std::chrono::milliseconds{cancel_interval_ms})) {
      run.exit_code = *code;
      return run;
    }
    if (cancel != nullptr && cancel->load()) return Error{Exit::cancelled, "interrupted", ""};
  }
}

}  // namespace mcullm

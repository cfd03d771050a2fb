// SPDX-License-Identifier: MIT
#include "sim/board_on_pty.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pty.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <span>
#include <thread>
#include <utility>

#include "base/child_process.hpp"
#include "link/descriptor.hpp"
#include "sim/board_command.hpp"

namespace mcullm::sim {

namespace {

constexpr int look_interval_ms = 50;
constexpr std::chrono::milliseconds at_once{0};
constexpr std::chrono::seconds end_patience{5};

auto no_terminal() -> Error {
  return {Exit::no_device, fmt::format("no pseudo terminal: {}", std::strerror(errno)),
          "is /dev/pts mounted?"};
}

struct Pty {
  link::Descriptor master, slave;
  std::string path;
};

auto make_pty() -> Result<Pty> {
  int master = -1, slave = -1;
  std::array<char, 128> name{};
  if (::openpty(&master, &slave, name.data(), nullptr, nullptr) != 0) return no_terminal();
  Pty pty{.master = link::Descriptor(master), .slave = link::Descriptor(slave), .path = name.data()};
  ::fcntl(master, F_SETFD, FD_CLOEXEC);
  ::fcntl(slave, F_SETFD, FD_CLOEXEC);
  if (!link::make_raw(slave)) return no_terminal();
  return pty;
}

// Tells of every opening and closing from now on.
auto watch_openings(const std::string& path) -> Result<link::Descriptor> {
  link::Descriptor openings(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!openings.open() || ::inotify_add_watch(openings.get(), path.c_str(), IN_OPEN | IN_CLOSE) < 0)
    return no_terminal();
  return openings;
}

struct Parts {
  std::shared_ptr<const void> files;  // go after the program
  Pty port;                           // its slave stays open, so that its master lives while nobody has it
  link::Descriptor openings;
  link::Descriptor board;  // our end of the program's own terminal
  ChildProcess child;
  int reset_signal;
};

class RunningBoard : public BoardOnPty {
 public:
  explicit RunningBoard(Parts parts) : parts_(std::move(parts)), bridge_([this] { bridge(); }) {}

  ~RunningBoard() override {
    ending_ = true;
    bridge_.join();
    parts_.child.signal(SIGTERM);
    parts_.child.wait(end_patience);
  }

  auto path() const -> const std::string& override { return parts_.port.path; }
  auto wait(std::chrono::milliseconds limit) -> std::optional<int> override;

 private:
  void bridge();
  void note_openings();
  void press_reset();
  void pass_rate();
  void board_to_port();
  void port_to_board();

  Parts parts_;
  std::mutex child_mutex_;
  int openers_ = 0;  // who have the port open
  speed_t rate_ = B0;
  std::array<std::byte, 4096> bytes_;
  std::atomic<bool> ending_ = false;
  std::thread bridge_;
};

auto RunningBoard::wait(std::chrono::milliseconds limit) -> std::optional<int> {
  const auto until = std::chrono::steady_clock::now() + limit;
  for (;;) {
    {
      const std::scoped_lock lock(child_mutex_);
      if (const auto code = parts_.child.wait(at_once)) return code;
    }
    if (std::chrono::steady_clock::now() >= until) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds{look_interval_ms});
  }
}

void RunningBoard::press_reset() {
  if (parts_.reset_signal == 0) return;
  const std::scoped_lock lock(child_mutex_);
  parts_.child.signal(parts_.reset_signal);
}

// Openings before bytes: a reset comes before what the new host says.
void RunningBoard::bridge() {
  while (!ending_ && parts_.board.open()) {
    std::array<pollfd, 3> entries{{{parts_.openings.get(), POLLIN, 0},
                                   {parts_.port.master.get(), POLLIN, 0},
                                   {parts_.board.get(), POLLIN, 0}}};
    if (::poll(entries.data(), entries.size(), look_interval_ms) <= 0) continue;
    if (entries[0].revents != 0) note_openings();
    if (entries[1].revents != 0) port_to_board();
    if (entries[2].revents != 0) board_to_port();
  }
}

void RunningBoard::note_openings() {
  alignas(inotify_event) std::array<char, 4096> buffer;
  const auto size = ::read(parts_.openings.get(), buffer.data(), buffer.size());
  for (std::ptrdiff_t at = 0; at < size;) {
    const auto& event = *reinterpret_cast<const inotify_event*>(buffer.data() + at);
    at += static_cast<std::ptrdiff_t>(sizeof event + event.len);
    if ((event.mask & IN_OPEN) != 0 && openers_++ == 0) press_reset();
    if ((event.mask & IN_CLOSE) != 0 && openers_ > 0 && --openers_ == 0)
      ::tcflush(parts_.port.slave.get(), TCIFLUSH);
  }
}

// The program may want to know how fast its host would speak.
void RunningBoard::pass_rate() {
  termios port{}, board{};
  if (::tcgetattr(parts_.port.slave.get(), &port) != 0 || ::cfgetospeed(&port) == rate_) return;
  rate_ = ::cfgetospeed(&port);
  if (::tcgetattr(parts_.board.get(), &board) != 0) return;
  ::cfsetspeed(&board, rate_);
  ::tcsetattr(parts_.board.get(), TCSANOW, &board);
}

void RunningBoard::port_to_board() {
  pass_rate();
  const auto count = parts_.port.master.read(bytes_, at_once);
  parts_.board.write(std::span(bytes_).first(count));
}

// What nobody hears is lost.
void RunningBoard::board_to_port() {
  const auto count = parts_.board.read(bytes_, at_once);
  if (openers_ > 0) parts_.port.master.write(std::span(bytes_).first(count));
}

}  // namespace

auto BoardOnPty::start(const SimulatedBoard& board, const BoardOptions& options)
    -> Result<std::unique_ptr<BoardOnPty>> {
  auto command = board_command(board, options);
  if (!command) return command.error();
  auto port = make_pty(), own = make_pty();
  if (!port) return port.error();
  if (!own) return own.error();
  auto openings = watch_openings(port->path);
  if (!openings) return openings.error();
  const int end = own->slave.get();
  ::fcntl(end, F_SETFL, ::fcntl(end, F_GETFL) & ~O_NONBLOCK);  // as programs expect their input
  // its reset button may be pressed before it listens
  auto child = ChildProcess::start(
      command->argv,
      {.in = end, .out = end, .error = -1, .terminal = end, .ignored_signal = board.reset_signal});
  if (!child) return child.error();
  return std::unique_ptr<BoardOnPty>(
      std::make_unique<RunningBoard>(Parts{.files = std::move(command->files),
                                           .port = std::move(port).value(),
                                           .openings = std::move(openings).value(),
                                           .board = std::move(own->master),
                                           .child = std::move(child).value(),
                                           .reset_signal = board.reset_signal}));
}

}  // namespace mcullm::sim

// SPDX-License-Identifier: MIT
#include "link/descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace mcullm::link {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A line that takes no byte for so long has nobody at its other end.
constexpr milliseconds write_patience{1000};

// Waits for `events`; the events that came, 0 when the time is over.
auto wait_for(int fd, short events, Clock::time_point until) -> short {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    pollfd entry{.fd = fd, .events = events, .revents = 0};
    const int ready = ::poll(&entry, 1, left > 0 ? static_cast<int>(left) : 0);
    if (ready > 0) return entry.revents;
    if (ready == 0 || errno != EINTR) return 0;
  }
}

auto try_again() -> bool { return errno == EAGAIN || errno == EINTR; }

}  // namespace

Descriptor::Descriptor(int fd) : fd_(fd) {
  if (fd >= 0) ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), hung_up_(other.hung_up_) {}

auto Descriptor::operator=(Descriptor&& other) noexcept -> Descriptor& {
  std::swap(fd_, other.fd_);
  std::swap(hung_up_, other.hung_up_);
  return *this;
}

auto Descriptor::read(std::span<std::byte> into, milliseconds patience) -> std::size_t {
  const auto until = Clock::now() + patience;
  while (open()) {
    const auto count = ::read(fd_, into.data(), into.size());
    if (count > 0) return static_cast<std::size_t>(count);
    if (count < 0 && !try_again()) hung_up_ = true;
    // end of file: on a terminal also when nothing is there, so ask poll
    const auto events = wait_for(fd_, POLLIN, until);
    if (events == 0) return 0;
    if ((events & POLLIN) == 0) hung_up_ = true;
    if (count == 0 && (events & POLLHUP) != 0) hung_up_ = true;
  }
  return 0;
}

void Descriptor::write(std::span<const std::byte> bytes) {
  while (open() && !bytes.empty()) {
    const auto count = ::write(fd_, bytes.data(), bytes.size());
    if (count > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      continue;
    }
    if (count < 0 && !try_again()) hung_up_ = true;
    const auto events = wait_for(fd_, POLLOUT, Clock::now() + write_patience);
    if (events == 0) return;
    if ((events & (POLLHUP | POLLERR | POLLNVAL)) != 0) hung_up_ = true;
  }
}

auto make_raw(int fd) -> bool {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) return false;
  ::cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  return ::tcsetattr(fd, TCSANOW, &settings) == 0;
}

}  // namespace mcullm::link

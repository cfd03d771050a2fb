// SPDX-License-Identifier: MIT
#include "sim/uno/byte_stream.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace mcullm::uno {

namespace {

constexpr std::size_t input_limit = 4096;  // more stays with the sender

auto speed_value(speed_t speed) -> std::optional<std::uint32_t> {
  constexpr std::pair<speed_t, std::uint32_t> speeds[] = {
      {B9600, 9600},     {B19200, 19200},   {B38400, 38400},     {B57600, 57600},
      {B115200, 115200}, {B230400, 230400}, {B460800, 460800},   {B500000, 500000},
      {B576000, 576000}, {B921600, 921600}, {B1000000, 1000000}, {B2000000, 2000000}};
  for (const auto& [code, value] : speeds) {
    if (code == speed) return value;
  }
  return std::nullopt;
}

void make_raw(int fd) {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) return;
  ::cfmakeraw(&settings);
  ::tcsetattr(fd, TCSANOW, &settings);
}

}  // namespace

auto ByteStream::on_descriptors(int in, int out) -> ByteStream { return {in, out, {}}; }

auto ByteStream::on_new_pty() -> Result<ByteStream> {
  const auto failed = [] {
    return Error{Exit::no_device, std::string("no pseudo terminal: ") + std::strerror(errno),
                 "is /dev/pts mounted?"};
  };
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  std::array<char, 128> name{};
  if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0 ||
      ::ptsname_r(master, name.data(), name.size()) != 0)
    return failed();
  ByteStream stream(master, master, name.data());
  const int slave = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) return failed();
  make_raw(slave);
  ::close(slave);
  // a close and an open in quick succession leave no other trace
  stream.openings_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (::inotify_add_watch(stream.openings_, name.data(), IN_OPEN | IN_CLOSE) < 0) return failed();
  return stream;
}

ByteStream::ByteStream(ByteStream&& other) noexcept
    : in_(std::exchange(other.in_, -1)),
      out_(std::exchange(other.out_, -1)),
      openings_(std::exchange(other.openings_, -1)),
      path_(std::exchange(other.path_, {})) {}

ByteStream::~ByteStream() {
  if (!path_.empty() && in_ >= 0) ::close(in_);
  if (openings_ >= 0) ::close(openings_);
}

void ByteStream::poll(std::chrono::microseconds limit) {
  const bool full = input_.size() >= input_limit;
  const bool listens = !ended_ && (path_.empty() || openers_ > 0);
  std::array<pollfd, 2> entries{
      {{listens ? in_ : -1, static_cast<short>(full ? 0 : POLLIN), 0}, {openings_, POLLIN, 0}}};
  const timespec span{limit.count() / 1'000'000, limit.count() % 1'000'000 * 1000};
  if (::ppoll(entries.data(), entries.size(), &span, nullptr) <= 0) return;
  const auto events = entries[0].revents;
  if (entries[1].revents) {
    note_openings();
  } else if (!path_.empty() && events & POLLHUP) {
    openers_ = 0;  // the kernel merges equal notifications: this is the truth
  }
  if (!opened_ && (events & POLLIN || (path_.empty() && events))) read_input();
}

void ByteStream::note_openings() {
  alignas(inotify_event) std::array<char, 4096> buffer;
  const auto size = ::read(openings_, buffer.data(), buffer.size());
  for (std::ptrdiff_t at = 0; at < size;) {
    const auto& event = *reinterpret_cast<const inotify_event*>(buffer.data() + at);
    at += static_cast<std::ptrdiff_t>(sizeof event + event.len);
    if (event.mask & IN_CLOSE && openers_ > 0) openers_--;
    if (event.mask & IN_OPEN && openers_++ == 0) {
      opened_ = true;
      input_.clear();
    }
  }
}

void ByteStream::read_input() {
  std::array<std::uint8_t, input_limit> bytes;
  const auto count = ::read(in_, bytes.data(), bytes.size());
  if (count > 0) {
    input_.insert(input_.end(), bytes.begin(), bytes.begin() + count);
  } else if (path_.empty() && !(count < 0 && (errno == EINTR || errno == EAGAIN))) {
    ended_ = true;
  }
}

auto ByteStream::take() -> std::uint8_t {
  const std::uint8_t byte = input_.front();
  input_.pop_front();
  return byte;
}

void ByteStream::flush() {
  if (output_.empty()) return;
  const bool unheard = !path_.empty() && openers_ == 0;
  std::size_t written = unheard ? output_.size() : 0;
  while (written < output_.size()) {
    const auto count = ::write(out_, output_.data() + written, output_.size() - written);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
    } else if (errno != EINTR && errno != EAGAIN) {
      if (path_.empty()) ended_ = true;
      break;
    } else if (errno == EAGAIN) {
      pollfd entry{out_, POLLOUT, 0};
      ::poll(&entry, 1, 100);
    }
  }
  output_.clear();
}

auto ByteStream::was_opened() -> bool { return std::exchange(opened_, false); }

auto ByteStream::terminal_baud() const -> std::optional<std::uint32_t> {
  termios settings{};
  if (::tcgetattr(in_, &settings) != 0) return std::nullopt;
  return speed_value(::cfgetospeed(&settings));
}

}  // namespace mcullm::uno

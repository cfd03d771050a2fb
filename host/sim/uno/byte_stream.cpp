// SPDX-License-Identifier: MIT
#include "sim/uno/byte_stream.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
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
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  std::array<char, 128> name{};
  if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0 ||
      ::ptsname_r(master, name.data(), name.size()) != 0)
    return Error{Exit::no_device, std::string("no pseudo terminal: ") + std::strerror(errno),
                 "is /dev/pts mounted?"};
  // opening and closing it once makes the master say "hung up" until a host opens it
  const int slave = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  make_raw(slave);
  ::close(slave);
  return ByteStream(master, master, name.data());
}

ByteStream::ByteStream(ByteStream&& other) noexcept
    : in_(std::exchange(other.in_, -1)), out_(std::exchange(other.out_, -1)), path_(std::move(other.path_)) {}

ByteStream::~ByteStream() {
  if (!path_.empty() && in_ >= 0) ::close(in_);
}

void ByteStream::poll(std::chrono::microseconds limit) {
  if (ended_) {
    std::this_thread::sleep_for(limit);
    return;
  }
  if (!path_.empty() && !connected_) await_opening(limit);
  const bool full = input_.size() >= input_limit;
  pollfd entry{in_, static_cast<short>(full ? 0 : POLLIN), 0};
  const bool wait = path_.empty() || connected_;
  const timespec span{wait ? limit.count() / 1'000'000 : 0, wait ? limit.count() % 1'000'000 * 1000 : 0};
  if (::ppoll(&entry, 1, &span, nullptr) < 0) return;
  note_connection(!(entry.revents & POLLHUP));
  if (entry.revents & POLLIN || (path_.empty() && entry.revents & (POLLHUP | POLLERR | POLLNVAL)))
    read_input();
}

// A pty that nobody has open reports that at once, so its opening has to be looked for.
void ByteStream::await_opening(std::chrono::microseconds limit) const {
  constexpr std::chrono::microseconds step(2000);
  for (auto left = limit; left.count() > 0; left -= step) {
    pollfd entry{in_, 0, 0};
    if (::poll(&entry, 1, 0) < 0 || !(entry.revents & POLLHUP)) return;
    std::this_thread::sleep_for(std::min(left, step));
  }
}

void ByteStream::note_connection(bool connected) {
  if (path_.empty()) return;
  if (connected && !connected_) {
    opened_ = true;
    input_.clear();
  }
  connected_ = connected;
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
  const bool unheard = !path_.empty() && !connected_;
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

// SPDX-License-Identifier: MIT
#include "link/tty_transport.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <termios.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "link/descriptor.hpp"

namespace mcullm::link {

namespace {

class TtyTransport : public Transport {
 public:
  TtyTransport(Descriptor line, std::string path) : line_(std::move(line)), path_(std::move(path)) {}

  auto read(std::span<std::byte> into, std::chrono::milliseconds patience) -> std::size_t override {
    return line_.read(into, patience);
  }
  void write(std::span<const std::byte> bytes) override { line_.write(bytes); }
  void drain() override { ::tcdrain(line_.get()); }
  auto connected() const -> bool override { return line_.open(); }
  auto name() const -> std::string override { return path_; }

 private:
  Descriptor line_;
  std::string path_;
};

}  // namespace

auto open_tty(const std::string& path) -> Result<std::unique_ptr<Transport>> {
  Descriptor line(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  if (!line.open())
    return Error{Exit::no_device, fmt::format("{}: {}", path, std::strerror(errno)),
                 "is the board plugged in, or the simulator started? mcullm list shows the ports"};
  if (::flock(line.get(), LOCK_EX | LOCK_NB) != 0)
    return Error{Exit::no_device, fmt::format("{}: another program has it open", path),
                 "end the other program first"};
  if (!make_raw(line.get()))
    return Error{Exit::no_device, fmt::format("{}: not a port", path),
                 "a port is a device such as /dev/ttyACM0; mcullm list shows those that are there"};
  return std::unique_ptr<Transport>(std::make_unique<TtyTransport>(std::move(line), path));
}

}  // namespace mcullm::link

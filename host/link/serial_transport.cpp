// SPDX-License-Identifier: MIT
#include "link/serial_transport.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <libserialport.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "link/descriptor.hpp"
#include "link/serial_ports.hpp"

namespace mcullm::link {

namespace {

struct PortDeleter {
  void operator()(sp_port* port) const {
    sp_close(port);
    sp_free_port(port);
  }
};
using Port = std::unique_ptr<sp_port, PortDeleter>;

auto find_port(const std::string& path) -> Port {
  sp_port* port = nullptr;
  return Port(sp_get_port_by_name(path.c_str(), &port) == SP_OK ? port : nullptr);
}

class SerialTransport : public Transport {
 public:
  SerialTransport(Port port, Descriptor line, std::string path, int rate_baud)
      : port_(std::move(port)),
        line_(std::move(line)),
        path_(std::move(path)),
        rate_baud_(rate_baud),
        two_rates_(rate_baud == fast_rate_baud) {}

  auto read(std::span<std::byte> into, std::chrono::milliseconds patience) -> std::size_t override {
    return line_.read(into, patience);
  }
  void write(std::span<const std::byte> bytes) override { line_.write(bytes); }
  void drain() override { sp_drain(port_.get()); }
  auto connected() const -> bool override { return line_.open(); }
  auto name() const -> std::string override { return path_; }

  auto next_rate() -> bool override {
    if (!two_rates_) return false;
    rate_baud_ = rate_baud_ == fast_rate_baud ? safe_rate_baud : fast_rate_baud;
    sp_drain(port_.get());
    return sp_set_baudrate(port_.get(), rate_baud_) == SP_OK;
  }

  void reset() override {
    sp_set_dtr(port_.get(), SP_DTR_OFF);
    sp_set_rts(port_.get(), SP_RTS_OFF);
    std::this_thread::sleep_for(std::chrono::milliseconds{50});  // a capacitor makes a pulse of the edge
    sp_set_dtr(port_.get(), SP_DTR_ON);
    sp_set_rts(port_.get(), SP_RTS_ON);
  }

 private:
  Port port_;
  Descriptor line_;  // a duplicate: libserialport closes its own
  std::string path_;
  int rate_baud_;
  const bool two_rates_;
};

auto busy(const std::string& path) -> Error {
  const auto holders = port_holders(path);
  return {
      Exit::no_device,
      fmt::format("{}: another program has it open{}", path, holders.empty() ? "" : ": " + names_of(holders)),
      holders.empty() ? "close serial monitors and other programs that use the board"
                      : fmt::format("end that program, as with: kill {}", holders.front().pid)};
}

auto last_error(const std::string& path, const char* step) -> Error {
  const int code = errno;
  const auto what = fmt::format("{}: {}: {}", path, step, std::strerror(code));
  if (code == EACCES) return {Exit::no_device, what, "mcullm doctor says how to get access to it"};
  if (code == EBUSY || code == EWOULDBLOCK) return busy(path);
  return {Exit::no_device, what, "is the board plugged in? try another cable or port"};
}

// 8N1, nothing translated, nothing held back.
auto configure(sp_port* port, int rate_baud) -> bool {
  return sp_set_baudrate(port, rate_baud) == SP_OK && sp_set_bits(port, 8) == SP_OK &&
         sp_set_parity(port, SP_PARITY_NONE) == SP_OK && sp_set_stopbits(port, 1) == SP_OK &&
         sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE) == SP_OK && sp_set_dtr(port, SP_DTR_ON) == SP_OK &&
         sp_set_rts(port, SP_RTS_ON) == SP_OK;
}

}  // namespace

auto is_serial_port(const std::string& path) -> bool { return find_port(path) != nullptr; }

auto open_serial(const std::string& path, int rate_baud) -> Result<std::unique_ptr<Transport>> {
  auto port = find_port(path);
  if (!port) return last_error(path, "no such serial port");
  if (sp_open(port.get(), SP_MODE_READ_WRITE) != SP_OK) return last_error(path, "cannot open it");
  int handle = -1;
  if (sp_get_port_handle(port.get(), &handle) != SP_OK) return last_error(path, "no handle");
  // root passes TIOCEXCL, another program may not know the lock: both
  if (::flock(handle, LOCK_EX | LOCK_NB) != 0 || ::ioctl(handle, TIOCEXCL) != 0)
    return last_error(path, "cannot lock it");
  if (!configure(port.get(), rate_baud))
    return last_error(path, fmt::format("cannot set {} baud, 8N1", rate_baud).c_str());
  Descriptor line(::fcntl(handle, F_DUPFD_CLOEXEC, 0));
  return std::unique_ptr<Transport>(
      std::make_unique<SerialTransport>(std::move(port), std::move(line), path, rate_baud));
}

}  // namespace mcullm::link

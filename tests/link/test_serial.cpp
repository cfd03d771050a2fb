// SPDX-License-Identifier: MIT
// The transport of real ports, over a pty. libserialport knows only devices that sysfs describes and that
// have modem lines; a name that leads around the first check, and an ioctl() of our own that answers for the
// lines that a pty lacks, let it open one. This ioctl() is found before the C library's.
#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <cstdarg>
#include <cstdio>
#include <filesystem>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <string>
#include <thread>

#include "link/serial_ports.hpp"
#include "link/serial_transport.hpp"

namespace {
std::atomic<int> modem_line_changes{0};
}

extern "C" int ioctl(int fd, unsigned long request, ...) noexcept {
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  const auto result = static_cast<int>(::syscall(SYS_ioctl, fd, request, argument));
  if (result == 0 || errno != ENOTTY) return result;
  switch (request) {
    case TIOCMGET:
      *static_cast<int*>(argument) = 0;
      return 0;
    case TIOCMSET:
    case TIOCMBIS:
    case TIOCMBIC:
      ++modem_line_changes;
      return 0;
    default:
      return result;
  }
}

using namespace mcullm;
using std::chrono::milliseconds;

namespace {

// A pty under a name that libserialport takes for a port.
class DisguisedPty {
 public:
  DisguisedPty() {
    std::array<char, 128> name{};
    REQUIRE(::openpty(&master_, &slave_, name.data(), nullptr, nullptr) == 0);
    link_ = std::filesystem::temp_directory_path() / ("mcullm-tty-" + std::to_string(::getpid()));
    std::filesystem::remove(link_);
    std::filesystem::create_symlink(name.data(), link_);
  }
  ~DisguisedPty() {
    hang_up();
    std::filesystem::remove(link_);
  }
  void hang_up() {
    if (master_ >= 0) ::close(master_);
    if (slave_ >= 0) ::close(slave_);
    master_ = slave_ = -1;
  }
  auto path() const -> std::string { return "/dev/../../.." + link_.string(); }
  auto master() const -> int { return master_; }
  auto speed() const -> speed_t {
    termios settings{};
    REQUIRE(::tcgetattr(slave_, &settings) == 0);
    return ::cfgetospeed(&settings);
  }

 private:
  int master_ = -1, slave_ = -1;
  std::filesystem::path link_;
};

// libserialport looks there.
auto no_sysfs() -> bool {
  if (std::filesystem::exists("/sys/class/tty")) return false;
  WARN("SKIPPED: no /sys here");
  return true;
}

// In a process of its own: opens a pty of this number among ptys that have nothing to do with those here,
// says "y" or, where it may not, "n", and holds it open.
[[noreturn]] void hold_namesake(const std::string& slave, int report) {
  const std::string folder =
      std::filesystem::temp_directory_path() / ("mcullm-pts-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  bool open = false;
  const bool apart = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
  if (apart && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
      ::mount("devpts", folder.c_str(), "devpts", 0, "newinstance,ptmxmode=0666") == 0) {
    const std::string wanted = folder + slave.substr(slave.rfind('/'));
    for (int i = 0; i < 1000 && !open; ++i) {
      const int master = ::open((folder + "/ptmx").c_str(), O_RDWR | O_NOCTTY);
      const int unlocked = 0;
      open = ::ioctl(master, TIOCSPTLCK, &unlocked) == 0 && ::open(wanted.c_str(), O_RDWR | O_NOCTTY) >= 0;
    }
  }
  [[maybe_unused]] const auto told = ::write(report, open ? "y" : "n", 1);
  for (;;) ::pause();
}

}  // namespace

TEST_CASE("serial ports: a pty of the same number in another container is another pty", "[link][serial]") {
  int master = -1, slave = -1, report[2];
  std::array<char, 128> name{};
  REQUIRE(::openpty(&master, &slave, name.data(), nullptr, nullptr) == 0);
  REQUIRE(::pipe(report) == 0);
  const pid_t other = ::fork();
  if (other == 0) {
    ::close(master), ::close(slave);
    hold_namesake(name.data(), report[1]);
  }
  char open = 'n';
  REQUIRE(::read(report[0], &open, 1) == 1);
  const auto holders = link::port_holders(name.data());
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
  std::filesystem::remove(std::filesystem::temp_directory_path() / ("mcullm-pts-" + std::to_string(other)));
  for (const int fd : {master, slave, report[0], report[1]}) ::close(fd);
  if (open == 'n') WARN("SKIPPED: no right to mount other ptys here");
  CHECK(holders.empty());
}

TEST_CASE("serial transport: bytes pass both ways as they are, at the rate asked for", "[link][serial]") {
  if (no_sysfs()) return;
  DisguisedPty pty;
  REQUIRE(link::is_serial_port(pty.path()));
  modem_line_changes = 0;
  auto line = link::open_serial(pty.path(), 57600);
  if (!line) FAIL(line.error().what);
  CHECK(pty.speed() == B57600);
  CHECK(modem_line_changes > 0);  // DTR was raised

  const std::string raw("\x03\r\n\x00\x11\x13\xff", 7);
  REQUIRE(::write(pty.master(), raw.data(), raw.size()) == 7);
  std::array<std::byte, 64> back{};
  CHECK((*line)->read(back, milliseconds{1000}) == 7);
  CHECK(std::string(reinterpret_cast<const char*>(back.data()), 7) == raw);
  (*line)->write(std::as_bytes(std::span(raw)));
  std::array<char, 64> sent{};
  CHECK(::read(pty.master(), sent.data(), sent.size()) == 7);
  CHECK(std::string(sent.data(), 7) == raw);

  const auto before = modem_line_changes.load();
  (*line)->reset();
  CHECK(modem_line_changes >= before + 4);
  CHECK((*line)->read(back, milliseconds{20}) == 0);
  CHECK((*line)->connected());
}

TEST_CASE("serial transport: an unplugged port is noticed", "[link][serial]") {
  if (no_sysfs()) return;
  DisguisedPty pty;
  auto line = link::open_serial(pty.path(), 115200);
  REQUIRE(line);
  pty.hang_up();
  std::array<std::byte, 8> none{};
  CHECK((*line)->read(none, milliseconds{2000}) == 0);
  CHECK_FALSE((*line)->connected());
}

TEST_CASE("serial transport: a port is opened by one program alone", "[link][serial]") {
  if (no_sysfs()) return;
  DisguisedPty pty;
  const auto first = link::open_serial(pty.path(), 115200);
  REQUIRE(first);
  const auto second = link::open_serial(pty.path(), 115200);
  REQUIRE_FALSE(second);
  CHECK(second.error().exit == Exit::no_device);
  CHECK(second.error().what.find("another program has it open") != std::string::npos);
}

TEST_CASE("serial ports: who has a port open is found, under whatever name it was opened", "[link][serial]") {
  const DisguisedPty pty;
  CHECK(link::port_holders("/proc/self/comm").empty());  // no device
  CHECK(link::port_holders("/dev/no-such-port").empty());
  const auto before = link::port_holders(pty.path());
  const pid_t other = ::fork();
  if (other == 0) {
    ::execl("/bin/sh", "sh", "-c", ("exec sleep 60 <" + pty.path()).c_str(), nullptr);
    ::_exit(127);
  }
  REQUIRE(other > 0);
  // it holds the port from its fork on; its name becomes the program's
  const auto holders = [&] {
    for (int i = 0; i < 300; ++i) {
      const auto found = link::port_holders(pty.path());
      if (!found.empty() && found.front().command == "sleep") return found;
      std::this_thread::sleep_for(milliseconds{100});
    }
    return link::port_holders(pty.path());
  }();
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
  CHECK(before.empty());
  REQUIRE(holders.size() == 1);
  CHECK(holders[0].pid == other);
  CHECK(holders[0].command == "sleep");
  CHECK(link::names_of(holders) == "sleep (process " + std::to_string(other) + ")");
  CHECK(link::port_holders(pty.path()).empty());
}

TEST_CASE("serial ports: a serial number that no port has is no device", "[link][serial]") {
  const auto port = link::port_of_serial_number("no such number");
  REQUIRE_FALSE(port);
  CHECK(port.error().exit == Exit::no_device);
  CHECK(port.error().what.find("no such number") != std::string::npos);
}

TEST_CASE("serial transport: a port that is not there is no device", "[link][serial]") {
  CHECK_FALSE(link::is_serial_port("/dev/ttyNONE99"));
  const auto line = link::open_serial("/dev/ttyNONE99", 115200);
  REQUIRE_FALSE(line);
  CHECK(line.error().exit == Exit::no_device);
  CHECK_FALSE(line.error().hint.empty());
}

TEST_CASE("serial transport: listing the ports of this computer works with any number of them",
          "[link][serial]") {
  for (const auto& port : link::list_serial_ports()) CHECK_FALSE(port.path.empty());
}

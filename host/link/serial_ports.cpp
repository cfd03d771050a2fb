// SPDX-License-Identifier: MIT
#include "link/serial_ports.hpp"

#include <fmt/format.h>
#include <libserialport.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace mcullm::link {

namespace fs = std::filesystem;

namespace {

auto text_or_empty(const char* text) -> std::string { return text == nullptr ? "" : text; }

auto describe(const sp_port* port) -> SerialPort {
  SerialPort found{.path = sp_get_port_name(port),
                   .description = text_or_empty(sp_get_port_description(port)),
                   .usb_serial = text_or_empty(sp_get_port_usb_serial(port)),
                   .manufacturer = text_or_empty(sp_get_port_usb_manufacturer(port)),
                   .product = text_or_empty(sp_get_port_usb_product(port))};
  if (sp_get_port_usb_vid_pid(port, &found.usb_vendor, &found.usb_product) != SP_OK)
    found.usb_vendor = found.usb_product = 0;
  return found;
}

// The process whose folder this is; 0: another folder of /proc.
auto process_of(const fs::path& folder) -> int {
  const std::string name = folder.filename().string();
  int pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  return error == std::errc{} && end == name.data() + name.size() ? pid : 0;
}

// Ptys are numbered apart in every container: those of the same number are one only in the same file system.
auto same_device(const struct stat& a, const struct stat& b) -> bool {
  constexpr unsigned first_pty_major = 136, last_pty_major = 143;  // Linux, admin-guide/devices.txt
  if (a.st_rdev != b.st_rdev) return false;
  const bool pty = major(a.st_rdev) >= first_pty_major && major(a.st_rdev) <= last_pty_major;
  return !pty || a.st_dev == b.st_dev;
}

auto has_open(const fs::path& process, const struct stat& device) -> bool {
  std::error_code hidden;  // another user's process, or one that has just ended
  for (fs::directory_iterator entry(process / "fd", hidden), end; !hidden && entry != end;
       entry.increment(hidden)) {
    struct stat file {};
    if (::stat(entry->path().c_str(), &file) == 0 && S_ISCHR(file.st_mode) && same_device(file, device))
      return true;
  }
  return false;
}

auto command_of(const fs::path& process) -> std::string {
  std::ifstream in(process / "comm");
  std::string name;
  std::getline(in, name);
  return name.empty() ? "unknown" : name;
}

}  // namespace

auto list_serial_ports() -> std::vector<SerialPort> {
  sp_port** list = nullptr;
  if (sp_list_ports(&list) != SP_OK) return {};
  std::vector<SerialPort> ports;
  for (auto* port = list; *port != nullptr; ++port) ports.push_back(describe(*port));
  sp_free_port_list(list);
  std::sort(ports.begin(), ports.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return ports;
}

auto port_of_serial_number(const std::string& serial) -> Result<std::string> {
  std::vector<std::string> paths;
  std::string known;
  for (const auto& port : list_serial_ports()) {
    if (port.usb_serial.empty()) continue;
    known += (known.empty() ? "" : ", ") + fmt::format("id:{} at {}", port.usb_serial, port.path);
    if (port.usb_serial == serial) paths.push_back(port.path);
  }
  if (paths.size() == 1) return paths.front();
  if (paths.empty())
    return Error{
        Exit::no_device, fmt::format("--port id:{}: no USB port has this serial number", serial),
        known.empty() ? "is the board plugged in? mcullm list shows the ports" : "there is " + known};
  return Error{Exit::no_device,
               fmt::format("--port id:{}: {} ports have this serial number", serial, paths.size()),
               fmt::format("name the device: --port {}", paths.front())};
}

auto port_holders(const fs::path& device, const fs::path& proc) -> std::vector<PortHolder> {
  struct stat wanted {};
  if (::stat(device.c_str(), &wanted) != 0 || !S_ISCHR(wanted.st_mode)) return {};
  std::vector<PortHolder> holders;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(proc, failed)) {
    const int pid = process_of(entry.path());
    if (pid == 0 || pid == ::getpid() || !has_open(entry.path(), wanted)) continue;
    holders.push_back({pid, command_of(entry.path())});
  }
  std::sort(holders.begin(), holders.end(), [](const auto& a, const auto& b) { return a.pid < b.pid; });
  return holders;
}

auto names_of(const std::vector<PortHolder>& holders) -> std::string {
  std::string names;
  for (const auto& holder : holders)
    names += fmt::format("{}{} (process {})", names.empty() ? "" : ", ", holder.command, holder.pid);
  return names;
}

auto accessible(const fs::path& device) -> bool { return ::access(device.c_str(), R_OK | W_OK) == 0; }

}  // namespace mcullm::link

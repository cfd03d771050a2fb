// SPDX-License-Identifier: MIT
// The serial ports of this computer, as libserialport finds them, and who uses them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace mcullm::link {

struct SerialPort {
  std::string path;                     // "/dev/ttyACM0"
  std::string description;              // what the port calls itself
  int usb_vendor = 0, usb_product = 0;  // 0: not USB
  std::string usb_serial;               // serial number of the USB device; may be empty
  std::string manufacturer, product;    // of the USB device

  auto usb() const -> bool { return usb_vendor != 0; }
};

// In the order of their paths.
auto list_serial_ports() -> std::vector<SerialPort>;

// The path of the port whose USB device has this serial number. Exit::no_device when there is none, or more
// than one.
auto port_of_serial_number(const std::string& serial) -> Result<std::string>;

// A program that has a port open.
struct PortHolder {
  int pid = 0;
  std::string command;  // "minicom"
};

// The other programs that have the device open, under whatever name; of other users' programs root alone
// learns. `proc` is where Linux shows its processes.
auto port_holders(const std::filesystem::path& device, const std::filesystem::path& proc = "/proc")
    -> std::vector<PortHolder>;

// "minicom (process 431), screen (process 7)"
auto names_of(const std::vector<PortHolder>& holders) -> std::string;

// May this user read and write the device?
auto accessible(const std::filesystem::path& device) -> bool;

}  // namespace mcullm::link

// SPDX-License-Identifier: MIT
#include "doctor/udev_rules.hpp"

#include <fmt/format.h>

namespace mcullm::doctor {
namespace {

constexpr auto head = R"(# SPDX-License-Identifier: MIT
# Access to the boards that mcullm knows (mcullm boards), for whoever sits at the computer and for the groups
# dialout and plugdev. The number is below 73, where systemd acts on "uaccess".
#   mcullm doctor --udev | sudo tee /etc/udev/rules.d/60-mcullm.rules
#   sudo udevadm control --reload && sudo udevadm trigger
)";

// A bridge may have a modem behind it, so ModemManager keeps those.
void add(std::string& rules, const boards::UsbId& usb, bool bridge) {
  rules += fmt::format("\n# {}\n", usb.what);
  if (!usb.boot_loader)
    rules += fmt::format(
        "SUBSYSTEM==\"tty\", ATTRS{{idVendor}}==\"{:04x}\", ATTRS{{idProduct}}==\"{:04x}\", "
        "MODE=\"0660\", GROUP=\"dialout\", TAG+=\"uaccess\"{}\n",
        usb.vid, usb.pid, bridge ? "" : ", ENV{ID_MM_DEVICE_IGNORE}=\"1\", ENV{ID_MM_PORT_IGNORE}=\"1\"");
  if (!bridge)
    rules += fmt::format(
        "SUBSYSTEM==\"usb\", ATTR{{idVendor}}==\"{:04x}\", ATTR{{idProduct}}==\"{:04x}\", "
        "MODE=\"0660\", GROUP=\"plugdev\", TAG+=\"uaccess\", ENV{{ID_MM_DEVICE_IGNORE}}=\"1\"\n",
        usb.vid, usb.pid);
}

}  // namespace

auto udev_rules(const boards::BoardRegister& known) -> std::string {
  std::string rules = head;
  for (const auto& board : known.boards)
    for (const auto& usb : board.usb) add(rules, usb, false);
  for (const auto& usb : known.bridges) add(rules, usb, true);
  return rules;
}

}  // namespace mcullm::doctor

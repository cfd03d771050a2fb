// SPDX-License-Identifier: MIT
#include "flash/come_back.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <thread>

#include "link/serial_ports.hpp"

namespace mcullm::flash {

namespace {

constexpr std::chrono::milliseconds look_again{200};

auto is_of(const link::SerialPort& port, const boards::Board& board) -> bool {
  return std::any_of(board.usb.begin(), board.usb.end(), [&](const boards::UsbId& id) {
    return !id.boot_loader && id.vid == port.usb_vendor && id.pid == port.usb_product;
  });
}

auto look(const boards::Board& board, const std::string& port) -> std::optional<std::string> {
  std::error_code ignored;
  if (!port.empty()) return std::filesystem::exists(port, ignored) ? std::optional(port) : std::nullopt;
  for (const auto& candidate : link::list_serial_ports())
    if (is_of(candidate, board)) return candidate.path;
  return std::nullopt;
}

}  // namespace

auto wait_for_port(const boards::Board& board, const std::string& port, std::chrono::milliseconds patience,
                   const std::atomic<bool>* cancel) -> Result<std::string> {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (true) {
    if (auto found = look(board, port)) return *found;
    if (cancel != nullptr && cancel->load()) return Error{Exit::cancelled, "interrupted", ""};
    if (std::chrono::steady_clock::now() >= until) break;
    std::this_thread::sleep_for(look_again);
  }
  return Error{Exit::no_device,
               fmt::format("{} was written and has not come back as {}", board.id,
                           port.empty() ? std::string("a serial port") : port),
               "unplug it and plug it in again; mcullm list shows the ports"};
}

}  // namespace mcullm::flash

// SPDX-License-Identifier: MIT
#include "boards/usb_match.hpp"

namespace mcullm::boards {

auto match_usb(const BoardRegister& known, int vendor, int product) -> std::vector<UsbMatch> {
  std::vector<UsbMatch> matches;
  const auto add = [&](const std::string& board, const std::vector<UsbId>& ids) {
    for (const auto& id : ids)
      if (id.vid == vendor && id.pid == product) matches.push_back({board, id.what, id.boot_loader});
  };
  for (const auto& board : known.boards) add(board.id, board.usb);
  add("", known.bridges);
  return matches;
}

}  // namespace mcullm::boards

// SPDX-License-Identifier: MIT
// Pieces of a model's text on their way to a terminal.
#pragma once

#include <string>
#include <string_view>

namespace mcullm::chat {

// Lets whole characters through as soon as their last byte has come. What is no UTF-8, and control
// characters other than white space, never reach the terminal: a model may not move the cursor.
class PrintableStream {
 public:
  // The text that `bytes` complete.
  auto feed(std::string_view bytes) -> std::string;

 private:
  std::string pending_;  // the beginning of a character
};

}  // namespace mcullm::chat

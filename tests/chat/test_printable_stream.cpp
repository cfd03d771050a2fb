// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "chat/printable_stream.hpp"

using mcullm::chat::PrintableStream;

namespace {

auto fed_bytewise(std::string_view bytes) -> std::string {
  PrintableStream stream;
  std::string text;
  for (const char c : bytes) text += stream.feed(std::string_view(&c, 1));
  return text;
}

}  // namespace

TEST_CASE("printable: a character appears with its last byte", "[chat]") {
  PrintableStream stream;
  CHECK(stream.feed("\xF0\x9F") == "");
  CHECK(stream.feed("\xA6") == "");
  CHECK(stream.feed("\x86!") == "\xF0\x9F\xA6\x86!");
}

TEST_CASE("printable: whole texts pass unchanged in whatever pieces they come", "[chat]") {
  const std::string text = "Lily, naïve 日本語 🦆\n\tend";
  CHECK(PrintableStream().feed(text) == text);
  CHECK(fed_bytewise(text) == text);
}

TEST_CASE("printable: escapes, control characters and broken UTF-8 never reach a terminal", "[chat]") {
  CHECK(fed_bytewise("a\x1B[2Jb") == "a[2Jb");
  CHECK(fed_bytewise(std::string("a\0b\x7F\x07", 5)) == "ab");
  CHECK(fed_bytewise("a\xC2\x9B"
                     "b") == "ab");  // C1: an escape in one character
  CHECK(fed_bytewise("\xFF\x80\xC0\xAF"
                     "a") == "a");  // no lead byte, overlong
  CHECK(fed_bytewise("\xE0\x80\x80"
                     "a") == "a");  // overlong
  CHECK(fed_bytewise("\xED\xA0\x80"
                     "a") == "a");  // surrogate
  CHECK(fed_bytewise("\xF4\x90\x80\x80"
                     "a") == "a");  // above U+10FFFF
  CHECK(fed_bytewise("\xC3"
                     "a") == "a");  // cut short
}

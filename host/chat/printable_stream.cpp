// SPDX-License-Identifier: MIT
#include "chat/printable_stream.hpp"

#include <cstdint>

namespace mcullm::chat {
namespace {

auto value_of(char c) -> std::uint32_t { return static_cast<unsigned char>(c); }

// Bytes of the character that begins with `lead`; 0 when none does.
auto character_bytes(char lead) -> std::size_t {
  const std::uint32_t byte = value_of(lead);
  if (byte < 0x80) return 1;
  if (byte >= 0xC2 && byte < 0xE0) return 2;
  if (byte >= 0xE0 && byte < 0xF0) return 3;
  if (byte >= 0xF0 && byte < 0xF5) return 4;
  return 0;
}

auto is_continuation(char c) -> bool { return (value_of(c) & 0xC0) == 0x80; }

// Precondition: as many bytes as the first one announces, all others continuations.
auto code_point(std::string_view character) -> std::uint32_t {
  if (character.size() == 1) return value_of(character[0]);
  std::uint32_t point = value_of(character[0]) & (0x7FU >> character.size());
  for (const char c : character.substr(1)) point = point << 6 | (value_of(c) & 0x3F);
  return point;
}

auto is_printable(std::string_view character) -> bool {
  const std::uint32_t point = code_point(character);
  if (point >= '\t' && point <= '\r') return true;
  if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return false;
  const bool overlong =
      (character.size() == 3 && point < 0x800) || (character.size() == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point < 0xE000;
  return !overlong && !surrogate && point <= 0x10FFFF;
}

}  // namespace

auto PrintableStream::feed(std::string_view bytes) -> std::string {
  std::string text;
  for (const char c : bytes) {
    if (!pending_.empty() && !is_continuation(c)) pending_.clear();
    if (pending_.empty() && character_bytes(c) == 0) continue;
    pending_ += c;
    if (pending_.size() < character_bytes(pending_[0])) continue;
    if (is_printable(pending_)) text += pending_;
    pending_.clear();
  }
  return text;
}

}  // namespace mcullm::chat

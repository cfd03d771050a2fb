// SPDX-License-Identifier: MIT
#include "base/intel_hex.hpp"

#include <algorithm>
#include <string_view>

namespace mcullm {

namespace {

auto hex_digit(char c) -> int {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// ":" count address type data checksum; the bytes must sum to zero.
auto parse_record(std::string_view line) -> std::optional<std::vector<std::byte>> {
  std::vector<std::byte> bytes;
  unsigned sum = 0;
  if (line.size() < 11 || line.size() % 2 != 1 || line[0] != ':') return std::nullopt;
  for (std::size_t i = 1; i < line.size(); i += 2) {
    const int high = hex_digit(line[i]), low = hex_digit(line[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(high << 4 | low));
    sum += static_cast<unsigned>(high << 4 | low);
  }
  if (sum % 256 != 0 || bytes.size() != std::to_integer<std::size_t>(bytes[0]) + 5) return std::nullopt;
  return bytes;
}

}  // namespace

auto parse_intel_hex(std::span<const std::byte> file) -> std::optional<std::vector<HexSegment>> {
  enum Type { data = 0, end = 1, segment_base = 2, linear_base = 4 };
  std::vector<HexSegment> segments;
  std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  std::uint64_t base = 0;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const auto record = parse_record(line);
    if (!record) return std::nullopt;
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint64_t>((*record)[i]); };
    const auto type = at(3);
    if (type == end) return segments.empty() ? std::nullopt : std::optional(std::move(segments));
    if (type == data)
      segments.push_back({base + (at(1) << 8 | at(2)), {record->begin() + 4, record->end() - 1}});
    if (type != segment_base && type != linear_base) continue;  // start addresses mean nothing here
    if (record->size() != 7) return std::nullopt;
    base = (at(4) << 8 | at(5)) << (type == segment_base ? 4 : 16);
  }
  return std::nullopt;  // no end record: the file is cut off
}

}  // namespace mcullm

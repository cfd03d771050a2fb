// SPDX-License-Identifier: MIT
#include "trace/describe.hpp"

#include <fmt/format.h>

#include <array>

#include "base/span_reader.hpp"
#include "proto/message.h"
#include "proto/status.h"
#include "trace/hex.hpp"
#include "trace/message_layout.hpp"

namespace mcullm::trace {
namespace {

// Bytes of noise that are shown; the rest is counted.
constexpr std::size_t most_noise_shown = 24;

auto status_name(std::uint8_t status) -> std::string {
  constexpr std::array names = {"ok",   "COMMAND", "LENGTH", "RANGE",   "MEMORY", "MODEL",  "STATE",
                                "BOOT", "CRC",     "STORE",  "ABORTED", "FORMAT", "VERSION"};
  return status < names.size() ? names[status] : fmt::format("status {}", status);
}

auto op_text(std::uint64_t op) -> std::string {
  constexpr std::array names = {"embed",        "att_norm",   "q",       "k",     "v",
                                "q_rope",       "k_cache",    "v_cache", "score", "attention",
                                "att_residual", "ffn_norm",   "gate",    "up",    "hidden",
                                "ffn_residual", "final_norm", "logits"};
  static_assert(names.size() == MCL_OP_COUNT);
  return op < names.size() ? names[op] : std::to_string(op);
}

// What cannot be in words: letters, digits and signs as they are, the rest as dots.
auto printable(std::span<const std::byte> bytes) -> std::string {
  std::string text;
  for (const auto byte : bytes) {
    const auto c = std::to_integer<char>(byte);
    if (c == 0) break;
    text += c >= ' ' && c <= '~' ? c : '.';
  }
  return text;
}

auto number_of(std::span<const std::byte> bytes) -> std::uint64_t {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  return value;
}

auto field_text(const Field& field, std::span<const std::byte> bytes) -> std::string {
  switch (field.kind) {
    case FieldKind::hex:
      return fmt::format("{:0{}x}", number_of(bytes), 2 * field.width);
    case FieldKind::text:
      return printable(bytes);
    case FieldKind::op:
      return op_text(number_of(bytes));
    default:
      return std::to_string(number_of(bytes));
  }
}

// " offset=0 bytes=[128]". Fields that the payload lacks are left out, bytes beyond them are counted.
auto fields_text(std::span<const Field> fields, std::span<const std::byte> payload) -> std::string {
  SpanReader reader(payload);
  std::string text;
  for (const auto& field : fields) {
    if (field.kind == FieldKind::bytes || field.kind == FieldKind::list) {
      const auto width = static_cast<std::size_t>(field.kind == FieldKind::bytes ? 1 : field.width);
      text += fmt::format(" {}=[{}]", field.name, reader.remaining() / width);
      reader.read_bytes(reader.remaining());
      continue;
    }
    const auto bytes = reader.read_bytes(static_cast<std::size_t>(field.width));
    if (!bytes) return text + " (cut short)";
    text += fmt::format(" {}={}", field.name, field_text(field, *bytes));
  }
  if (reader.remaining() > 0) text += fmt::format(" +{} bytes", reader.remaining());
  return text;
}

auto reply_text(const Frame& frame) -> std::string {
  if (frame.payload.empty()) return " without a status";
  const auto status = std::to_integer<std::uint8_t>(frame.payload[0]);
  const auto fields = std::span(frame.payload).subspan(1);
  const auto* layout = find_layout(frame.type & 0x7F);
  if (status == MCL_OK && layout != nullptr) return " ok" + fields_text(layout->reply, fields);
  if (status == MCL_OK) return fmt::format(" ok +{} bytes", fields.size());
  constexpr std::array details = {Field{"a", 4}, Field{"b", 4}};
  return fmt::format(" {}{}", status_name(status), fields_text(details, fields));
}

}  // namespace

auto describe_frame(const Frame& frame) -> std::string {
  std::string text = message_name(frame.type);
  const bool event = (frame.type & 0xF0) == MCL_EVENT_BUSY;
  if (event) {
    text += fields_text(event_fields(frame.type), frame.payload);
  } else if ((frame.type & MCL_REPLY) != 0) {
    text += reply_text(frame);
  } else if (const auto* layout = find_layout(frame.type); layout != nullptr) {
    text += fields_text(layout->request, frame.payload);
  } else {
    text += fmt::format(" +{} bytes", frame.payload.size());
  }
  return text;
}

auto describe_piece(const Piece& piece) -> std::string {
  const auto time = fmt::format("{:10.6f} s", piece.seconds);
  if (piece.kind == Event::Kind::reset) return time + "  the reset line is pulled";
  if (piece.kind == Event::Kind::gone) return time + "  the board is gone";
  const auto* arrow = piece.kind == Event::Kind::sent ? "->" : "<-";
  if (piece.frame)
    return fmt::format("{}  {} {:04x}  {}", time, arrow, piece.frame->seq, describe_frame(*piece.frame));
  const auto shown = std::span(piece.bytes).first(std::min(piece.bytes.size(), most_noise_shown));
  return fmt::format("{}  {} ----  {} bytes that are no frame: {}{}", time, arrow, piece.bytes.size(),
                     to_hex(shown), shown.size() < piece.bytes.size() ? "..." : "");
}

}  // namespace mcullm::trace

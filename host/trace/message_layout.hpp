// SPDX-License-Identifier: MIT
// The fields of each message, as the tables of proto/WIRE.md section 4 have them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace mcullm::trace {

enum class FieldKind {
  number,
  hex,    // a CRC, a random state
  time,   // ticks: another run takes another time
  text,   // zero-padded
  op,     // mcl_op_t
  bytes,  // the rest of the payload, counted
  list    // the rest of the payload, elements of `width` bytes, counted
};

struct Field {
  const char* name;
  int width;  // bytes
  FieldKind kind = FieldKind::number;
};

// What follows the status byte in a reply of status 0; the whole payload of requests and events.
struct MessageLayout {
  std::uint8_t type;
  std::span<const Field> request, reply;
};

// Null for a type that is not known here.
auto find_layout(std::uint8_t request_type) -> const MessageLayout*;
auto event_fields(std::uint8_t event_type) -> std::span<const Field>;

// "TOKEN": of a request, its reply or an event.
auto message_name(std::uint8_t type) -> std::string;

}  // namespace mcullm::trace

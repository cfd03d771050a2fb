// SPDX-License-Identifier: MIT
#include "trace/resend.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "proto/message.h"
#include "trace/describe.hpp"
#include "trace/message_layout.hpp"
#include "trace/pieces.hpp"

namespace mcullm::trace {
namespace {

// Requests that a late reply may belong to.
constexpr std::ptrdiff_t latest = 16;

// Times become zeros.
void blank_times(Frame& reply) {
  const auto* layout = find_layout(reply.type & 0x7F);
  if (layout == nullptr || reply.payload.empty() || reply.payload[0] != std::byte{MCL_OK}) return;
  std::size_t at = 1;
  for (const auto& field : layout->reply) {
    const auto width = static_cast<std::size_t>(field.width);
    if (at + width > reply.payload.size()) return;
    if (field.kind == FieldKind::time)
      std::fill_n(reply.payload.begin() + static_cast<std::ptrdiff_t>(at), width, std::byte{0});
    at += width;
  }
}

// Tells of the board, not of what it computed.
auto is_about_the_board(std::uint8_t type) -> bool {
  return type == MCL_HELLO || type == MCL_RESET || type == MCL_STATS || type == MCL_MEMORY ||
         type == MCL_ABORT || type == MCL_PROFILE;
}

auto difference(const Piece& sent, Frame recorded, const Frame& got) -> std::optional<Resent::Difference> {
  Frame was = recorded, is = got;
  blank_times(was);
  blank_times(is);
  if (was.payload == is.payload) return std::nullopt;
  const auto [first, ignored] = std::ranges::mismatch(was.payload, is.payload);
  return Resent::Difference{sent.seconds, describe_frame(*sent.frame), describe_frame(recorded),
                            describe_frame(got), static_cast<std::size_t>(first - was.payload.begin())};
}

struct Exchange {
  Piece sent;
  std::optional<Frame> reply{};
};

// Requests with their last good replies; repeats are left out.
auto exchanges_of(const Line& line) -> std::vector<Exchange> {
  std::vector<Exchange> exchanges;
  for (auto& piece : pieces_of(line)) {
    if (!piece.frame) continue;
    const auto& frame = *piece.frame;
    // late replies and repeats belong to one of the latest requests; sequence numbers come again
    const auto first = std::ssize(exchanges) < latest ? exchanges.begin() : exchanges.end() - latest;
    const auto same = std::find_if(first, exchanges.end(), [&](const Exchange& exchange) {
      return exchange.sent.frame->seq == frame.seq;
    });
    if (piece.kind == Event::Kind::sent) {
      if (same == exchanges.end()) exchanges.push_back({std::move(piece)});
    } else if (same != exchanges.end() && frame.type == (same->sent.frame->type | MCL_REPLY)) {
      same->reply = frame;
    }
  }
  return exchanges;
}

// One that can be sent again. What breaks the rules on purpose, as a request with a foreign boot id does,
// cannot come from a session.
auto is_ordinary(const Exchange& exchange) -> bool {
  const auto type = exchange.sent.frame->type;
  if (type == MCL_HELLO || type == MCL_ABORT) return false;
  return exchange.reply && !exchange.reply->payload.empty() &&
         exchange.reply->payload[0] != std::byte{MCL_ERR_BOOT};
}

}  // namespace

auto resend(const Line& line, link::Session& session, const ProgressFn& progress) -> Result<Resent> {
  if (auto hello = session.connect(); !hello) return hello.error();
  Resent resent;
  const auto exchanges = exchanges_of(line);
  for (const auto& exchange : exchanges) {
    progress({"sending", resent.requests, exchanges.size(), "requests"});
    if (!is_ordinary(exchange)) continue;
    const auto& frame = *exchange.sent.frame;
    const auto got = session.request(static_cast<mcl_type_t>(frame.type), frame.payload);
    if (!got) return got.error();
    ++resent.requests;
    if (frame.type == MCL_RESET) {
      if (auto hello = session.connect(); !hello) return hello.error();
    }
    if (is_about_the_board(frame.type)) continue;
    ++resent.compared;
    Frame answer{.type = exchange.reply->type};
    answer.payload.push_back(std::byte{got->status});
    std::ranges::copy(got->fields, std::back_inserter(answer.payload));
    resent.difference = difference(exchange.sent, *exchange.reply, answer);
    if (resent.difference) return resent;
  }
  return resent;
}

}  // namespace mcullm::trace

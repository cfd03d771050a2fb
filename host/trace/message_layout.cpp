// SPDX-License-Identifier: MIT
#include "trace/message_layout.hpp"

#include <array>

#include "link/refusal.hpp"
#include "proto/message.h"

namespace mcullm::trace {
namespace {

using enum FieldKind;

constexpr std::array hello_request = {Field{"wire", 1}};
constexpr std::array hello_reply = {
    Field{"wire", 1},         Field{"boot_id", 2},         Field{"arithmetic", 1},
    Field{"image_format", 1}, Field{"max_payload", 2},     Field{"build", 4, hex},
    Field{"board", 16, text}, Field{"clock_hz", 4},        Field{"tick_unit", 1},
    Field{"workspace", 4},    Field{"arena", 4},           Field{"store", 4},
    Field{"erase", 4},        Field{"model_status", 1},    Field{"detail_a", 4},
    Field{"detail_b", 4},     Field{"header_crc", 4, hex}, Field{"positions", 2}};
constexpr std::array stats_reply = {Field{"received", 4}, Field{"dropped", 4}, Field{"resent", 4},
                                    Field{"overruns", 4}, Field{"stack", 4},   Field{"arena", 4}};
constexpr std::array memory_reply = {Field{"parts", 6, list}};
constexpr std::array put_request = {Field{"offset", 4}, Field{"bytes", 0, bytes}};
constexpr std::array get_request = {Field{"offset", 4}, Field{"count", 2}};
constexpr std::array get_reply = {Field{"bytes", 0, bytes}};
constexpr std::array matmul_request = {Field{"R", 2},     Field{"K", 2},     Field{"C", 2},
                                       Field{"flags", 1}, Field{"first", 4}, Field{"count", 2}};
constexpr std::array matmul_reply = {Field{"ticks", 4, time}, Field{"cells", 0, bytes}};
constexpr std::array layer_request = {Field{"layer", 2}, Field{"pos", 2}};
constexpr std::array layer_reply = {Field{"state_crc", 4, hex}, Field{"ticks", 4, time}};
constexpr std::array token_request = {Field{"token", 2}, Field{"pos", 2}};
constexpr std::array token_reply = {Field{"argmax", 2}, Field{"logits_crc", 4, hex},
                                    Field{"state_crc", 4, hex}, Field{"ticks", 4, time}};
constexpr std::array prefill_request = {Field{"pos", 2}, Field{"tokens", 2, list}};
constexpr std::array prefill_reply = {Field{"ticks", 4, time}, Field{"done", 1},
                                      Field{"state_crcs", 4, list}};
constexpr std::array generate_request = {
    Field{"token", 2},           Field{"pos", 2},   Field{"count", 1},      Field{"flags", 1},
    Field{"inv_temperature", 4}, Field{"top_p", 4}, Field{"random", 8, hex}};
constexpr std::array generate_reply = {Field{"ticks", 4, time}, Field{"random", 8, hex}, Field{"done", 1},
                                       Field{"tokens", 6, list}};
constexpr std::array trace_request = {Field{"op", 1, op}, Field{"layer", 2}, Field{"first", 4},
                                      Field{"count", 2}};
constexpr std::array trace_reply = {Field{"elements", 4}, Field{"width", 1}, Field{"values", 0, bytes}};
constexpr std::array profile_reply = {Field{"ticks", 4, time}, Field{"ops", 1}, Field{"by_op", 4, time}};
constexpr std::array begin_request = {Field{"image_bytes", 4}};
constexpr std::array next_reply = {Field{"next", 4}};
constexpr std::array crc_request = {Field{"offset", 4}, Field{"count", 4}};
constexpr std::array crc_reply = {Field{"crc", 4, hex}};
constexpr std::array commit_request = {Field{"header_crc", 4, hex}};
constexpr std::array commit_reply = {Field{"model_status", 1}, Field{"detail_a", 4}, Field{"detail_b", 4},
                                     Field{"header_crc", 4, hex}, Field{"positions", 2}};
constexpr std::array token_event = {Field{"index", 1}, Field{"token", 2}, Field{"logits_crc", 4, hex}};

constexpr std::array layouts = {
    MessageLayout{MCL_HELLO, hello_request, hello_reply},
    MessageLayout{MCL_RESET, {}, {}},
    MessageLayout{MCL_ABORT, {}, {}},
    MessageLayout{MCL_STATS, {}, stats_reply},
    MessageLayout{MCL_MEMORY, {}, memory_reply},
    MessageLayout{MCL_PUT, put_request, {}},
    MessageLayout{MCL_GET, get_request, get_reply},
    MessageLayout{MCL_MATMUL, matmul_request, matmul_reply},
    MessageLayout{MCL_LAYER, layer_request, layer_reply},
    MessageLayout{MCL_TOKEN, token_request, token_reply},
    MessageLayout{MCL_PREFILL, prefill_request, prefill_reply},
    MessageLayout{MCL_GENERATE, generate_request, generate_reply},
    MessageLayout{MCL_TRACE, trace_request, trace_reply},
    MessageLayout{MCL_PROFILE, {}, profile_reply},
    MessageLayout{MCL_STORE_BEGIN, begin_request, next_reply},
    MessageLayout{MCL_STORE_WRITE, put_request, next_reply},
    MessageLayout{MCL_STORE_CRC, crc_request, crc_reply},
    MessageLayout{MCL_STORE_COMMIT, commit_request, commit_reply},
    MessageLayout{MCL_STORE_READ, get_request, get_reply},
};

}  // namespace

auto find_layout(std::uint8_t request_type) -> const MessageLayout* {
  for (const auto& layout : layouts)
    if (layout.type == request_type) return &layout;
  return nullptr;
}

auto event_fields(std::uint8_t event_type) -> std::span<const Field> {
  if (event_type == MCL_EVENT_TOKEN) return token_event;
  return {};
}

auto message_name(std::uint8_t type) -> std::string {
  if (type == MCL_EVENT_BUSY) return "BUSY";
  if (type == MCL_EVENT_TOKEN) return "token";
  return link::request_name(static_cast<mcl_type_t>(type & ~unsigned{MCL_REPLY}));
}

}  // namespace mcullm::trace

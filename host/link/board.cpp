// SPDX-License-Identifier: MIT
#include "link/board.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/byte_writer.hpp"
#include "base/span_reader.hpp"
#include "link/request.hpp"

namespace mcullm::link {

namespace {

// Offsets and lengths before the bytes themselves, in PUT, STORE_WRITE and every reply with bytes.
constexpr std::size_t offset_bytes = 4, status_bytes = 1;

// Reads fields whose presence call() has checked.
class Fields {
 public:
  explicit Fields(std::span<const std::byte> bytes) : reader_(bytes) {}
  auto u8() -> std::uint8_t { return reader_.read_le<std::uint8_t>().value_or(0); }
  auto u16() -> std::uint16_t { return reader_.read_le<std::uint16_t>().value_or(0); }
  auto u32() -> std::uint32_t { return reader_.read_le<std::uint32_t>().value_or(0); }
  auto u64() -> std::uint64_t { return reader_.read_le<std::uint64_t>().value_or(0); }
  auto remaining() const -> std::size_t { return reader_.remaining(); }

 private:
  SpanReader reader_;
};

auto malformed(mcl_type_t type, std::size_t found) -> Error {
  return {Exit::link,
          fmt::format("the board's reply to {} has {} bytes of fields", request_name(type), found),
          "its agent does not keep the wire protocol; put the agent that belongs to this program on it"};
}

}  // namespace

Board::Board(std::unique_ptr<Transport> transport, SessionOptions options)
    : session_(std::move(transport), options) {}

auto Board::connect() -> Result<mcl_hello_t> {
  auto hello = session_.connect();
  if (hello) {
    hello_ = *hello;
    piece_ = PieceSize(hello_.max_payload);
  }
  return hello;
}

auto Board::call(mcl_type_t type, std::span<const std::byte> payload, std::size_t least,
                 const EventFn& on_event) -> Result<std::vector<std::byte>> {
  refusal_.reset();
  if (payload.size() > hello_.max_payload) {
    return Error{Exit::internal,
                 fmt::format("{}: {} bytes in one request, the board takes {}; was connect() called?",
                             request_name(type), payload.size(), hello_.max_payload),
                 ""};
  }
  auto reply = session_.request(type, payload, on_event);
  if (!reply) return reply.error();
  if (reply->status != MCL_OK) {
    refusal_ = {reply->status, reply->detail_a(), reply->detail_b()};
    return refusal_error(type, *refusal_);
  }
  if (reply->fields.size() < least) return malformed(type, reply->fields.size());
  return std::move(reply->fields);
}

// -- workspace -------------------------------------------------------------------------------------------

auto Board::put(std::uint32_t offset, std::span<const std::byte> bytes) -> Result<Ok> {
  while (!bytes.empty()) {
    const auto size = std::min(piece_.get() - offset_bytes, bytes.size());
    const auto done = call(MCL_PUT, Request().u32(offset).bytes(bytes.first(size)).payload(), 0);
    if (!done) return done.error();
    piece_.sent(session_.last_retries());
    offset += static_cast<std::uint32_t>(size);
    bytes = bytes.subspan(size);
  }
  return Ok{};
}

auto Board::get_pieces(mcl_type_t type, std::uint32_t offset, std::size_t count)
    -> Result<std::vector<std::byte>> {
  std::vector<std::byte> bytes;
  while (bytes.size() < count) {
    const auto size = std::min(piece_.get() - status_bytes, count - bytes.size());
    const auto from = offset + static_cast<std::uint32_t>(bytes.size());
    const auto piece = call(type, Request().u32(from).index(static_cast<int>(size)).payload(), size);
    if (!piece) return piece.error();
    piece_.sent(session_.last_retries());
    bytes.insert(bytes.end(), piece->begin(), piece->begin() + static_cast<std::ptrdiff_t>(size));
  }
  return bytes;
}

auto Board::get(std::uint32_t offset, std::size_t count) -> Result<std::vector<std::byte>> {
  return get_pieces(MCL_GET, offset, count);
}

auto Board::put_int32(std::uint32_t offset, std::span<const std::int32_t> values) -> Result<Ok> {
  ByteWriter bytes;
  for (const auto value : values) bytes.put_i32(value);
  return put(offset, bytes.take());
}

auto Board::get_int32(std::uint32_t offset, std::size_t count) -> Result<std::vector<std::int32_t>> {
  const auto bytes = get(offset, count * sizeof(std::int32_t));
  if (!bytes) return bytes.error();
  Fields fields(*bytes);
  std::vector<std::int32_t> values(count);
  for (auto& value : values) value = static_cast<std::int32_t>(fields.u32());
  return values;
}

// -- the model -------------------------------------------------------------------------------------------

auto Board::layer(int layer, int pos) -> Result<LayerResult> {
  const auto reply = call(MCL_LAYER, Request().index(layer).index(pos).payload(), 8);
  if (!reply) return reply.error();
  Fields fields(*reply);
  return LayerResult{.state_crc = fields.u32(), .ticks = fields.u32()};
}

auto Board::token(int token, int pos) -> Result<TokenResult> {
  const auto reply = call(MCL_TOKEN, Request().index(token).index(pos).payload(), 14);
  if (!reply) return reply.error();
  Fields fields(*reply);
  return TokenResult{
      .argmax = fields.u16(), .logits_crc = fields.u32(), .state_crc = fields.u32(), .ticks = fields.u32()};
}

auto Board::prefill(int pos, std::span<const int> tokens) -> Result<PrefillResult> {
  constexpr std::size_t head = 5;  // of the reply: ticks, done
  // one count byte, and one CRC of four bytes for each token
  const auto most = std::min<std::size_t>((hello_.max_payload - status_bytes - head) / 4, 255);
  PrefillResult result;
  while (!tokens.empty()) {
    Request request;
    request.index(pos);
    for (const auto token : tokens.first(std::min(most, tokens.size()))) request.index(token);
    const auto reply = call(MCL_PREFILL, request.payload(), head);
    if (!reply) return reply.error();
    Fields fields(*reply);
    result.ticks += fields.u32();
    const std::size_t done = fields.u8();
    if (done == 0 || done > tokens.size() || fields.remaining() < 4 * done)
      return malformed(MCL_PREFILL, reply->size());
    for (std::size_t i = 0; i < done; ++i) result.state_crcs.push_back(fields.u32());
    tokens = tokens.subspan(done);
    pos += static_cast<int>(done);
  }
  return result;
}

auto Board::generate_limit() const -> int {
  constexpr int head = 14, chosen = 6;  // of the reply: status, ticks, random state, done; per token
  return std::min((hello_.max_payload - head) / chosen, 255);
}

auto Board::generate(const GenerateRequest& wanted, const TokenFn& on_token) -> Result<GenerateResult> {
  Request request;
  request.index(wanted.token).index(wanted.pos);
  request.u8(static_cast<std::uint8_t>(std::clamp(wanted.count, 0, generate_limit())));
  request.u8(wanted.stop_at_end ? MCL_GENERATE_STOP : 0);
  request.u32(wanted.inv_temperature).u32(wanted.top_p).u64(wanted.random_state);
  const auto on_event = [&](std::uint8_t type, std::span<const std::byte> payload) {
    if (type != MCL_EVENT_TOKEN || payload.size() < 7 || !on_token) return;
    Fields fields(payload);
    const int index = fields.u8();
    const int token = fields.u16();
    on_token(index, {.token = token, .logits_crc = fields.u32()});
  };
  const auto reply = call(MCL_GENERATE, request.payload(), 13, on_event);
  if (!reply) return reply.error();
  Fields fields(*reply);
  GenerateResult result{.ticks = fields.u32(), .random_state = fields.u64(), .tokens = {}};
  const std::size_t done = fields.u8();
  if (fields.remaining() < 6 * done) return malformed(MCL_GENERATE, reply->size());
  for (std::size_t i = 0; i < done; ++i) {
    const int token = fields.u16();
    result.tokens.push_back({.token = token, .logits_crc = fields.u32()});
  }
  return result;
}

// -- looking inside --------------------------------------------------------------------------------------

auto Board::trace(mcl_op_t op, int layer, std::uint32_t first) -> Result<TraceWindow> {
  constexpr std::size_t head = 5, widest = 4;  // of the reply: elements in all, width; one element
  const auto most = static_cast<int>((hello_.max_payload - status_bytes - head) / widest);
  Request request;
  request.u8(static_cast<std::uint8_t>(op)).index(layer).u32(first).index(most);
  const auto reply = call(MCL_TRACE, request.payload(), head);
  if (!reply) return reply.error();
  Fields fields(*reply);
  TraceWindow window{.total = fields.u32(), .values = {}};
  const std::size_t width = fields.u8();
  if (width != 2 && width != 4 && fields.remaining() > 0) return malformed(MCL_TRACE, reply->size());
  while (fields.remaining() >= width && fields.remaining() > 0) {
    window.values.push_back(width == 2 ? static_cast<std::int16_t>(fields.u16())
                                       : static_cast<std::int32_t>(fields.u32()));
  }
  return window;
}

auto Board::profile() -> Result<Profile> {
  const auto reply = call(MCL_PROFILE, {}, 5);
  if (!reply) return reply.error();
  Fields fields(*reply);
  Profile profile{.ticks = fields.u32(), .by_op = std::vector<std::uint32_t>(fields.u8())};
  if (fields.remaining() < 4 * profile.by_op.size()) return malformed(MCL_PROFILE, reply->size());
  for (auto& ticks : profile.by_op) ticks = fields.u32();
  return profile;
}

auto Board::stats() -> Result<DeviceStatistics> {
  const auto reply = call(MCL_STATS, {}, 24);
  if (!reply) return reply.error();
  Fields fields(*reply);
  return DeviceStatistics{.frames_received = fields.u32(),
                          .frames_dropped = fields.u32(),
                          .replies_resent = fields.u32(),
                          .receive_overruns = fields.u32(),
                          .stack_bytes = fields.u32(),
                          .arena_bytes = fields.u32()};
}

auto Board::memory() -> Result<std::optional<std::vector<MemoryPart>>> {
  using Parts = std::optional<std::vector<MemoryPart>>;
  const auto reply = call(MCL_MEMORY, {}, 0);
  if (!reply && refusal_ && refusal_->status == MCL_ERR_COMMAND) return Parts{};
  if (!reply) return reply.error();
  if (reply->size() % MCL_MEMORY_PART_BYTES != 0) return malformed(MCL_MEMORY, reply->size());
  std::vector<MemoryPart> parts(reply->size() / MCL_MEMORY_PART_BYTES);
  Fields fields(*reply);
  for (auto& part : parts) part = {.part = fields.u8(), .place = fields.u8(), .bytes = fields.u32()};
  return Parts{std::move(parts)};
}

auto Board::reset() -> Result<mcl_hello_t> {
  if (auto done = call(MCL_RESET, {}, 0); !done && !restarted()) return done.error();
  return connect();
}

// -- storage ---------------------------------------------------------------------------------------------

auto Board::store_begin(std::uint32_t image_bytes) -> Result<std::uint32_t> {
  const auto reply = call(MCL_STORE_BEGIN, Request().u32(image_bytes).payload(), 4);
  if (!reply) return reply.error();
  return Fields(*reply).u32();
}

auto Board::store_write(std::uint32_t offset, std::span<const std::byte> bytes) -> Result<std::uint32_t> {
  const auto reply = call(MCL_STORE_WRITE, Request().u32(offset).bytes(bytes).payload(), 4);
  if (!reply) return reply.error();
  piece_.sent(session_.last_retries());
  return Fields(*reply).u32();
}

auto Board::store_write_limit() const -> std::size_t { return piece_.get() - offset_bytes; }

auto Board::store_crc(std::uint32_t offset, std::uint32_t count) -> Result<std::uint32_t> {
  const auto reply = call(MCL_STORE_CRC, Request().u32(offset).u32(count).payload(), 4);
  if (!reply) return reply.error();
  return Fields(*reply).u32();
}

auto Board::store_commit(std::uint32_t header_crc) -> Result<mcl_model_state_t> {
  const auto reply = call(MCL_STORE_COMMIT, Request().u32(header_crc).payload(), MCL_MODEL_STATE_BYTES);
  if (!reply) return reply.error();
  const auto* fields = reinterpret_cast<const std::uint8_t*>(reply->data());
  if (mcl_model_state_unpack(&hello_.model, fields, reply->size()) == 0)
    return malformed(MCL_STORE_COMMIT, reply->size());
  return hello_.model;
}

auto Board::store_read(std::uint32_t offset, std::size_t count) -> Result<std::vector<std::byte>> {
  return get_pieces(MCL_STORE_READ, offset, count);
}

}  // namespace mcullm::link

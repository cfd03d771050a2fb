// SPDX-License-Identifier: MIT
#include "link/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "base/span_reader.hpp"
#include "proto/image.h"

namespace mcullm::link {

namespace {

using std::chrono::milliseconds;

// How often a wait looks at the cancel flag.
constexpr milliseconds cancel_interval{50};
// HELLOs without an answer before the board is suspected of still executing an earlier request.
constexpr int hellos_before_abort = 3;
// Unanswered at one rate of a serial line before the next one is tried. A board may need one of them to find
// the rate itself.
constexpr int hellos_per_rate = 3;

auto detail(const std::vector<std::byte>& fields, std::size_t index) -> std::uint32_t {
  SpanReader reader(fields);
  for (; index > 0; --index) reader.read_le<std::uint32_t>();
  return reader.read_le<std::uint32_t>().value_or(0);
}

auto seconds(std::chrono::nanoseconds duration) -> double {
  return std::chrono::duration<double>(duration).count();
}

auto stopped() -> Error { return {Exit::cancelled, "interrupted", ""}; }

auto is_event(std::uint8_t type) -> bool { return (type & 0xF0) == MCL_EVENT_BUSY; }

auto deadline_of(const SessionOptions& options, mcl_type_t type) -> const Deadline& {
  if (type >= MCL_STORE_BEGIN) return options.storage;
  // a matrix product and a trace compute as well
  if (type >= MCL_MATMUL && type != MCL_PROFILE) return options.compute;
  return options.control;
}

}  // namespace

auto Reply::detail_a() const -> std::uint32_t { return detail(fields, 0); }
auto Reply::detail_b() const -> std::uint32_t { return detail(fields, 1); }

Session::Session(std::unique_ptr<Transport> transport, SessionOptions options)
    : transport_(std::move(transport)),
      options_(options),
      // replies to an earlier session may still be on the line
      seq_(static_cast<std::uint16_t>(std::random_device{}())),
      frame_buffer_(MCL_COBS_MAX(MCL_FRAME_BYTES(MCL_PAYLOAD_MAX))) {
  mcl_receiver_init(&receiver_, frame_buffer_.data(), static_cast<std::uint16_t>(frame_buffer_.size()));
}

void Session::send(std::uint8_t type, std::uint16_t seq, std::uint16_t boot_id,
                   std::span<const std::byte> payload) {
  mcl_frame_t frame{};
  frame.version = MCL_WIRE_VERSION;
  frame.type = type;
  frame.seq = seq;
  frame.boot_id = boot_id;
  frame.payload_len = static_cast<std::uint16_t>(payload.size());
  frame.payload = reinterpret_cast<const std::uint8_t*>(payload.data());
  std::array<std::uint8_t, MCL_WIRE_BYTES(MCL_PAYLOAD_MAX)> wire;
  const auto size = mcl_frame_encode(wire.data(), &frame);
  transport_->write(std::as_bytes(std::span(wire).first(size)));
  statistics_.bytes_sent += size;
}

// The next frame that is already here or comes with one read.
auto Session::receive(Clock::time_point until) -> std::optional<Incoming> {
  if (next_ == received_.size()) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    received_.resize(4096);
    received_.resize(transport_->read(received_, std::max(left, milliseconds{0})));
    next_ = 0;
    statistics_.bytes_received += received_.size();
  }
  while (next_ < received_.size()) {
    mcl_frame_t frame{};
    const auto byte = std::to_integer<std::uint8_t>(received_[next_++]);
    if (mcl_receiver_push(&receiver_, byte, &frame) == 0) continue;
    const auto payload = std::as_bytes(std::span(frame.payload, frame.payload_len));
    return Incoming{frame.version, frame.type, frame.seq, frame.boot_id, {payload.begin(), payload.end()}};
  }
  statistics_.frames_dropped = receiver_.dropped;
  return std::nullopt;
}

auto Session::gone() const -> Error {
  if (auto failure = transport_->failure()) return *std::move(failure);
  return {Exit::link, fmt::format("{}: the board is gone", transport_->name()), transport_->remedy()};
}

// -- connecting ------------------------------------------------------------------------------------------

// HELLO until it is answered. A board that still works for an earlier session answers nothing but ABORT.
auto Session::wait_for_hello() -> Result<Incoming> {
  const auto start = Clock::now();
  const auto heard_before = statistics_.bytes_received;
  const auto hello_seq = ++seq_, abort_seq = ++seq_;
  const std::array<std::byte, 1> version = {std::byte{MCL_WIRE_VERSION}};
  auto patience = options_.open_patience * transport_->slowness();
  std::uint16_t abort_boot_id = 0;
  bool answered = false;
  auto next_hello = start;
  for (int hellos = 0; Clock::now() < start + patience;) {
    if (cancelled()) return stopped();
    if (!transport_->connected()) return gone();
    if (Clock::now() >= next_hello) {
      if (!answered && hellos != 0 && hellos % hellos_per_rate == 0) transport_->next_rate();
      send(MCL_HELLO, hello_seq, 0, version);
      if (++hellos > hellos_before_abort) send(MCL_ABORT, abort_seq, abort_boot_id, {});
      next_hello = Clock::now() + options_.hello_interval;
    }
    const auto frame = receive(std::min(next_hello, Clock::now() + cancel_interval));
    if (!frame) continue;
    if (frame->type == (MCL_HELLO | MCL_REPLY) && frame->seq == hello_seq) return *frame;
    if (frame->type != (MCL_ABORT | MCL_REPLY) || frame->seq != abort_seq) continue;
    patience = options_.takeover_patience;  // somebody is there
    answered = true;
    const Reply reply{
        std::to_integer<std::uint8_t>(frame->payload.empty() ? std::byte{0} : frame->payload[0]),
        {frame->payload.begin() + !frame->payload.empty(), frame->payload.end()}};
    if (reply.status == MCL_ERR_BOOT) abort_boot_id = static_cast<std::uint16_t>(reply.detail_a());
  }
  const auto noise = statistics_.bytes_received - heard_before;
  const auto what = noise == 0
                        ? fmt::format("{}: no answer within {:.1f} s", transport_->name(), seconds(patience))
                        : fmt::format("{}: {} bytes within {:.1f} s, but no answer among them",
                                      transport_->name(), noise, seconds(patience));
  return Error{
      Exit::no_device, what,
      noise == 0
          ? "is this the board's port and rate (--baud), and is the agent on it? press reset and try again"
          : "another program runs on the board, or the baud rate is another one"};
}

auto Session::accept_hello(const Incoming& frame) -> Result<mcl_hello_t> {
  // the first bytes are the same in every wire version: status, wire version, boot id, ...
  if (frame.payload.size() < 2) return Error{Exit::link, "the board's HELLO has no wire version", ""};
  const auto wire = std::to_integer<int>(frame.payload[1]);
  if (frame.version != MCL_WIRE_VERSION || wire != MCL_WIRE_VERSION) {
    return Error{Exit::refused,
                 fmt::format("{}: the board's agent speaks wire version {}, this program speaks {}",
                             transport_->name(), wire, int{MCL_WIRE_VERSION}),
                 "put the agent that belongs to this program on the board"};
  }
  mcl_hello_t hello{};
  const auto* fields = reinterpret_cast<const std::uint8_t*>(frame.payload.data()) + 1;
  if (mcl_hello_unpack(&hello, fields, frame.payload.size() - 1) == 0)
    return Error{Exit::link, "the board's HELLO is too short", ""};
  if (hello.arithmetic_version != MCL_ARITHMETIC_VERSION) {
    return Error{
        Exit::refused,
        fmt::format("{}: the board computes by arithmetic version {}, this program checks version {}",
                    transport_->name(), hello.arithmetic_version, int{MCL_ARITHMETIC_VERSION}),
        "put the agent that belongs to this program on the board"};
  }
  if (hello.max_payload < MCL_HELLO_MAX || hello.max_payload > MCL_PAYLOAD_MAX) {
    return Error{Exit::link,
                 fmt::format("the board's HELLO says max_payload {}, which is not {} to {}",
                             hello.max_payload, int{MCL_HELLO_MAX}, int{MCL_PAYLOAD_MAX}),
                 ""};
  }
  return hello;
}

auto Session::connect() -> Result<mcl_hello_t> {
  const auto start = Clock::now();
  const auto answer = wait_for_hello();
  statistics_.waiting += Clock::now() - start;
  if (!answer) return answer.error();
  auto hello = accept_hello(*answer);
  if (hello) {
    boot_id_ = hello->boot_id;
    restarted_ = false;
  }
  return hello;
}

// -- one request -----------------------------------------------------------------------------------------

class Session::Exchange {
 public:
  Exchange(Session& session, mcl_type_t type, std::span<const std::byte> payload, const EventFn& on_event)
      : session_(session),
        type_(type),
        payload_(payload),
        on_event_(on_event),
        deadline_(deadline_of(session.options_, type)),
        round_trip_(session.round_trips_.try_emplace(type, session.options_.round_trip).first->second),
        seq_(++session.seq_) {}

  auto run() -> Result<Reply>;

 private:
  void send();
  void repeat();
  void abort();
  auto take(const Incoming& frame) -> std::optional<Result<Reply>>;
  auto take_reply(const Incoming& frame) -> Result<Reply>;
  auto given_up() const -> std::optional<Error>;

  Session& session_;
  const mcl_type_t type_;
  const std::span<const std::byte> payload_;
  const EventFn& on_event_;
  const Deadline& deadline_;
  RoundTrip& round_trip_;
  const std::uint16_t seq_;
  std::optional<std::uint16_t> abort_seq_;  // set once the request is told to stop
  Clock::time_point started_, sent_, heard_, repeat_at_;
};

// From the moment of an ABORT on, only that is sent: the request itself might run a second time.
void Session::Exchange::send() {
  if (abort_seq_) {
    session_.send(MCL_ABORT, *abort_seq_, session_.boot_id_, {});
  } else {
    session_.send(static_cast<std::uint8_t>(type_), seq_, session_.boot_id_, payload_);
  }
  sent_ = Clock::now();
  repeat_at_ = sent_ + round_trip_.timeout();
}

void Session::Exchange::repeat() {
  ++session_.last_retries_;
  ++session_.statistics_.retries;
  send();
}

void Session::Exchange::abort() {
  abort_seq_ = ++session_.seq_;
  heard_ = Clock::now();
  send();
}

auto Session::Exchange::take_reply(const Incoming& frame) -> Result<Reply> {
  if (frame.payload.empty()) return Error{Exit::link, "the board sent a reply without a status", ""};
  round_trip_.measured(Clock::now() - sent_, session_.last_retries_ > 0);
  Reply reply{std::to_integer<std::uint8_t>(frame.payload[0]),
              {frame.payload.begin() + 1, frame.payload.end()}};
  if (reply.status != MCL_ERR_BOOT) return reply;
  session_.restarted_ = true;
  ++session_.statistics_.restarts;
  return Error{
      Exit::link, fmt::format("{}: the board restarted", session_.transport_->name()),
      "a reset, a supply that failed for a moment, or a crash of its agent; what it had computed is lost"};
}

// The end of the exchange, if this frame is one.
auto Session::Exchange::take(const Incoming& frame) -> std::optional<Result<Reply>> {
  if (abort_seq_ && frame.seq == *abort_seq_ && frame.type == (MCL_ABORT | MCL_REPLY)) return stopped();
  if (frame.seq != seq_) return std::nullopt;
  heard_ = Clock::now();
  if (frame.type == (type_ | MCL_REPLY)) return take_reply(frame);
  if (frame.type == MCL_EVENT_BUSY) ++session_.statistics_.busy_events;
  if (is_event(frame.type)) {
    repeat_at_ = heard_ + round_trip_.timeout();
    if (on_event_) on_event_(frame.type, frame.payload);
  }
  return std::nullopt;
}

auto Session::Exchange::given_up() const -> std::optional<Error> {
  const auto now = Clock::now();
  if (!session_.transport_->connected()) return session_.gone();
  if (abort_seq_) {
    if (now - heard_ < session_.options_.abort_patience) return std::nullopt;
    return stopped();
  }
  const auto name = session_.transport_->name();
  if (now - heard_ >= deadline_.silence) {
    return Error{Exit::link,
                 fmt::format("{}: the board has been silent for {:.1f} s", name, seconds(now - heard_)),
                 "check the cable and the supply, press its reset button and try again"};
  }
  if (now - started_ >= deadline_.total) {
    return Error{Exit::link, fmt::format("{}: no end after {:.0f} s", name, seconds(now - started_)),
                 "press the board's reset button and try again"};
  }
  return std::nullopt;
}

auto Session::Exchange::run() -> Result<Reply> {
  started_ = heard_ = Clock::now();
  send();
  for (;;) {
    if (!abort_seq_ && session_.cancelled()) abort();
    const auto dropped = session_.receiver_.dropped;
    const auto frame = session_.receive(std::min(repeat_at_, Clock::now() + cancel_interval));
    if (frame) {
      if (auto end = take(*frame)) return *std::move(end);
      continue;
    }
    if (auto error = given_up()) return *std::move(error);
    const auto now = Clock::now();
    if (now >= repeat_at_) {
      round_trip_.timed_out();
      repeat();
    } else if (session_.receiver_.dropped != dropped && now - sent_ >= round_trip_.mean() / 2) {
      repeat();  // most likely this was the reply
    }
  }
}

auto Session::request(mcl_type_t type, std::span<const std::byte> payload, const EventFn& on_event)
    -> Result<Reply> {
  if (payload.size() > MCL_PAYLOAD_MAX)
    return Error{Exit::internal, fmt::format("a request of {} bytes", payload.size()), ""};
  if (cancelled()) return stopped();
  ++statistics_.requests;
  last_retries_ = 0;
  const auto start = Clock::now();
  auto reply = Exchange(*this, type, payload, on_event).run();
  statistics_.waiting += Clock::now() - start;
  return reply;
}

}  // namespace mcullm::link

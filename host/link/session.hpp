// SPDX-License-Identifier: MIT
// Requests and replies over an unreliable line (proto/WIRE.md sections 1 and 2): each request is executed at
// most once, and ends within its deadline whatever happens.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "link/round_trip.hpp"
#include "link/transport.hpp"
#include "proto/frame.h"
#include "proto/message.h"

namespace mcullm::link {

// How long a kind of request may take.
struct Deadline {
  std::chrono::milliseconds silence;  // since the board was last heard
  std::chrono::milliseconds total;    // in all
};

struct SessionOptions {
  // A board may reset when its port opens, and its bootloader answers nothing for up to 2 s.
  std::chrono::milliseconds open_patience{3000};
  std::chrono::milliseconds hello_interval{150};
  // A board that still executes a request of an earlier session is told to stop, and given this long.
  std::chrono::milliseconds takeover_patience{10'000};

  RoundTripLimits round_trip{};  // how long to wait before a request is repeated

  Deadline control{std::chrono::seconds{5}, std::chrono::seconds{30}};   // memory, statistics, traces
  Deadline storage{std::chrono::seconds{15}, std::chrono::minutes{10}};  // erasing takes its time
  Deadline compute{std::chrono::seconds{30}, std::chrono::hours{6}};     // BUSY keeps it alive
  std::chrono::milliseconds abort_patience{3000};  // for the end of a request that is told to stop

  // Set it, from a signal handler or another thread, to stop: the running request is aborted.
  std::atomic<bool>* cancel = nullptr;
};

struct LinkStatistics {
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;   // requests sent again
  std::uint64_t restarts = 0;  // times the board was found restarted
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t frames_dropped = 0;  // received damaged
  std::uint64_t busy_events = 0;
  std::chrono::nanoseconds waiting{0};  // for replies
};

// A reply as it came. Status is never MCL_ERR_BOOT: that is an Error of Session.
struct Reply {
  std::uint8_t status = MCL_OK;
  std::vector<std::byte> fields;  // after the status byte

  // Of a status other than MCL_OK; 0 when the board left them out.
  auto detail_a() const -> std::uint32_t;
  auto detail_b() const -> std::uint32_t;
};

// Type and payload of an event that belongs to the request being executed.
using EventFn = std::function<void(std::uint8_t type, std::span<const std::byte> payload)>;

class Session {
 public:
  explicit Session(std::unique_ptr<Transport> transport, SessionOptions options = {});

  // Says HELLO until the board answers. Exit::no_device when nothing does, Exit::refused when the board
  // speaks another wire version or computes by another arithmetic. Call again after a restart.
  auto connect() -> Result<mcl_hello_t>;

  // Sends a request and waits for its reply, repeating as needed. The reply may be a refusal. Errors:
  // Exit::link (silent, unplugged, or restarted: see restarted()), Exit::cancelled.
  auto request(mcl_type_t type, std::span<const std::byte> payload, const EventFn& on_event = {})
      -> Result<Reply>;

  // The last error of request() was that the board had restarted: connect() and do it all again.
  auto restarted() const -> bool { return restarted_; }

  // Repeats that the last request needed; a reason to send shorter frames.
  auto last_retries() const -> std::uint64_t { return last_retries_; }

  auto statistics() const -> const LinkStatistics& { return statistics_; }
  auto options() const -> const SessionOptions& { return options_; }
  auto transport() -> Transport& { return *transport_; }

 private:
  using Clock = std::chrono::steady_clock;

  struct Incoming {
    std::uint8_t version, type;
    std::uint16_t seq, boot_id;
    std::vector<std::byte> payload;
  };
  class Exchange;  // one request on its way

  void send(std::uint8_t type, std::uint16_t seq, std::uint16_t boot_id, std::span<const std::byte> payload);
  auto receive(Clock::time_point until) -> std::optional<Incoming>;
  auto cancelled() const -> bool { return options_.cancel != nullptr && options_.cancel->load(); }
  auto wait_for_hello() -> Result<Incoming>;
  auto accept_hello(const Incoming& frame) -> Result<mcl_hello_t>;
  auto gone() const -> Error;

  std::unique_ptr<Transport> transport_;
  SessionOptions options_;
  LinkStatistics statistics_;
  std::map<std::uint8_t, RoundTrip> round_trips_;  // by type: a token takes longer than a statistic
  std::uint16_t seq_;
  std::uint16_t boot_id_ = 0;
  bool restarted_ = false;
  std::uint64_t last_retries_ = 0;

  std::vector<std::uint8_t> frame_buffer_;
  mcl_receiver_t receiver_{};
  std::vector<std::byte> received_;  // read and not yet pushed: received_[next_..]
  std::size_t next_ = 0;
};

}  // namespace mcullm::link

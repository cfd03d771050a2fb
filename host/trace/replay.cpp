// SPDX-License-Identifier: MIT
#include "trace/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <thread>
#include <utility>

#include "proto/message.h"
#include "trace/describe.hpp"
#include "trace/message_layout.hpp"
#include "trace/pieces.hpp"

namespace mcullm::trace {
namespace {

// One sending of the host, and what the board said until the next one.
struct Step {
  Piece sent;
  std::vector<Piece> answers{};
};

// What the board sent before it was asked anything stands with the first sending.
auto steps_of(const Line& line) -> std::vector<Step> {
  std::vector<Step> steps;
  std::vector<Piece> early;
  for (auto& piece : pieces_of(line)) {
    if (piece.kind == Event::Kind::reset) continue;
    if (piece.kind == Event::Kind::sent) {
      steps.push_back({std::move(piece), std::exchange(early, {})});
    } else {
      (steps.empty() ? early : steps.back().answers).push_back(std::move(piece));
    }
  }
  return steps;
}

auto same_request(const Piece& recorded, const std::optional<Frame>& frame, std::span<const std::byte> bytes)
    -> bool {
  if (!recorded.frame || !frame)
    return !recorded.frame && !frame && std::ranges::equal(recorded.bytes, bytes);
  return recorded.frame->version == frame->version && recorded.frame->type == frame->type &&
         recorded.frame->boot_id == frame->boot_id && recorded.frame->payload == frame->payload;
}

auto words(const std::optional<Frame>& frame, std::span<const std::byte> bytes) -> std::string {
  return frame ? describe_frame(*frame) : fmt::format("{} bytes that are no frame", bytes.size());
}

// Where two requests of one type part, as far as words do not show it.
auto first_difference(const Frame& recorded, const Frame& now) -> std::string {
  if (recorded.type != now.type) return "";
  if (recorded.boot_id != now.boot_id)
    return fmt::format("; boot id {:04x}, now {:04x}", recorded.boot_id, now.boot_id);
  const auto [was, is] = std::ranges::mismatch(recorded.payload, now.payload);
  return fmt::format("; the payloads differ from byte {} on", was - recorded.payload.begin());
}

// A request of the host that was the recorded one.
struct Matched {
  std::uint16_t recorded_seq, live_seq;
  std::optional<Piece> reply{};  // once it was given
};
// A HELLO and an ABORT may be repeated in turns; sequence numbers come again after 65,536.
constexpr std::size_t matched_kept = 16;

class ReplayTransport : public link::Transport {
 public:
  ReplayTransport(const Line& line, std::string where)
      : steps_(steps_of(line)), complete_(line.closed), name_(line.name), where_(std::move(where)) {}

  auto read(std::span<std::byte> into, std::chrono::milliseconds patience) -> std::size_t override;
  void write(std::span<const std::byte> bytes) override;
  void drain() override {}
  auto connected() const -> bool override { return !to_send_.empty() || (!gone_ && !failure_); }
  auto name() const -> std::string override { return name_; }
  auto failure() const -> std::optional<Error> override { return failure_; }

 private:
  void take(std::span<const std::byte> bytes);
  void request(const std::optional<Frame>& frame, std::span<const std::byte> bytes);
  void repeat(const Frame& frame, const Matched& matched);
  void answer(const Step& step);
  void send(const Piece& piece);
  void fail(std::string what, std::string hint);
  auto matched_as_recorded(std::uint16_t seq) -> Matched*;
  auto repeats_known(const Step& step) -> bool;

  std::vector<Step> steps_;
  std::size_t next_ = 0;  // the sending that is expected
  bool complete_;         // the recording has its end
  std::string name_, where_;
  Splitter incoming_;
  std::deque<Matched> matched_;  // the latest last; older ones are not asked for again
  std::deque<std::byte> to_send_;
  bool gone_ = false;
  std::optional<Error> failure_;
};

auto ReplayTransport::read(std::span<std::byte> into, std::chrono::milliseconds patience) -> std::size_t {
  // a silent board: what comes next depends on what the host sends next
  if (to_send_.empty() && connected()) std::this_thread::sleep_for(patience);
  const auto count = std::min(into.size(), to_send_.size());
  std::copy_n(to_send_.begin(), count, into.begin());
  to_send_.erase(to_send_.begin(), to_send_.begin() + static_cast<std::ptrdiff_t>(count));
  return count;
}

void ReplayTransport::write(std::span<const std::byte> bytes) {
  std::vector<std::vector<std::byte>> complete;
  incoming_.push(bytes, complete);
  for (const auto& piece : complete)
    if (!failure_) take(piece);
}

void ReplayTransport::take(std::span<const std::byte> bytes) {
  const auto frame = decode_frame(bytes);
  const auto known = std::ranges::find_if(
      matched_, [&](const Matched& matched) { return frame && matched.live_seq == frame->seq; });
  if (known != matched_.end()) {
    repeat(*frame, *known);
  } else {
    request(frame, bytes);
  }
}

auto ReplayTransport::matched_as_recorded(std::uint16_t seq) -> Matched* {
  const auto found =
      std::ranges::find_if(matched_, [&](const Matched& matched) { return matched.recorded_seq == seq; });
  return found == matched_.end() ? nullptr : &*found;
}

// A sending of a request that was matched before.
auto ReplayTransport::repeats_known(const Step& step) -> bool {
  return step.sent.frame && matched_as_recorded(step.sent.frame->seq) != nullptr;
}

void ReplayTransport::request(const std::optional<Frame>& frame, std::span<const std::byte> bytes) {
  // the recorded host asked once more where this one had its answer already
  while (next_ < steps_.size() && repeats_known(steps_[next_])) ++next_;
  if (next_ == steps_.size()) {
    return fail(fmt::format("the recording {} after {} sendings, and the command goes on with {}",
                            complete_ ? "ends" : "was cut off", steps_.size(), words(frame, bytes)),
                complete_ ? "the recorded command did less; mcullm replay FILE shows which it was"
                          : "up to there everything was as recorded; a crash or a full disk cut it");
  }
  const auto& step = steps_[next_];
  if (!same_request(step.sent, frame, bytes)) {
    const auto where = step.sent.frame && frame ? first_difference(*step.sent.frame, *frame) : "";
    return fail(fmt::format("sending {} differs from the recording: recorded {}, now {}{}", next_ + 1,
                            words(step.sent.frame, step.sent.bytes), words(frame, bytes), where),
                "give the same command, model, seed and prompts; mcullm replay FILE shows the recorded ones");
  }
  if (frame) matched_.push_back({step.sent.frame->seq, frame->seq});
  if (matched_.size() > matched_kept) matched_.pop_front();
  answer(step);
}

void ReplayTransport::repeat(const Frame& frame, const Matched& matched) {
  if (next_ < steps_.size() && steps_[next_].sent.frame &&
      steps_[next_].sent.frame->seq == matched.recorded_seq)
    return answer(steps_[next_]);
  if (matched.reply) return send(*matched.reply);
  // the recorded host had no answer either: it gave up, was stopped, or was cut off
  const auto name = message_name(frame.type);
  if (next_ < steps_.size()) {
    fail(fmt::format("in the recording {} was left without an answer, and {} followed", name,
                     words(steps_[next_].sent.frame, steps_[next_].sent.bytes)),
         "the recorded run was stopped there");
  } else if (!complete_) {
    fail(fmt::format("the recording was cut off before {} was answered", name),
         "up to there everything was as recorded");
  }
}

void ReplayTransport::answer(const Step& step) {
  ++next_;
  for (const auto& piece : step.answers) {
    if (piece.kind == Event::Kind::gone) {
      gone_ = true;
      return;
    }
    const bool is_event = piece.frame && (piece.frame->type & 0xF0) == MCL_EVENT_BUSY;
    if (piece.frame && !is_event) {
      if (auto* matched = matched_as_recorded(piece.frame->seq)) matched->reply = piece;
    }
    send(piece);
  }
}

void ReplayTransport::send(const Piece& piece) {
  if (!piece.frame) {
    to_send_.push_back(std::byte{0});
    to_send_.insert(to_send_.end(), piece.bytes.begin(), piece.bytes.end());
    to_send_.push_back(std::byte{0});
    return;
  }
  auto frame = *piece.frame;
  if (const auto* matched = matched_as_recorded(frame.seq)) frame.seq = matched->live_seq;
  const auto bytes = encode_frame(frame);
  to_send_.insert(to_send_.end(), bytes.begin(), bytes.end());
}

void ReplayTransport::fail(std::string what, std::string hint) {
  failure_ = Error{Exit::input, where_ + ": " + what, std::move(hint)};
}

}  // namespace

auto replay_line(const Line& line, std::string where) -> std::unique_ptr<link::Transport> {
  return std::make_unique<ReplayTransport>(line, std::move(where));
}

auto replay_recording(const Recording& recording, std::size_t index, std::string where)
    -> Result<std::unique_ptr<link::Transport>> {
  std::size_t answered = 0;
  for (const auto& line : recording.lines)
    if (line.answered() && answered++ == index) return replay_line(line, std::move(where));
  if (answered == 0)
    return Error{Exit::input, where + ": no board answered in this recording",
                 "mcullm replay FILE shows what is in it"};
  return Error{Exit::input,
               fmt::format("{}: a board answered on {} line{}, and this command opens another", where,
                           answered, answered == 1 ? "" : "s"),
               "give the command that was recorded; mcullm replay FILE shows it"};
}

}  // namespace mcullm::trace

// SPDX-License-Identifier: MIT
#include "link/faulty_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace mcullm::link {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// What happens to the bytes of one direction.
class Damage {
 public:
  Damage(const FaultSpec& spec, std::uint64_t stream) : spec_(spec), random_(2 * spec.seed + stream) {}

  auto apply(std::span<const std::byte> bytes) -> std::vector<std::byte> {
    std::vector<std::byte> out;
    out.reserve(bytes.size());
    for (auto byte : bytes) {
      const bool boundary = byte == std::byte{0};
      if (boundary) truncating_ = false;
      if (happens(spec_.flip)) byte ^= std::byte{1} << static_cast<int>(random_() % 8);
      if (!boundary && happens(spec_.truncate)) truncating_ = true;
      if (truncating_ || happens(spec_.drop)) continue;
      out.push_back(byte);
      if (happens(spec_.dup)) out.push_back(byte);
    }
    return out;
  }

 private:
  // No draw for what never happens: a spec's faults stay where they are when it is asked for fewer kinds.
  auto happens(double probability) -> bool {
    constexpr double range = 9007199254740992.0;  // 2^53
    return probability > 0 && static_cast<double>(random_() >> 11) < probability * range;
  }

  FaultSpec spec_;
  std::mt19937_64 random_;
  bool truncating_ = false;
};

class FaultyTransport : public Transport {
 public:
  FaultyTransport(std::unique_ptr<Transport> line, const FaultSpec& spec)
      : line_(std::move(line)), spec_(spec), sent_(spec, 0), received_(spec, 1), delays_(spec.seed) {}

  auto read(std::span<std::byte> into, milliseconds patience) -> std::size_t override;

  void write(std::span<const std::byte> bytes) override {
    line_->write(sent_.apply(bytes));
    if (spec_.reset != 0 && ++frames_ % spec_.reset == 0) line_->reset();
  }

  void drain() override { line_->drain(); }
  auto connected() const -> bool override { return line_->connected() || !arrived_.empty(); }
  auto next_rate() -> bool override { return line_->next_rate(); }
  void reset() override { line_->reset(); }
  auto slowness() const -> int override { return line_->slowness(); }
  auto name() const -> std::string override { return line_->name(); }
  auto failure() const -> std::optional<Error> override { return line_->failure(); }
  auto remedy() const -> std::string override { return line_->remedy(); }

 private:
  struct Chunk {
    Clock::time_point due;
    std::vector<std::byte> bytes;
  };

  void fetch(milliseconds patience);

  std::unique_ptr<Transport> line_;
  FaultSpec spec_;
  Damage sent_, received_;
  std::mt19937_64 delays_;  // apart: how the bytes are cut must not change what happens to them
  std::uint64_t frames_ = 0;
  std::deque<Chunk> arrived_;  // and not yet handed on, in order
};

void FaultyTransport::fetch(milliseconds patience) {
  std::vector<std::byte> bytes(4096);
  bytes.resize(line_->read(bytes, patience));
  auto damaged = received_.apply(bytes);
  if (damaged.empty()) return;
  const auto range = static_cast<std::uint64_t>(spec_.delay.count()) + 1;
  auto due = Clock::now() + milliseconds(delays_() % range);
  if (!arrived_.empty()) due = std::max(due, arrived_.back().due);
  arrived_.push_back({due, std::move(damaged)});
}

auto FaultyTransport::read(std::span<std::byte> into, milliseconds patience) -> std::size_t {
  const auto until = Clock::now() + patience;
  for (bool last = false;;) {
    const auto now = Clock::now();
    if (!arrived_.empty() && arrived_.front().due <= now) {
      auto& chunk = arrived_.front().bytes;
      const auto count = std::min(into.size(), chunk.size());
      std::copy_n(chunk.begin(), count, into.begin());
      chunk.erase(chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(count));
      if (chunk.empty()) arrived_.pop_front();
      return count;
    }
    if (last || !connected()) return 0;
    last = now >= until;  // no more waiting, but a look at what is there
    const auto next = arrived_.empty() ? until : std::min(until, arrived_.front().due);
    fetch(std::max(std::chrono::ceil<milliseconds>(next - now), milliseconds{0}));
  }
}

auto bad_spec(const std::string& part, const std::string& problem) -> Error {
  return {Exit::usage, fmt::format("fault specification: '{}': {}", part, problem),
          "probabilities per byte flip= drop= dup= truncate=, delay=MS, reset=FRAMES, seed=N, with commas "
          "between: flip=1e-4,drop=1e-5,seed=7"};
}

// The number, whole and within 0..most.
template <class T>
auto number(const std::string& text, T most) -> std::optional<T> {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value <= most))
    return std::nullopt;
  return value;
}

auto set_fault(FaultSpec& spec, const std::string& name, const std::string& value)
    -> std::optional<std::string> {
  static const std::vector<std::pair<std::string, double FaultSpec::*>> probabilities = {
      {"flip", &FaultSpec::flip},
      {"drop", &FaultSpec::drop},
      {"dup", &FaultSpec::dup},
      {"truncate", &FaultSpec::truncate}};
  for (const auto& [known, member] : probabilities) {
    if (name != known) continue;
    const auto probability = number<double>(value, 1.0);
    if (!probability) return "not a probability from 0 to 1";
    spec.*member = *probability;
    return std::nullopt;
  }
  if (name == "delay") {
    const auto late = number<std::uint16_t>(value, 60'000);
    if (!late) return "not milliseconds from 0 to 60000";
    spec.delay = milliseconds(*late);
    return std::nullopt;
  }
  if (name != "reset" && name != "seed") return "no such fault";
  const auto whole = number<std::uint64_t>(value, UINT64_MAX);
  if (!whole) return "not a whole number";
  (name == "reset" ? spec.reset : spec.seed) = *whole;
  return std::nullopt;
}

}  // namespace

auto parse_fault_spec(const std::string& text) -> Result<FaultSpec> {
  FaultSpec spec;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto part = text.substr(begin, end - begin);
    const auto equals = part.find('=');
    if (equals == std::string::npos) return bad_spec(part, "expected NAME=VALUE");
    if (auto problem = set_fault(spec, part.substr(0, equals), part.substr(equals + 1)))
      return bad_spec(part, *problem);
    begin = end + 1;
  }
  return spec;
}

auto make_faulty(std::unique_ptr<Transport> line, const FaultSpec& spec) -> std::unique_ptr<Transport> {
  return std::make_unique<FaultyTransport>(std::move(line), spec);
}

}  // namespace mcullm::link

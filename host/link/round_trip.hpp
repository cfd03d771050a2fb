// SPDX-License-Identifier: MIT
// How long to wait for a reply before asking again, learnt from the replies so far (Jacobson, as in TCP:
// RFC 6298).
#pragma once

#include <algorithm>
#include <chrono>

namespace mcullm::link {

struct RoundTripLimits {
  std::chrono::nanoseconds first{std::chrono::milliseconds{250}};  // before anything is known
  std::chrono::nanoseconds least{std::chrono::milliseconds{40}};
  std::chrono::nanoseconds most{std::chrono::milliseconds{2000}};
};

class RoundTrip {
 public:
  using Duration = std::chrono::nanoseconds;

  explicit RoundTrip(const RoundTripLimits& limits) : limits_(limits), timeout_(limits.first) {}

  // From the last sending of a request to its reply. Where it was repeated, a reply that comes much sooner
  // than usual answers an earlier sending: it says nothing, and the longer time-out stays.
  void measured(Duration sample, bool repeated) {
    if (repeated && known_ && sample < mean_ / 2) return;
    if (!known_) {
      mean_ = sample;
      deviation_ = sample / 2;
      known_ = true;
    } else {
      deviation_ += ((sample > mean_ ? sample - mean_ : mean_ - sample) - deviation_) / 4;
      mean_ += (sample - mean_) / 8;
    }
    timeout_ = clamped(mean_ + 4 * deviation_);
  }

  void timed_out() { timeout_ = clamped(2 * timeout_); }

  auto timeout() const -> Duration { return timeout_; }
  auto mean() const -> Duration { return known_ ? mean_ : timeout_; }

 private:
  auto clamped(Duration value) const -> Duration {
    return std::clamp<Duration>(value, limits_.least, limits_.most);
  }

  RoundTripLimits limits_;
  Duration timeout_;
  Duration mean_{0}, deviation_{0};
  bool known_ = false;
};

}  // namespace mcullm::link

// SPDX-License-Identifier: MIT
// How long to wait for a reply before asking again, learnt from the replies so far (Jacobson and Karn, as in
// TCP: RFC 6298).
#pragma once

#include <algorithm>
#include <chrono>

namespace mcullm::link {

struct RoundTripLimits {
  std::chrono::nanoseconds first{std::chrono::milliseconds{500}};  // before anything is known
  std::chrono::nanoseconds least{std::chrono::milliseconds{40}};
  std::chrono::nanoseconds most{std::chrono::milliseconds{2000}};
};

class RoundTrip {
 public:
  using Duration = std::chrono::nanoseconds;

  explicit RoundTrip(const RoundTripLimits& limits) : limits_(limits), timeout_(limits.first) {}

  // From sending a request once to its reply. Of a request that was repeated nobody knows which sending was
  // answered, so it is not measured.
  void measured(Duration sample) {
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

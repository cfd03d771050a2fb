// SPDX-License-Identifier: MIT
#include "chat/verifier.hpp"

#include <memory>

#include "reference/integer_sampler.hpp"

namespace mcullm::chat {

Verifier::Verifier(const image::ModelImage& image) : transformer_(image), thread_([this] { run(); }) {}

Verifier::~Verifier() {
  {
    const std::scoped_lock lock(mutex_);
    quit_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Verifier::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return quit_ || !open_.empty(); });
    if (quit_) return;
    const Check check = std::move(open_.front());
    open_.pop_front();
    busy_ = true;
    lock.unlock();
    auto difference = check();
    lock.lock();
    busy_ = false;
    if (difference) {
      disagreement_ = std::move(difference);
      open_.clear();
    } else {
      ++count_.checked;
    }
    changed_.notify_all();
  }
}

void Verifier::hand_in(std::deque<Check> checks) {
  {
    const std::scoped_lock lock(mutex_);
    count_.handed_in += static_cast<int>(checks.size());
    if (disagreement_) return;
    for (auto& check : checks) open_.push_back(std::move(check));
  }
  changed_.notify_all();
}

void Verifier::prefilled(int pos, std::vector<int> tokens, std::vector<std::uint32_t> state_crcs) {
  std::deque<Check> checks;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    checks.emplace_back([this, at = pos + static_cast<int>(i), token = tokens[i],
                         got = state_crcs[i]]() -> std::optional<Disagreement> {
      const auto expected = transformer_.prefill(token, at);
      if (expected == got) return std::nullopt;
      return Disagreement{at, token, "state CRC", expected, got};
    });
  }
  hand_in(std::move(checks));
}

void Verifier::generated(const link::GenerateRequest& request, link::GenerateResult result, bool complete) {
  const auto sampler = std::make_shared<reference::IntegerSampler>(request.inv_temperature, request.top_p,
                                                                   request.random_state);
  std::deque<Check> checks;
  int token = request.token;
  for (std::size_t i = 0; i < result.tokens.size(); ++i) {
    const bool last = i + 1 == result.tokens.size();
    checks.emplace_back([this, sampler, at = request.pos + static_cast<int>(i), token, got = result.tokens[i],
                         compares_state = last && complete,
                         state = result.random_state]() -> std::optional<Disagreement> {
      const auto expected = transformer_.forward(token, at);
      if (expected.logits_crc != got.logits_crc)
        return Disagreement{at, token, "logits CRC", expected.logits_crc, got.logits_crc};
      const int chosen = sampler->choose(expected.logits);
      if (chosen != got.token)
        return Disagreement{at, token, "chosen token", static_cast<std::uint64_t>(chosen),
                            static_cast<std::uint64_t>(got.token)};
      if (compares_state && sampler->state() != state)
        return Disagreement{at, token, "random state", sampler->state(), state};
      return std::nullopt;
    });
    token = result.tokens[i].token;
  }
  hand_in(std::move(checks));
}

void Verifier::begin() {
  std::unique_lock lock(mutex_);
  open_.clear();
  changed_.wait(lock, [this] { return !busy_; });
  count_ = {};
  disagreement_.reset();
}

void Verifier::wait(const std::atomic<bool>& cancel) {
  constexpr auto look_interval = std::chrono::milliseconds(20);  // a signal cannot notify
  std::unique_lock lock(mutex_);
  while (!cancel && (busy_ || !open_.empty())) changed_.wait_for(lock, look_interval);
}

auto Verifier::right_up_to(int positions) -> bool {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return count_.checked >= positions || disagreement_; });
  return count_.checked >= positions;
}

auto Verifier::count() const -> Count {
  const std::scoped_lock lock(mutex_);
  return count_;
}

auto Verifier::disagreement() const -> std::optional<Disagreement> {
  const std::scoped_lock lock(mutex_);
  return disagreement_;
}

}  // namespace mcullm::chat

// SPDX-License-Identifier: MIT
#include "verify/model_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <random>

#include "reference/integer_sampler.hpp"
#include "reference/integer_transformer.hpp"
#include "verify/compare.hpp"
#include "verify/localise.hpp"

namespace mcullm::verify {

namespace {

constexpr auto blind = "this agent was built without TRACE, so the operation cannot be searched here";

auto nothing_before() -> Result<Ok> { return Ok{}; }

// A residual state of the size that tokens really have (an embedding row and noise), and now and then one
// that no token has: zero, or at the ends of int32.
auto random_state(const image::ModelImage& image, std::mt19937_64& random, int position)
    -> std::vector<std::int32_t> {
  const auto dim = static_cast<std::size_t>(image.shape.dim);
  std::vector<std::int32_t> state(dim);
  constexpr auto lowest = std::numeric_limits<std::int32_t>::min();
  constexpr auto highest = std::numeric_limits<std::int32_t>::max();
  if (position % 8 == 5) return state;
  const auto& rows = image.embedding_matrix();
  const auto row = (random() >> 11) % static_cast<std::uint64_t>(image.shape.vocab_size);
  for (std::size_t i = 0; i < dim; ++i) {
    const auto noise = static_cast<std::int64_t>(random() >> 40) - (1 << 23);
    const auto weight = std::int64_t{rows.weights[row * dim + i]} * rows.multipliers[row];
    const auto value = (weight >> image.embed_shift) + (noise >> (23 - image.resid_frac));
    state[i] = static_cast<std::int32_t>(std::clamp<std::int64_t>(value, lowest, highest));
    if (position % 8 == 7) state[i] = (random() >> 20) % 2 == 0 ? lowest : highest;
  }
  return state;
}

class TokenRun {
 public:
  TokenRun(link::Board& board, const image::ModelImage& image, const TokenCheck& check)
      : board_(board), image_(image), check_(check), reference_(image), sequence_(check.prompt) {
    const auto limit = std::min(check.tokens, image.shape.context);
    total_ = static_cast<std::size_t>(std::max(limit, 1));
    sequence_.resize(std::min(sequence_.size(), total_));
    outcome_.what = fmt::format("tokens {}", total_);
  }

  auto run(const ProgressFn& progress) -> Result<Outcome>;
  auto sequence() const -> const std::vector<int>& { return sequence_; }

 private:
  auto check_prompt() -> Result<Ok>;
  auto check_generation(const ProgressFn& progress) -> Result<Ok>;
  auto check_burst(std::size_t at, reference::IntegerSampler& sampler, std::uint64_t& board_state)
      -> Result<Ok>;
  auto check_last_token() -> Result<Ok>;
  auto found_at(std::size_t at, const char* by) -> Result<Ok>;

  // the board's sequence so far, `upto` tokens, without classifier
  auto replay(std::size_t upto) -> Result<Ok>;

  link::Board& board_;
  const image::ModelImage& image_;
  const TokenCheck& check_;
  reference::IntegerTransformer reference_;
  std::vector<int> sequence_;  // prompt and generated tokens
  std::size_t total_ = 0;
  Outcome outcome_;
};

auto TokenRun::replay(std::size_t upto) -> Result<Ok> {
  const auto done = board_.prefill(0, std::span(sequence_).first(upto));
  if (!done) return done.error();
  return Ok{};
}

// Position `at` went wrong: run the sequence again up to there and look inside that token.
auto TokenRun::found_at(std::size_t at, const char* by) -> Result<Ok> {
  Recorder recorded;
  const auto pos = static_cast<int>(at);
  const auto expected = reference_.forward(sequence_[at], pos, &recorded);
  if (at > 0) {
    if (auto replayed = replay(at); !replayed) return replayed;
  }
  const auto again = board_.token(sequence_[at], pos);
  if (!again) return again.error();
  auto search = first_difference(board_, image_.shape, recorded, nothing_before);
  if (!search) return search.error();
  auto mismatch = *search ? std::move(**search) : Mismatch{};
  if (!*search) {
    mismatch.op = by;
    mismatch.expected = expected.logits_crc;
    mismatch.got = again->logits_crc;
    mismatch.differing = mismatch.compared = 1;
    mismatch.note =
        cannot_trace(board_) ? blind
        : again->logits_crc == expected.logits_crc
            ? "run once more, every vector of this token was right: the command itself, the cache it "
              "left, or memory that is not reliable"
            : "every vector that TRACE shows is right, the CRC is not";
  }
  mismatch.token = mismatch.position = pos;
  outcome_.mismatch = std::move(mismatch);
  return Ok{};
}

auto TokenRun::check_prompt() -> Result<Ok> {
  const auto count = sequence_.size() - 1;  // the last one is where generation starts
  if (count == 0) return Ok{};
  const auto done = board_.prefill(0, std::span(sequence_).first(count));
  if (!done) return done.error();
  outcome_.ticks += done->ticks;
  for (std::size_t at = 0; at < count; ++at) {
    const auto expected = reference_.prefill(sequence_[at], static_cast<int>(at));
    outcome_.compared += static_cast<std::uint64_t>(image_.shape.dim);
    ++outcome_.items;
    if (done->state_crcs[at] != expected) return found_at(at, "prefill");
  }
  return Ok{};
}

// One GENERATE request, followed by the reference token by token.
auto TokenRun::check_burst(std::size_t at, reference::IntegerSampler& sampler, std::uint64_t& board_state)
    -> Result<Ok> {
  link::GenerateRequest request;
  request.token = sequence_[at];
  request.pos = static_cast<int>(at);
  request.count = static_cast<int>(std::min<std::size_t>(total_ - at, 32));
  request.inv_temperature = check_.sampler.inv_temperature;
  request.top_p = check_.sampler.top_p;
  request.random_state = board_state;
  const auto burst = board_.generate(request);
  if (!burst) return burst.error();
  if (burst->tokens.empty()) {
    return Error{Exit::link, "GENERATE returned no token",
                 "the agent breaks proto/WIRE.md: it owes at least one"};
  }
  outcome_.ticks += burst->ticks;
  for (const auto& produced : burst->tokens) {
    const auto expected = reference_.forward(sequence_[at], static_cast<int>(at));
    outcome_.compared += static_cast<std::uint64_t>(image_.shape.vocab_size) + 1;
    ++outcome_.items;
    if (produced.logits_crc != expected.logits_crc) return found_at(at, "generate");
    const int chosen = sampler.choose(expected.logits);
    if (produced.token != chosen) {
      outcome_.mismatch = Mismatch{.op = "sampler",
                                   .token = static_cast<int>(at),
                                   .position = static_cast<int>(at),
                                   .element = "the token chosen",
                                   .expected = chosen,
                                   .got = produced.token,
                                   .differing = 1,
                                   .compared = 1};
      return Ok{};
    }
    sequence_.push_back(chosen);
    ++at;
  }
  board_state = burst->random_state;
  if (board_state != sampler.state()) {
    outcome_.mismatch = Mismatch{.op = "sampler",
                                 .token = static_cast<int>(at),
                                 .element = "random state",
                                 .expected = static_cast<std::int64_t>(sampler.state()),
                                 .got = static_cast<std::int64_t>(board_state),
                                 .differing = 1,
                                 .compared = 1};
  }
  return Ok{};
}

auto TokenRun::check_generation(const ProgressFn& progress) -> Result<Ok> {
  reference::IntegerSampler sampler(check_.sampler.inv_temperature, check_.sampler.top_p,
                                    check_.random_state);
  auto board_state = check_.random_state;
  while (sequence_.size() <= total_ && !outcome_.mismatch) {
    const auto at = sequence_.size() - 1;
    if (auto burst = check_burst(at, sampler, board_state); !burst) return burst;
    progress({"checking tokens", sequence_.size() - 1, total_, "tokens"});
  }
  return Ok{};
}

// TOKEN itself, on the last position once more: its argmax and both of its CRCs.
auto TokenRun::check_last_token() -> Result<Ok> {
  const auto at = total_ - 1;
  const auto pos = static_cast<int>(at);
  const auto got = board_.token(sequence_[at], pos);
  if (!got) return got.error();
  const auto expected = reference_.forward(sequence_[at], pos);
  outcome_.compared += static_cast<std::uint64_t>(image_.shape.vocab_size + image_.shape.dim) + 1;
  if (got->logits_crc != expected.logits_crc || got->state_crc != expected.state_crc)
    return found_at(at, "token");
  if (got->argmax != expected.argmax) {
    outcome_.mismatch = Mismatch{.op = "argmax",
                                 .token = pos,
                                 .position = pos,
                                 .element = "the greatest logit",
                                 .expected = expected.argmax,
                                 .got = got->argmax,
                                 .differing = 1,
                                 .compared = 1};
  }
  return Ok{};
}

auto TokenRun::run(const ProgressFn& progress) -> Result<Outcome> {
  if (auto prompt = check_prompt(); !prompt) return prompt.error();
  if (!outcome_.mismatch) {
    if (auto generation = check_generation(progress); !generation) return generation.error();
  }
  if (!outcome_.mismatch) {
    if (auto last = check_last_token(); !last) return last.error();
  }
  return outcome_;
}

}  // namespace

auto check_layer(link::Board& board, const image::ModelImage& image, int layer, int positions,
                 std::uint64_t seed) -> Result<Outcome> {
  std::mt19937_64 random(seed);
  reference::IntegerTransformer reference(image);
  Outcome outcome{.what = fmt::format("layer {}", layer)};
  for (int pos = 0; pos < std::min(positions, image.shape.context); ++pos) {
    const auto before = random_state(image, random, pos);
    if (auto put = board.put_int32(0, before); !put) return put.error();
    const auto ran = board.layer(layer, pos);
    if (!ran) return ran.error();
    const auto got = board.get_int32(0, before.size());
    if (!got) return got.error();
    outcome.ticks += ran->ticks;
    ++outcome.items;
    outcome.compared += before.size();

    auto expected = before;
    Recorder recorded;
    reference.run_layer(layer, pos, expected, &recorded);
    if (!compare(expected, *got) && ran->state_crc == reference::vector_crc(expected)) continue;
    auto search = first_difference(board, image.shape, recorded, [&] { return board.put_int32(0, before); });
    if (!search) return search.error();
    auto mismatch = *search ? std::move(**search) : Mismatch{.op = "layer"};
    if (!*search) {
      mismatch.note =
          cannot_trace(board)
              ? blind
              : "every vector of a second run was right: the command itself, or memory that is not reliable";
      if (const auto difference = compare(expected, *got)) {
        describe(mismatch, expected, *got, expected.size(), *difference);
      }
    }
    mismatch.layer = layer;
    mismatch.position = pos;
    outcome.mismatch = std::move(mismatch);
    break;
  }
  return outcome;
}

auto check_tokens(link::Board& board, const image::ModelImage& image, const TokenCheck& check,
                  const ProgressFn& progress, std::vector<int>* tokens_out) -> Result<Outcome> {
  TokenRun run(board, image, check);
  auto outcome = run.run(progress);
  if (tokens_out != nullptr) *tokens_out = run.sequence();
  return outcome;
}

}  // namespace mcullm::verify

// SPDX-License-Identifier: MIT
#include "verify/offload_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reference/integer_sampler.hpp"
#include "reference/integer_transformer.hpp"

namespace mcullm::verify {

namespace {

auto mismatch_of(const offload::Difference& found, int position) -> Mismatch {
  return {.op = fmt::format("matmul {}", found.matrix),
          .token = position,
          .position = position,
          .layer = found.layer,
          .element = fmt::format("row {}", found.row),
          .expected = found.expected,
          .got = found.got,
          .differing = found.differing,
          .compared = found.compared};
}

auto crc_mismatch(const char* op, int position, std::uint32_t expected, std::uint32_t got) -> Mismatch {
  return {.op = op,
          .token = position,
          .position = position,
          .element = "CRC-32",
          .expected = expected,
          .got = got,
          .differing = 1,
          .compared = 1,
          .note = "every product was right: what differs was computed on this computer"};
}

}  // namespace

auto check_offloaded_tokens(link::Board& board, const image::ModelImage& image, const TokenCheck& check,
                            const ProgressFn& progress, std::vector<int>* tokens_out,
                            offload::ProductCount* count) -> Result<Outcome> {
  offload::BoardProduct product(board, image, true);
  reference::IntegerTransformer offloaded(
      image, [&](const auto& w, const auto& a) { return product.multiply(w, a); });
  reference::IntegerTransformer reference(image);
  reference::IntegerSampler sampler(check.sampler.inv_temperature, check.sampler.top_p, check.random_state);
  std::vector<int> tokens = check.prompt;
  const int total = std::min(check.tokens, image.shape.context);
  Outcome outcome{.what = fmt::format("tokens {} with products of the board", total)};
  for (int pos = 0; pos < total && !outcome.mismatch; ++pos) {
    const auto at = static_cast<std::size_t>(pos);
    const auto expected = reference.forward(tokens[at], pos);
    try {
      const auto got = offloaded.forward(tokens[at], pos);
      if (got.state_crc != expected.state_crc)
        outcome.mismatch = crc_mismatch("ffn_residual", pos, expected.state_crc, got.state_crc);
      else if (got.logits_crc != expected.logits_crc)
        outcome.mismatch = crc_mismatch("logits", pos, expected.logits_crc, got.logits_crc);
    } catch (const offload::ProductFailed& failed) {
      if (!failed.difference) return failed.error;
      outcome.mismatch = mismatch_of(*failed.difference, pos);
    }
    outcome.compared += static_cast<std::uint64_t>(image.shape.dim + image.shape.vocab_size);
    ++outcome.items;
    if (at + 1 == tokens.size()) tokens.push_back(sampler.choose(expected.logits));
    progress({"checking tokens", at + 1, static_cast<std::uint64_t>(total), "tokens"});
  }
  outcome.ticks = product.count().ticks;
  if (count != nullptr) *count = product.count();
  if (tokens_out != nullptr) *tokens_out = std::move(tokens);
  return outcome;
}

}  // namespace mcullm::verify

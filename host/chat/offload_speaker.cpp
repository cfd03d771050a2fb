// SPDX-License-Identifier: MIT
#include "chat/offload_speaker.hpp"

#include "reference/integer_sampler.hpp"

namespace mcullm::chat {

auto OffloadSpeaker::prefill(int pos, std::span<const int> tokens) -> Result<link::PrefillResult> {
  const auto before = product_.count().ticks;
  link::PrefillResult result;
  try {
    for (const int token : tokens) result.state_crcs.push_back(transformer_.prefill(token, pos++));
  } catch (const offload::ProductFailed& failed) {
    return failed.error;
  }
  result.ticks = product_.count().ticks - before;
  return result;
}

auto OffloadSpeaker::generate(const link::GenerateRequest& request, const link::TokenFn& on_token)
    -> Result<link::GenerateResult> {
  const auto before = product_.count().ticks;
  reference::IntegerSampler sampler(request.inv_temperature, request.top_p, request.random_state);
  link::GenerateResult result{};
  int token = request.token;
  try {
    for (int i = 0; i < request.count; ++i) {
      const auto run = transformer_.forward(token, request.pos + i);
      token = sampler.choose(run.logits);
      result.tokens.push_back({.token = token, .logits_crc = run.logits_crc});
      if (on_token) on_token(i, result.tokens.back());
      if (request.stop_at_end && (token == end_tokens_[0] || token == end_tokens_[1])) break;
    }
  } catch (const offload::ProductFailed& failed) {
    return failed.error;
  }
  result.ticks = product_.count().ticks - before;
  result.random_state = sampler.state();
  return result;
}

}  // namespace mcullm::chat

// SPDX-License-Identifier: MIT
#include "reference_board.hpp"

#include <algorithm>

#include "reference/integer_sampler.hpp"
#include "reference/random_model.hpp"

namespace mcullm::tests {

auto small_model() -> image::ModelImage {
  const checkpoint::ModelShape shape{.dim = 16,
                                     .hidden_dim = 24,
                                     .n_layers = 2,
                                     .n_heads = 4,
                                     .n_kv_heads = 2,
                                     .vocab_size = 40,
                                     .context = 48};
  return random_model_image(
      {.shape = shape, .kv_format = image::KvFormat::k16v8, .bits = 8, .shared_classifier = true, .seed = 5});
}

auto ReferenceBoard::trouble() -> std::optional<Error> {
  if (unplugged) return Error{Exit::link, "the board is gone", ""};
  const auto planned = std::find(restart_at.begin(), restart_at.end(), tokens_run);
  if (planned != restart_at.end()) {
    restart_at.erase(planned);
    transformer_.reset();
    restarted_ = true;
    return Error{Exit::link, "the board restarted", ""};
  }
  if (cancel_at == tokens_run) return Error{Exit::cancelled, "stopped", ""};
  return std::nullopt;
}

auto ReferenceBoard::recover() -> Result<bool> {
  const bool recovered = restarted_;
  restarted_ = false;
  if (recovered) ++restarts;
  return recovered;
}

auto ReferenceBoard::prefill(int pos, std::span<const int> tokens) -> Result<link::PrefillResult> {
  ++prefills;
  link::PrefillResult result;
  for (const int token : tokens) {
    if (auto error = trouble()) return *error;
    const auto flip = flips.find(tokens_run);
    const auto crc = transformer_.prefill(token, pos++);
    result.state_crcs.push_back(flip == flips.end() ? crc : crc ^ flip->second);
    ++tokens_run;
  }
  return result;
}

auto ReferenceBoard::generate(const link::GenerateRequest& request, const link::TokenFn& on_token)
    -> Result<link::GenerateResult> {
  requests.push_back(request);
  reference::IntegerSampler sampler(request.inv_temperature, request.top_p, request.random_state);
  link::GenerateResult result;
  int token = request.token;
  for (int i = 0; i < request.count; ++i) {
    if (auto error = trouble()) return *error;
    const auto run = transformer_.forward(token, request.pos + i);
    const auto flip = flips.find(tokens_run);
    const auto wrong = wrong_choices.find(tokens_run);
    token = sampler.choose(run.logits);
    if (wrong != wrong_choices.end()) token = wrong->second;
    result.tokens.push_back({token, flip == flips.end() ? run.logits_crc : run.logits_crc ^ flip->second});
    const bool heard = lose_events_from < 0 || tokens_run < lose_events_from;
    if (heard && on_token) on_token(i, result.tokens.back());
    ++tokens_run;
    if (token >= image_.shape.vocab_size) break;
    const bool end = token == image_.identity.bos_token || token == image_.identity.eos_token;
    if (request.stop_at_end && end) break;
  }
  result.random_state = sampler.state();
  return result;
}

}  // namespace mcullm::tests

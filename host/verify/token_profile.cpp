// SPDX-License-Identifier: MIT
#include "verify/token_profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>

#include "reference/integer_sampler.hpp"
#include "reference/integer_transformer.hpp"
#include "verify/localise.hpp"

namespace mcullm::verify {

namespace {

constexpr double temperature = 0.8, top_p = 0.9;
constexpr std::uint64_t seed = 1;
constexpr std::size_t prefill_tokens = 16;  // between two looks at the progress

// What the reference expects of the tokens up to `pos`.
struct Text {
  std::vector<int> tokens;
  std::vector<std::uint32_t> state_crcs;
  std::uint32_t logits_crc = 0;  // of the last one
};

auto write_text(const image::ModelImage& image, int pos) -> Text {
  reference::IntegerTransformer transformer(image);
  reference::IntegerSampler sampler(reference::inv_temperature(temperature), reference::top_p_fixed(top_p),
                                    seed);
  Text text{.tokens = {image.identity.bos_token}, .state_crcs = {}};
  for (int at = 0;; ++at) {
    const auto result = transformer.forward(text.tokens.back(), at);
    text.state_crcs.push_back(result.state_crc);
    text.logits_crc = result.logits_crc;
    if (at == pos) return text;
    text.tokens.push_back(sampler.choose(result.logits));
  }
}

auto differs(int pos, const char* what) -> Error {
  return {Exit::mismatch, fmt::format("the board's {} at position {} differs from the reference", what, pos),
          "mcullm validate --tokens finds the operation; a profile of wrong numbers is worth nothing"};
}

auto prefill(link::Board& board, const Text& text, int pos, const ProgressFn& progress) -> Result<Ok> {
  const auto total = static_cast<std::size_t>(pos);
  for (std::size_t at = 0; at < total;) {
    const auto count = std::min(prefill_tokens, total - at);
    const auto done = board.prefill(static_cast<int>(at), std::span(text.tokens).subspan(at, count));
    if (!done) return done.error();
    for (std::size_t i = 0; i < count; ++i)
      if (done->state_crcs.at(i) != text.state_crcs[at + i])
        return differs(static_cast<int>(at + i), "state");
    at += count;
    progress({"running the tokens before", at, total, "tokens"});
  }
  return Ok{};
}

// Multiplications of one token by op. A fused op counts where its ticks do: nowhere, when it has none.
auto macs_by_op(const image::ModelImage& image, int pos) -> std::vector<std::uint64_t> {
  const auto& s = image.shape;
  const auto u64 = [](int value) { return static_cast<std::uint64_t>(value); };
  const auto layers = u64(s.n_layers), dim = u64(s.dim), hidden = u64(s.hidden_dim), kv = u64(s.kv_dim());
  std::vector<std::uint64_t> macs(MCL_OP_COUNT);
  macs[MCL_OP_Q] = macs[MCL_OP_ATT_RESIDUAL] = layers * dim * dim;
  macs[MCL_OP_K] = macs[MCL_OP_V] = layers * kv * dim;
  macs[MCL_OP_ATTENTION] = layers * 2 * u64(pos + 1) * dim;
  macs[MCL_OP_HIDDEN] = layers * 2 * hidden * dim;
  macs[MCL_OP_FFN_RESIDUAL] = layers * hidden * dim;
  macs[MCL_OP_LOGITS] = u64(s.vocab_size) * dim;
  return macs;
}

struct PartOfToken {
  const char* name;
  std::vector<mcl_op_t> ops;
};

auto parts_of_token() -> const std::vector<PartOfToken>& {
  static const std::vector<PartOfToken> parts = {
      {"embedding", {MCL_OP_EMBED}},
      {"norms", {MCL_OP_ATT_NORM, MCL_OP_FFN_NORM, MCL_OP_FINAL_NORM}},
      {"q k v", {MCL_OP_Q, MCL_OP_K, MCL_OP_V}},
      {"rotation", {MCL_OP_Q_ROPE}},
      {"KV write", {MCL_OP_K_CACHE, MCL_OP_V_CACHE}},
      {"attention", {MCL_OP_SCORE, MCL_OP_ATTENTION}},
      {"Wo", {MCL_OP_ATT_RESIDUAL}},
      {"feed-forward", {MCL_OP_GATE, MCL_OP_UP, MCL_OP_HIDDEN, MCL_OP_FFN_RESIDUAL}},
      {"classifier", {MCL_OP_LOGITS}}};
  return parts;
}

void fill_parts(TokenProfile& profile, const link::Profile& got, const std::vector<std::uint64_t>& macs) {
  const auto ticks_of = [&](std::size_t op) {
    return op < got.by_op.size() ? std::uint64_t{got.by_op[op]} : std::uint64_t{0};
  };
  for (std::size_t op = 0; op < macs.size(); ++op) {
    if (ticks_of(op) != 0)
      profile.ops.push_back({op_name(static_cast<mcl_op_t>(op)), ticks_of(op), macs[op]});
  }
  for (const auto& part : parts_of_token()) {
    ProfilePart sum{.name = part.name};
    for (const auto op : part.ops) {
      sum.ticks += ticks_of(op);
      sum.macs += macs[op];
    }
    profile.parts.push_back(std::move(sum));
  }
}

// Weights of every layer and of the classifier, one row of the embedding, the cache as far as it is filled.
auto streamed_bytes(const image::ModelImage& image, std::span<const image::Section> sections, int pos)
    -> std::uint64_t {
  std::uint64_t bytes = 0;
  for (const auto& section : sections)
    if (section.name == "layers" || section.name == "classifier") bytes += section.bytes;
  const auto row = static_cast<std::uint64_t>(image.shape.dim * image.embedding_matrix().bits / 8 + 2);
  return bytes + row +
         static_cast<std::uint64_t>(pos) * image::kv_bytes_per_token(image.shape, image.kv_format);
}

}  // namespace

auto profile_token(link::Board& board, const image::ModelImage& image, int pos, const ProgressFn& progress)
    -> Result<TokenProfile> {
  const auto text = write_text(image, pos);
  if (auto done = prefill(board, text, pos, progress); !done) return done.error();
  const auto token = board.token(text.tokens.back(), pos);
  if (!token) return token.error();
  if (token->logits_crc != text.logits_crc) return differs(pos, "logits");
  const auto greedy = board.profile();
  if (!greedy) return greedy.error();

  const link::GenerateRequest request{.token = text.tokens.back(),
                                      .pos = pos,
                                      .inv_temperature = reference::inv_temperature(temperature),
                                      .top_p = reference::top_p_fixed(top_p),
                                      .random_state = seed};
  const auto sampled = board.generate(request);
  if (!sampled) return sampled.error();
  if (sampled->tokens.empty() || sampled->tokens[0].logits_crc != text.logits_crc)
    return differs(pos, "logits");
  const auto of_sampled = board.profile();
  if (!of_sampled) return of_sampled.error();
  const auto memory = board.stats();
  if (!memory) return memory.error();

  TokenProfile profile;
  profile.pos = pos;
  profile.ticks = token->ticks;
  profile.streamed_bytes = streamed_bytes(image, image::sections(image::write_model_image(image)), pos);
  profile.memory = *memory;
  fill_parts(profile, *greedy, macs_by_op(image, pos));
  const auto before_choice = std::uint64_t{of_sampled->ticks};
  if (sampled->ticks > before_choice)
    profile.parts.push_back({.name = "sampling", .ticks = sampled->ticks - before_choice});
  return profile;
}

}  // namespace mcullm::verify

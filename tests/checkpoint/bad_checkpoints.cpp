// SPDX-License-Identifier: MIT
#include "tests/checkpoint/bad_checkpoints.hpp"

#include <cmath>
#include <limits>

#include "base/byte_writer.hpp"
#include "checkpoint/llama2c.hpp"
#include "tests/checkpoint/sample_checkpoint.hpp"

namespace mcullm::tests {

namespace {

constexpr float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();

// where the fields of a v0 header stand; in v1 and v2 they follow the magic and the version
constexpr std::size_t dim = 0, hidden_dim = 4, n_layers = 8, n_heads = 12, n_kv_heads = 16, vocab = 20,
                      context = 24;
constexpr std::size_t version = 4, versioned = 8, shared = 36, group_size = 37, padding = 41;
constexpr std::size_t v0_header = 28, v1_header = 256;

auto good_v0(bool shared_classifier) -> Bytes {
  return checkpoint::write_checkpoint_v0(sample_model(small_shape(), shared_classifier, 1));
}

void add_v0_sizes(std::vector<BadFile>& bad) {
  const auto good = good_v0(true), unshared = good_v0(false);
  bad.push_back({"empty", {}});
  bad.push_back({"one_byte", cut_to(good, 1)});
  bad.push_back({"cut_in_the_header", cut_to(good, 27)});
  bad.push_back({"header_only", cut_to(good, v0_header)});
  bad.push_back({"cut_in_the_last_float", cut_to(good, good.size() - 1)});
  bad.push_back({"without_rope_tables", cut_to(good, good.size() - 4 * 4 * 2)});
  bad.push_back({"one_byte_too_long", grown_by(good, 1)});
  bad.push_back({"two_files_joined", grown_by(good, good.size())});
  bad.push_back({"sign_says_unshared", with_i32(good, vocab, -32)});
  bad.push_back({"sign_says_shared", with_i32(unshared, vocab, 32)});
}

void add_v0_fields(std::vector<BadFile>& bad) {
  const auto good = good_v0(true);
  bad.push_back({"dim_zero", with_i32(good, dim, 0)});
  bad.push_back({"dim_negative", with_i32(good, dim, -8)});
  bad.push_back({"dim_huge", with_i32(good, dim, 0x7FFFFFFF)});
  bad.push_back({"dim_not_a_multiple_of_heads", with_i32(good, dim, 10)});
  bad.push_back({"head_size_odd", with_i32(good, dim, 12)});
  bad.push_back({"head_size_huge", with_i32(with_i32(good, dim, 4096), n_heads, 2)});
  bad.push_back({"hidden_dim_zero", with_i32(good, hidden_dim, 0)});
  bad.push_back({"hidden_dim_huge", with_i32(good, hidden_dim, 16385)});
  bad.push_back({"n_layers_zero", with_i32(good, n_layers, 0)});
  bad.push_back({"n_layers_wraps_a_size", with_i32(good, n_layers, 1 << 30)});
  bad.push_back({"n_heads_zero", with_i32(good, n_heads, 0)});
  bad.push_back({"n_kv_heads_zero", with_i32(good, n_kv_heads, 0)});
  bad.push_back({"n_kv_heads_above_n_heads", with_i32(good, n_kv_heads, 8)});
  bad.push_back({"n_kv_heads_no_divisor", with_i32(good, n_kv_heads, 3)});
  bad.push_back({"vocab_size_zero", with_i32(good, vocab, 0)});
  bad.push_back({"vocab_size_small", with_i32(good, vocab, 31)});
  bad.push_back({"vocab_size_huge", with_i32(good, vocab, 65537)});
  bad.push_back({"vocab_size_least_integer", with_i32(good, vocab, -2147483648LL)});
  bad.push_back({"context_zero", with_i32(good, context, 0)});
  bad.push_back({"context_huge", with_i32(good, context, 65537)});
}

void add_v0_values(std::vector<BadFile>& bad) {
  const auto good = good_v0(true), unshared = good_v0(false);
  const auto element = [](std::size_t index) { return v0_header + 4 * index; };
  bad.push_back({"nan_in_tok_emb", with_f32(good, element(9), nan)});
  bad.push_back({"inf_in_wq_of_layer_1", with_f32(good, element(256 + 16 + 64 + 17), inf)});
  bad.push_back({"minus_inf_in_wcls", with_f32(unshared, unshared.size() - 4, -inf)});
}

void add_v1(std::vector<BadFile>& bad) {
  const auto good = write_v1(sample_model(small_shape(), true, 3));
  bad.push_back({"v1_magic_only", cut_to(good, 4)});
  bad.push_back({"v1_cut_in_the_header", cut_to(good, 255)});
  bad.push_back({"v1_header_only", cut_to(good, v1_header)});
  bad.push_back({"v1_oversized", grown_by(good, 3)});
  bad.push_back({"version_zero", with_i32(good, version, 0)});
  bad.push_back({"version_three", with_i32(good, version, 3)});
  bad.push_back({"v1_vocab_size_negative", with_i32(good, versioned + vocab, -32)});
  bad.push_back({"v1_n_heads_negative", with_i32(good, versioned + n_heads, -4)});
  bad.push_back({"v1_shared_flag_two", with_u8(good, shared, 2)});
  bad.push_back({"v1_shared_flag_wrong", with_u8(good, shared, 0)});
  bad.push_back({"v1_padding_used", with_u8(good, 200, 7)});
  bad.push_back({"v1_group_size_given", with_i32(good, group_size, 64)});
  bad.push_back({"v1_nan_in_final_norm", with_f32(good, v1_header + 4 * 33, nan)});
}

void add_v2(std::vector<BadFile>& bad) {
  const auto good = write_v2(sample_model(small_shape(), true, 4), 8).bytes;
  const std::size_t tok_emb = v1_header + 4 * 40, scales = tok_emb + 256;  // five norms of 8, 32 rows of 8
  bad.push_back({"v2_header_only", cut_to(good, v1_header)});
  bad.push_back({"v2_truncated", cut_to(good, good.size() - 4)});
  bad.push_back({"v2_group_size_zero", with_i32(good, group_size, 0)});
  bad.push_back({"v2_group_size_negative", with_i32(good, group_size, -64)});
  bad.push_back({"v2_group_size_larger_than_a_tensor", with_i32(good, group_size, 64)});
  bad.push_back({"v2_group_size_no_divisor", with_i32(good, group_size, 7)});
  bad.push_back({"v2_group_size_of_another_file", with_i32(good, group_size, 4)});
  bad.push_back({"v2_padding_used", with_u8(good, padding, 1)});
  bad.push_back({"v2_scale_nan", with_f32(good, scales + 4 * 5, nan)});
  bad.push_back({"v2_scale_negative", with_f32(good, scales, -0.5F)});
  bad.push_back({"v2_scale_overflows", with_f32(with_u8(good, tok_emb + 3, 127), scales, 3.0e38F)});
  bad.push_back({"v2_inf_in_att_norm", with_f32(good, v1_header + 4 * 9, inf)});
}

// A tokenizer of 32 pieces "a" of one byte and score 0: 9 bytes each.
auto plain_tokenizer(int pieces) -> Bytes {
  checkpoint::Vocabulary vocabulary{1, {}};
  vocabulary.pieces.assign(static_cast<std::size_t>(pieces), {"a", 0.0F});
  return checkpoint::write_tokenizer(vocabulary);
}

}  // namespace

auto bad_checkpoints() -> std::vector<BadFile> {
  std::vector<BadFile> bad;
  add_v0_sizes(bad);
  add_v0_fields(bad);
  add_v0_values(bad);
  add_v1(bad);
  add_v2(bad);
  return bad;
}

auto bad_tokenizers() -> std::vector<BadFile> {
  const auto good = plain_tokenizer(32);
  const auto score = [](std::size_t token) { return 4 + 9 * token; };
  const auto length = [&](std::size_t token) { return score(token) + 4; };
  return {
      {"empty", {}},
      {"cut_in_max_token_length", cut_to(good, 3)},
      {"max_token_length_only", cut_to(good, 4)},
      {"cut_in_first_score", cut_to(good, 7)},
      {"cut_before_second_length", cut_to(good, score(1) + 4)},
      {"cut_in_third_length", cut_to(good, length(2) + 3)},
      {"cut_before_fourth_piece", cut_to(good, length(3) + 4)},
      {"cut_between_tokens", cut_to(good, score(16))},
      {"cut_before_last_byte", cut_to(good, good.size() - 1)},
      {"one_token_missing", plain_tokenizer(31)},
      {"one_byte_too_long", grown_by(good, 1)},
      {"one_token_too_many", plain_tokenizer(33)},
      {"two_vocabularies", plain_tokenizer(64)},
      {"score_nan", with_f32(good, score(5), nan)},
      {"score_inf", with_f32(good, score(6), inf)},
      {"score_minus_inf", with_f32(good, score(7), -inf)},
      {"last_score_nan", with_f32(good, score(31), nan)},
      {"length_negative", with_i32(good, length(8), -1)},
      {"length_least_integer", with_i32(good, length(9), -2147483648LL)},
      {"length_greatest_integer", with_i32(good, length(10), 0x7FFFFFFF)},
      {"length_above_255", with_i32(good, length(11), 256)},
      {"length_big_endian", with_i32(good, length(12), 0x01000000)},
      {"length_beyond_the_file", with_i32(with_i32(good, 0, 255), length(30), 255)},
      {"length_beyond_the_file_by_one", with_i32(with_i32(good, 0, 255), length(31), 2)},
      {"length_above_the_longest", with_i32(good, length(13), 2)},
      {"length_zero_shifts_the_rest", with_i32(good, length(29), 0)},
      {"length_swallows_a_score", with_i32(with_i32(good, 0, 8), length(14), 3)},
      {"max_token_length_zero", with_i32(good, 0, 0)},
      {"terminated_pieces", with_i32(with_i32(good, 0, 2), length(0), 2)},
      {"checkpoint_instead", checkpoint::write_checkpoint_v0(sample_model(small_shape(), true, 1))},
      {"text_instead", Bytes(400, std::byte{'a'})},
  };
}

}  // namespace mcullm::tests

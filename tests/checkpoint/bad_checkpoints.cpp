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
  bad.push_back({"empty", {}, "bad.bin: 0 bytes, too short for a checkpoint header of 28"});
  bad.push_back({"one_byte", cut_to(good, 1), "bad.bin: 1 bytes, too short for a checkpoint header of 28"});
  bad.push_back(
      {"cut_in_the_header", cut_to(good, 27), "bad.bin: 27 bytes, too short for a checkpoint header of 28"});
  bad.push_back(
      {"header_only", cut_to(good, v0_header),
       "bad.bin: truncated: a v0 checkpoint of this shape has 3904 bytes after its header, this file 0"});
  bad.push_back(
      {"cut_in_the_last_float", cut_to(good, good.size() - 1),
       "bad.bin: truncated: a v0 checkpoint of this shape has 3904 bytes after its header, this file 3903"});
  bad.push_back(
      {"without_rope_tables", cut_to(good, good.size() - 4 * 4 * 2),
       "bad.bin: truncated: a v0 checkpoint of this shape has 3904 bytes after its header, this file 3872"});
  bad.push_back(
      {"one_byte_too_long", grown_by(good, 1),
       "bad.bin: oversized: a v0 checkpoint of this shape has 3904 bytes after its header, this file 3905"});
  bad.push_back(
      {"two_files_joined", grown_by(good, good.size()),
       "bad.bin: oversized: a v0 checkpoint of this shape has 3904 bytes after its header, this file 7836"});
  bad.push_back(
      {"sign_says_unshared", with_i32(good, vocab, -32),
       "bad.bin: truncated: a v0 checkpoint of this shape has 4928 bytes after its header, this file 3904"});
  bad.push_back(
      {"sign_says_shared", with_i32(unshared, vocab, 32),
       "bad.bin: oversized: a v0 checkpoint of this shape has 3904 bytes after its header, this file 4928"});
}

void add_v0_fields(std::vector<BadFile>& bad) {
  const auto good = good_v0(true);
  bad.push_back({"dim_zero", with_i32(good, dim, 0), "bad.bin: field 'dim' is 0, expected 2..4096"});
  bad.push_back({"dim_negative", with_i32(good, dim, -8), "bad.bin: field 'dim' is -8, expected 2..4096"});
  bad.push_back(
      {"dim_huge", with_i32(good, dim, 0x7FFFFFFF), "bad.bin: field 'dim' is 2147483647, expected 2..4096"});
  bad.push_back({"dim_not_a_multiple_of_heads", with_i32(good, dim, 10),
                 "bad.bin: field 'dim' is 10, expected a multiple of n_heads = 4"});
  bad.push_back({"head_size_odd", with_i32(good, dim, 12), "bad.bin: field 'head_size' is 3, expected even"});
  bad.push_back({"head_size_huge", with_i32(with_i32(good, dim, 4096), n_heads, 2),
                 "bad.bin: field 'head_size' is 2048, expected 2..128"});
  bad.push_back({"hidden_dim_zero", with_i32(good, hidden_dim, 0),
                 "bad.bin: field 'hidden_dim' is 0, expected 1..16384"});
  bad.push_back({"hidden_dim_huge", with_i32(good, hidden_dim, 16385),
                 "bad.bin: field 'hidden_dim' is 16385, expected 1..16384"});
  bad.push_back(
      {"n_layers_zero", with_i32(good, n_layers, 0), "bad.bin: field 'n_layers' is 0, expected 1..64"});
  bad.push_back({"n_layers_wraps_a_size", with_i32(good, n_layers, 1 << 30),
                 "bad.bin: field 'n_layers' is 1073741824, expected 1..64"});
  bad.push_back(
      {"n_heads_zero", with_i32(good, n_heads, 0), "bad.bin: field 'n_heads' is 0, expected 1..128"});
  bad.push_back({"n_kv_heads_zero", with_i32(good, n_kv_heads, 0),
                 "bad.bin: field 'n_kv_heads' is 0, expected a divisor of n_heads = 4"});
  bad.push_back({"n_kv_heads_above_n_heads", with_i32(good, n_kv_heads, 8),
                 "bad.bin: field 'n_kv_heads' is 8, expected a divisor of n_heads = 4"});
  bad.push_back({"n_kv_heads_no_divisor", with_i32(good, n_kv_heads, 3),
                 "bad.bin: field 'n_kv_heads' is 3, expected a divisor of n_heads = 4"});
  bad.push_back(
      {"vocab_size_zero", with_i32(good, vocab, 0), "bad.bin: field 'vocab_size' is 0, expected 32..65536"});
  bad.push_back({"vocab_size_small", with_i32(good, vocab, 31),
                 "bad.bin: field 'vocab_size' is 31, expected 32..65536"});
  bad.push_back({"vocab_size_huge", with_i32(good, vocab, 65537),
                 "bad.bin: field 'vocab_size' is 65537, expected 32..65536"});
  bad.push_back(
      {"vocab_size_least_integer", with_i32(good, vocab, -2147483648LL),
       "bad.bin: field 'vocab_size' is -2147483648, expected 32..65536, or negative when not shared"});
  bad.push_back(
      {"context_zero", with_i32(good, context, 0), "bad.bin: field 'context' is 0, expected 1..65536"});
  bad.push_back({"context_huge", with_i32(good, context, 65537),
                 "bad.bin: field 'context' is 65537, expected 1..65536"});
}

void add_v0_values(std::vector<BadFile>& bad) {
  const auto good = good_v0(true), unshared = good_v0(false);
  const auto element = [](std::size_t index) { return v0_header + 4 * index; };
  bad.push_back({"nan_in_tok_emb", with_f32(good, element(9), nan),
                 "bad.bin: tensor 'tok_emb': element 9 (layer 0, row 1, column 1) is nan"});
  bad.push_back({"inf_in_wq_of_layer_1", with_f32(good, element(256 + 16 + 64 + 17), inf),
                 "bad.bin: tensor 'wq': element 81 (layer 1, row 2, column 1) is inf"});
  bad.push_back({"minus_inf_in_wcls", with_f32(unshared, unshared.size() - 4, -inf),
                 "bad.bin: tensor 'wcls': element 255 (layer 0, row 31, column 7) is -inf"});
}

void add_v1(std::vector<BadFile>& bad) {
  const auto good = write_v1(sample_model(small_shape(), true, 3));
  bad.push_back(
      {"v1_magic_only", cut_to(good, 4), "bad.bin: 4 bytes, too short for a checkpoint header of 256"});
  bad.push_back({"v1_cut_in_the_header", cut_to(good, 255),
                 "bad.bin: 255 bytes, too short for a checkpoint header of 256"});
  bad.push_back(
      {"v1_header_only", cut_to(good, v1_header),
       "bad.bin: truncated: a v1 checkpoint of this shape has 3872 bytes after its header, this file 0"});
  bad.push_back(
      {"v1_oversized", grown_by(good, 3),
       "bad.bin: oversized: a v1 checkpoint of this shape has 3872 bytes after its header, this file 3875"});
  bad.push_back(
      {"version_zero", with_i32(good, version, 0), "bad.bin: field 'version' is 0, expected 1 or 2"});
  bad.push_back(
      {"version_three", with_i32(good, version, 3), "bad.bin: field 'version' is 3, expected 1 or 2"});
  bad.push_back({"v1_vocab_size_negative", with_i32(good, versioned + vocab, -32),
                 "bad.bin: field 'vocab_size' is -32, expected 32..65536"});
  bad.push_back({"v1_n_heads_negative", with_i32(good, versioned + n_heads, -4),
                 "bad.bin: field 'n_heads' is -4, expected 1..128"});
  bad.push_back({"v1_shared_flag_two", with_u8(good, shared, 2),
                 "bad.bin: field 'shared_classifier' is 2, expected 0 or 1"});
  bad.push_back(
      {"v1_shared_flag_wrong", with_u8(good, shared, 0),
       "bad.bin: truncated: a v1 checkpoint of this shape has 4896 bytes after its header, this file 3872"});
  bad.push_back(
      {"v1_padding_used", with_u8(good, 200, 7), "bad.bin: field 'padding at byte 200' is 7, expected 0"});
  bad.push_back({"v1_group_size_given", with_i32(good, group_size, 64),
                 "bad.bin: field 'padding at byte 37' is 64, expected 0"});
  bad.push_back({"v1_nan_in_final_norm", with_f32(good, v1_header + 4 * 33, nan),
                 "bad.bin: tensor 'final_norm': element 1 (layer 0, row 0, column 1) is nan"});
}

void add_v2(std::vector<BadFile>& bad) {
  const auto good = write_v2(sample_model(small_shape(), true, 4), 8).bytes;
  const std::size_t tok_emb = v1_header + 4 * 40, scales = tok_emb + 256;  // five norms of 8, 32 rows of 8
  bad.push_back(
      {"v2_header_only", cut_to(good, v1_header),
       "bad.bin: truncated: a v2 checkpoint of this shape has 1552 bytes after its header, this file 0"});
  bad.push_back(
      {"v2_truncated", cut_to(good, good.size() - 4),
       "bad.bin: truncated: a v2 checkpoint of this shape has 1552 bytes after its header, this file 1548"});
  bad.push_back({"v2_group_size_zero", with_i32(good, group_size, 0),
                 "bad.bin: field 'group_size' is 0, expected at least 1"});
  bad.push_back({"v2_group_size_negative", with_i32(good, group_size, -64),
                 "bad.bin: field 'group_size' is -64, expected at least 1"});
  bad.push_back({"v2_group_size_larger_than_a_tensor", with_i32(good, group_size, 64),
                 "bad.bin: field 'group_size' is 64, which does not divide the 32 elements of tensor 'wk'"});
  bad.push_back(
      {"v2_group_size_no_divisor", with_i32(good, group_size, 7),
       "bad.bin: field 'group_size' is 7, which does not divide the 256 elements of tensor 'tok_emb'"});
  bad.push_back(
      {"v2_group_size_of_another_file", with_i32(good, group_size, 4),
       "bad.bin: truncated: a v2 checkpoint of this shape has 2016 bytes after its header, this file 1552"});
  bad.push_back(
      {"v2_padding_used", with_u8(good, padding, 1), "bad.bin: field 'padding at byte 41' is 1, expected 0"});
  bad.push_back(
      {"v2_scale_nan", with_f32(good, scales + 4 * 5, nan),
       "bad.bin: tensor 'tok_emb': layer 0: scale 5 is nan, expected a finite number of at least 0"});
  bad.push_back(
      {"v2_scale_negative", with_f32(good, scales, -0.5F),
       "bad.bin: tensor 'tok_emb': layer 0: scale 0 is -0.5, expected a finite number of at least 0"});
  bad.push_back({"v2_scale_overflows", with_f32(with_u8(good, tok_emb + 3, 127), scales, 3.0e38F),
                 "bad.bin: tensor 'tok_emb': element 0 (layer 0, row 0, column 0) is inf"});
  bad.push_back({"v2_inf_in_att_norm", with_f32(good, v1_header + 4 * 9, inf),
                 "bad.bin: tensor 'att_norm': element 9 (layer 1, row 0, column 1) is inf"});
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
      {"empty", {}, "tok.bin: 0 bytes, too short for a tokenizer"},
      {"cut_in_max_token_length", cut_to(good, 3), "tok.bin: 3 bytes, too short for a tokenizer"},
      {"max_token_length_only", cut_to(good, 4),
       "tok.bin: ends inside token 0 of 32: field 'score' takes 4 bytes, 0 remain"},
      {"cut_in_first_score", cut_to(good, 7),
       "tok.bin: ends inside token 0 of 32: field 'score' takes 4 bytes, 3 remain"},
      {"cut_before_second_length", cut_to(good, score(1) + 4),
       "tok.bin: ends inside token 1 of 32: field 'length' takes 4 bytes, 0 remain"},
      {"cut_in_third_length", cut_to(good, length(2) + 3),
       "tok.bin: ends inside token 2 of 32: field 'length' takes 4 bytes, 3 remain"},
      {"cut_before_fourth_piece", cut_to(good, length(3) + 4),
       "tok.bin: ends inside token 3 of 32: field 'bytes' takes 1 bytes, 0 remain"},
      {"cut_between_tokens", cut_to(good, score(16)),
       "tok.bin: ends inside token 16 of 32: field 'score' takes 4 bytes, 0 remain"},
      {"cut_before_last_byte", cut_to(good, good.size() - 1),
       "tok.bin: ends inside token 31 of 32: field 'bytes' takes 1 bytes, 0 remain"},
      {"one_token_missing", plain_tokenizer(31),
       "tok.bin: ends inside token 31 of 32: field 'score' takes 4 bytes, 0 remain"},
      {"one_byte_too_long", grown_by(good, 1),
       "tok.bin: 1 bytes follow token 31, the last of a vocabulary of 32"},
      {"one_token_too_many", plain_tokenizer(33),
       "tok.bin: 9 bytes follow token 31, the last of a vocabulary of 32"},
      {"two_vocabularies", plain_tokenizer(64),
       "tok.bin: 288 bytes follow token 31, the last of a vocabulary of 32"},
      {"score_nan", with_f32(good, score(5), nan),
       "tok.bin: token 5: field 'score' is nan, expected a finite number"},
      {"score_inf", with_f32(good, score(6), inf),
       "tok.bin: token 6: field 'score' is inf, expected a finite number"},
      {"score_minus_inf", with_f32(good, score(7), -inf),
       "tok.bin: token 7: field 'score' is -inf, expected a finite number"},
      {"last_score_nan", with_f32(good, score(31), nan),
       "tok.bin: token 31: field 'score' is nan, expected a finite number"},
      {"length_negative", with_i32(good, length(8), -1),
       "tok.bin: token 8: field 'length' is -1, expected 0..255"},
      {"length_least_integer", with_i32(good, length(9), -2147483648LL),
       "tok.bin: token 9: field 'length' is -2147483648, expected 0..255"},
      {"length_greatest_integer", with_i32(good, length(10), 0x7FFFFFFF),
       "tok.bin: token 10: field 'length' is 2147483647, expected 0..255"},
      {"length_above_255", with_i32(good, length(11), 256),
       "tok.bin: token 11: field 'length' is 256, expected 0..255"},
      {"length_big_endian", with_i32(good, length(12), 0x01000000),
       "tok.bin: token 12: field 'length' is 16777216, expected 0..255"},
      {"length_beyond_the_file", with_i32(with_i32(good, 0, 255), length(30), 255),
       "tok.bin: ends inside token 30 of 32: field 'bytes' takes 255 bytes, 10 remain"},
      {"length_beyond_the_file_by_one", with_i32(with_i32(good, 0, 255), length(31), 2),
       "tok.bin: ends inside token 31 of 32: field 'bytes' takes 2 bytes, 1 remain"},
      {"length_above_the_longest", with_i32(good, length(13), 2),
       "tok.bin: token 13: field 'length' is 2, more than max_token_length = 1"},
      {"length_zero_shifts_the_rest", with_i32(good, length(29), 0),
       "tok.bin: token 30: field 'length' is 256, expected 0..255"},
      {"length_swallows_a_score", with_i32(with_i32(good, 0, 8), length(14), 3),
       "tok.bin: token 15: field 'length' is 6356992, expected 0..255"},
      {"max_token_length_zero", with_i32(good, 0, 0),
       "tok.bin: token 0: field 'length' is 1, more than max_token_length = 0"},
      {"terminated_pieces", with_i32(with_i32(good, 0, 2), length(0), 2),
       "tok.bin: token 1: field 'length' is 1627389952, expected 0..255"},
      {"checkpoint_instead", checkpoint::write_checkpoint_v0(sample_model(small_shape(), true, 1)),
       "tok.bin: token 1: field 'length' is 2097152, expected 0..255"},
      {"text_instead", Bytes(400, std::byte{'a'}),
       "tok.bin: token 0: field 'length' is 1633771873, expected 0..255"},
  };
}

}  // namespace mcullm::tests

// SPDX-License-Identifier: MIT
#include "tests/image/bad_images.hpp"

#include <zlib.h>

#include <limits>

#include "base/span_reader.hpp"
#include "image/model_image.hpp"
#include "proto/image_fields.h"
#include "tests/checkpoint/sample_checkpoint.hpp"
#include "tests/image/sample_image.hpp"

namespace mcullm::tests {

namespace {

constexpr float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t header_bytes = 512;

auto u32_at(const Bytes& image, std::size_t offset) -> std::uint32_t {
  return *SpanReader(std::span(image).subspan(offset)).read_le<std::uint32_t>();
}

// zlib, so that the CRC of this project is not its own judge
auto crc(const Bytes& image, std::uint64_t offset, std::uint64_t length) -> std::uint32_t {
  if (offset + length > image.size()) return 0;
  const auto* first = reinterpret_cast<const Bytef*>(image.data()) + offset;
  return static_cast<std::uint32_t>(crc32(0, first, static_cast<uInt>(length)));
}

// dim 8, hidden 5, 2 layers, 4 heads on 2, vocab 33: odd rows and rows that need padding
auto odd_shape() -> checkpoint::ModelShape {
  auto shape = small_shape();
  shape.hidden_dim = 5;
  shape.vocab_size = 33;
  return shape;
}

auto good_model() -> Bytes {
  return image::write_model_image(sample_model_image(odd_shape(), {.shared_classifier = false}, 5));
}

auto good_model_4_bits() -> Bytes {
  const Storage storage{
      .layer_bits = 4, .classifier_bits = 4, .embedding_bits = 4, .shared_classifier = true};
  return image::write_model_image(sample_model_image(odd_shape(), storage, 6));
}

auto good_float() -> Bytes { return image::write_float_image(sample_float_image(small_shape(), true, 7)); }

// One change to a good image whose CRCs are then made right.
class Defects {
 public:
  explicit Defects(Bytes good) : good_(std::move(good)) {}

  void raw(std::string defect, Bytes bytes) { all_.push_back({std::move(defect), std::move(bytes)}); }
  void u8(std::string defect, std::size_t offset, unsigned value) {
    raw(std::move(defect), resealed(with_u8(good_, offset, value)));
  }
  void u16(std::string defect, std::size_t offset, unsigned value) {
    raw(std::move(defect), resealed(with_u16(good_, offset, value)));
  }
  void u32(std::string defect, std::size_t offset, long long value) {
    raw(std::move(defect), resealed(with_i32(good_, offset, value)));
  }
  void f32(std::string defect, std::size_t offset, float value) {
    raw(std::move(defect), resealed(with_f32(good_, offset, value)));
  }

  auto good() const -> const Bytes& { return good_; }
  auto take() -> std::vector<BadFile> { return std::move(all_); }

 private:
  Bytes good_;
  std::vector<BadFile> all_;
};

void add_envelopes(Defects& bad) {
  const auto& good = bad.good();
  bad.raw("empty", {});
  bad.raw("magic_only", cut_to(good, 8));
  bad.raw("cut_in_the_header", cut_to(good, 511));
  bad.raw("header_only", cut_to(good, header_bytes));
  bad.raw("last_byte_missing", cut_to(good, good.size() - 1));
  bad.raw("one_byte_too_long", grown_by(good, 1));
  bad.raw("magic_with_crlf", with_u8(cut_to(good, 700), 6, 0x0D));
  bad.raw("header_byte_flipped", with_u8(good, MCL_AT_SOURCE + 3, 0xAA));
  bad.u16("format_version_zero", MCL_AT_FORMAT_VERSION, 0);
  bad.u16("format_version_two", MCL_AT_FORMAT_VERSION, 2);
  bad.u16("header_bytes_1024", MCL_AT_HEADER_BYTES, 1024);
  bad.u16("kind_zero", MCL_AT_KIND, 0);
  bad.u16("kind_three", MCL_AT_KIND, 3);
}

void add_shapes(Defects& bad) {
  bad.u16("dim_zero", MCL_AT_DIM, 0);
  bad.u16("dim_not_heads_times_size", MCL_AT_DIM, 16);
  bad.u16("hidden_dim_zero", MCL_AT_HIDDEN_DIM, 0);
  bad.u16("hidden_dim_huge", MCL_AT_HIDDEN_DIM, 16385);
  bad.u16("n_layers_zero", MCL_AT_N_LAYERS, 0);
  bad.u16("n_layers_huge", MCL_AT_N_LAYERS, 65);
  bad.u16("n_heads_zero", MCL_AT_N_HEADS, 0);
  bad.u16("n_heads_huge", MCL_AT_N_HEADS, 129);
  bad.u16("n_kv_heads_zero", MCL_AT_N_KV_HEADS, 0);
  bad.u16("n_kv_heads_no_divisor", MCL_AT_N_KV_HEADS, 3);
  bad.u16("head_size_odd", MCL_AT_HEAD_SIZE, 3);
  bad.u32("vocab_size_small", MCL_AT_VOCAB_SIZE, 31);
  bad.u32("vocab_size_huge", MCL_AT_VOCAB_SIZE, 65537);
  bad.u32("context_zero", MCL_AT_CONTEXT, 0);
  bad.u32("context_huge", MCL_AT_CONTEXT, 65537);
  bad.u16("bos_token_outside", MCL_AT_BOS_TOKEN, 33);
  bad.u16("eos_token_outside", MCL_AT_EOS_TOKEN, 65535);
  bad.u8("flag_unknown", MCL_AT_FLAGS, 2);
  bad.f32("rms_eps_zero", MCL_AT_RMS_EPS, 0.0F);
  bad.f32("rms_eps_negative", MCL_AT_RMS_EPS, -1e-5F);
  bad.f32("rms_eps_nan", MCL_AT_RMS_EPS, nan);
  bad.f32("rope_theta_inf", MCL_AT_ROPE_THETA, inf);
  bad.f32("rope_theta_below_one", MCL_AT_ROPE_THETA, 0.5F);
  bad.u8("name_without_end", MCL_AT_NAME_LAST, 'x');
  bad.u8("name_not_utf8", MCL_AT_NAME, 0xFF);
  bad.u8("byte_after_the_name", MCL_AT_NAME + 20, 'x');
  bad.u8("unused_byte_200", 200, 1);
  bad.u8("rope_step_after_the_last", MCL_AT_ROPE_STEP + 4 * 60, 1);
}

void add_model_numbers(Defects& bad) {
  bad.u16("arithmetic_version_two", MCL_AT_ARITHMETIC_VERSION, 2);
  bad.u16("head_size_huge", MCL_AT_HEAD_SIZE, 130);
  bad.u32("context_of_a_float_image", MCL_AT_CONTEXT, 4097);
  bad.u8("kv_format_three", MCL_AT_KV_FORMAT, 3);
  bad.u8("layer_bits_six", MCL_AT_LAYER_BITS, 6);
  bad.u8("classifier_bits_32", MCL_AT_CLASSIFIER_BITS, 32);
  bad.u8("embedding_bits_zero", MCL_AT_EMBEDDING_BITS, 0);
  bad.u8("resid_frac_small", MCL_AT_RESID_FRAC, 7);
  bad.u8("resid_frac_large", MCL_AT_RESID_FRAC, 21);
  bad.u8("gate_frac_large", MCL_AT_GATE_FRAC, 13);
  bad.u8("norm_frac_off_by_one", MCL_AT_NORM_FRAC, 14);
  bad.u8("embed_shift_32", MCL_AT_EMBED_SHIFT, 32);
  bad.u8("classifier_shift_12", MCL_AT_CLASSIFIER_SHIFT, 12);
  bad.u8("final_gain_shift_31", MCL_AT_FINAL_GAIN_SHIFT, 31);
  bad.u8("unused_byte_55", MCL_AT_UNUSED, 1);
  bad.u32("norm_numerator_off_by_one", MCL_AT_NORM_NUMERATOR, u32_at(bad.good(), MCL_AT_NORM_NUMERATOR) + 1);
  bad.u32("norm_numerator_zero", MCL_AT_NORM_NUMERATOR, 0);
  bad.u32("max_row_l1_huge", MCL_AT_MAX_ROW_L1, 65539);
  bad.u32("max_row_l1_not_that_of_the_weights", MCL_AT_MAX_ROW_L1, 5000);
  bad.u32("norm_eps_huge", MCL_AT_NORM_EPS_HIGH, 16);
}

void add_model_layout(Defects& bad) {
  const auto& good = bad.good();
  const auto field = [&](std::size_t at) { return static_cast<long long>(u32_at(good, at)); };
  bad.u32("layers_offset_moved", MCL_AT_LAYERS_OFFSET, 1024);
  bad.u32("layer_bytes_without_padding", MCL_AT_LAYER_BYTES, 476);
  bad.u32("layer_bytes_of_another_shape", MCL_AT_LAYER_BYTES, 1024);
  bad.u32("classifier_offset_off_by_one", MCL_AT_CLASSIFIER_OFFSET, field(MCL_AT_CLASSIFIER_OFFSET) + 1);
  bad.u32("classifier_bytes_short", MCL_AT_CLASSIFIER_BYTES, field(MCL_AT_CLASSIFIER_BYTES) - 4);
  bad.u32("embedding_offset_zero", MCL_AT_EMBEDDING_OFFSET, 0);
  bad.u32("embedding_bytes_zero", MCL_AT_EMBEDDING_BYTES, 0);
  bad.u32("tokenizer_offset_beyond_the_file", MCL_AT_TOKENIZER_OFFSET, 0x7FFFFE00);
  bad.u32("tokenizer_bytes_wrap", MCL_AT_TOKENIZER_BYTES, 0xFFFFFFFF);
  bad.u32("tokenizer_bytes_short", MCL_AT_TOKENIZER_BYTES, 8 + 3 * 33 - 1);
  bad.u32("image_bytes_zero", MCL_AT_IMAGE_BYTES, 0);
  bad.u32("image_bytes_off_by_one", MCL_AT_IMAGE_BYTES, field(MCL_AT_IMAGE_BYTES) - 1);
  bad.u16("one_more_layer", MCL_AT_N_LAYERS, 3);
  bad.u8("shared_although_an_embedding_follows", MCL_AT_FLAGS, 1);
  bad.raw("layers_crc_wrong", with_u8(good, 512 + 40, 0x55));
  bad.raw("classifier_crc_wrong", with_u8(good, 1536 + 40, 0x55));
  bad.raw("embedding_crc_wrong", with_u8(good, 2048 + 40, 0x55));
  bad.raw("tokenizer_crc_wrong", with_u8(good, 2560 + 4, 0x55));
}

// Layer 0 stands at 512: 16 shifts, 16 gains, wq 80, wk 40, 8 centres, wv 40, wo 80, 16 gains, hidden 100,
// w2 80.
void add_model_contents(Defects& bad) {
  constexpr std::size_t layer = 512, wq = layer + 32, hidden = layer + 296, w2 = layer + 396,
                        padding = layer + 476;
  constexpr std::size_t classifier = 1536 + 16, last_block = classifier + 16 * 20, tokenizer = 2560;
  bad.u8("attention_gain_shift_31", layer, 31);
  bad.u8("wq_shift_7", layer + 1, 7);
  bad.u8("w3_shift_40", layer + 7, 40);
  bad.u8("hidden_shift_31", layer + 8, 31);
  bad.u8("w2_shift_zero", layer + 9, 0);
  bad.u8("byte_after_the_shifts", layer + 12, 8);
  bad.u8("weight_minus_128_in_wq", wq + 20 + 3, 0x80);
  bad.u8("weight_minus_128_in_w3_of_layer_1", hidden + 512 + 8, 0x80);
  bad.u8("weight_minus_128_in_the_last_row", last_block + 7, 0x80);
  bad.u8("w2_row_padding", w2 + 5, 1);
  bad.u8("layer_padding", padding + 3, 1);
  bad.u8("row_after_the_last", last_block + 8, 1);
  bad.u16("multiplier_after_the_last", last_block + 18, 77);
  bad.u8("byte_between_classifier_and_embedding", 2040, 9);
  bad.u32("tokenizer_vocab_size", tokenizer, 32);
  bad.u32("tokenizer_longest", tokenizer + 4, 9);
  bad.u16("tokenizer_rank_without_predecessor", tokenizer + 8, 60000);
  bad.u8("tokenizer_length_beyond_the_end", tokenizer + 10, 255);
}

void add_4_bit_contents(Defects& bad) {
  // wq has rows of 4 bytes; w2 rows of 5 columns, so that half of their third byte is unused
  constexpr std::size_t layer = 512, wq = layer + 32, w2 = layer + 32 + 48 + 24 + 8 + 24 + 48 + 16 + 60;
  bad.u8("weight_minus_8_in_an_even_column", wq + 1, 0x08);
  bad.u8("weight_minus_8_in_an_odd_column", wq + 4 + 2, 0x80);
  bad.u8("unused_half_byte", w2 + 2, 0x10);
  bad.u8("unused_byte_of_a_row", w2 + 4 + 3, 0x01);
  bad.u8("shared_with_other_bits", MCL_AT_EMBEDDING_BITS, 8);
  bad.u32("shared_with_an_embedding_offset", MCL_AT_EMBEDDING_OFFSET, 1024);
  bad.u32("shared_with_an_embedding_crc", MCL_AT_EMBEDDING_CRC, 1);
}

void add_float_numbers(Defects& bad) {
  const auto& good = bad.good();
  const auto field = [&](std::size_t at) { return static_cast<long long>(u32_at(good, at)); };
  bad.u16("arithmetic_version_one", MCL_AT_ARITHMETIC_VERSION, 1);
  bad.u16("head_size_four", MCL_AT_HEAD_SIZE, 4);
  bad.u8("layer_bits_8", MCL_AT_LAYER_BITS, 8);
  bad.u8("classifier_bits_8", MCL_AT_CLASSIFIER_BITS, 8);
  bad.u8("embedding_bits_8", MCL_AT_EMBEDDING_BITS, 8);
  bad.u8("kv_format_given", MCL_AT_KV_FORMAT, 1);
  bad.u8("resid_frac_given", MCL_AT_RESID_FRAC, 16);
  bad.u32("classifier_offset_given", MCL_AT_CLASSIFIER_OFFSET, 512);
  bad.u32("embedding_crc_given", MCL_AT_EMBEDDING_CRC, 1);
  bad.u32("layers_offset_moved", MCL_AT_LAYERS_OFFSET, 1024);
  bad.u32("tensor_bytes_short", MCL_AT_LAYER_BYTES, field(MCL_AT_LAYER_BYTES) - 4);
  bad.u32("tokenizer_offset_off_by_one", MCL_AT_TOKENIZER_OFFSET, field(MCL_AT_TOKENIZER_OFFSET) + 1);
  bad.u32("tokenizer_bytes_wrap", MCL_AT_TOKENIZER_BYTES, 0xFFFFFFFF);
  bad.u32("image_bytes_zero", MCL_AT_IMAGE_BYTES, 0);
  bad.u8("not_shared_without_wcls", MCL_AT_FLAGS, 0);
  bad.raw("tensor_crc_wrong", with_u8(good, 512 + 40, 0x55));
  bad.raw("tokenizer_crc_wrong", with_u8(good, good.size() - 1, 0x55));
  bad.f32("nan_in_tok_emb", 512 + 4 * 10, nan);
  bad.f32("inf_in_final_norm", 512 + static_cast<std::size_t>(field(MCL_AT_LAYER_BYTES)) - 8, inf);
  const auto tokenizer = static_cast<std::size_t>(field(MCL_AT_TOKENIZER_OFFSET));
  bad.u8("byte_before_the_tokenizer", tokenizer - 1, 1);
  bad.u32("tokenizer_vocab_size", tokenizer, 31);
  bad.u32("tokenizer_longest", tokenizer + 4, 1000);
}

}  // namespace

auto resealed(Bytes image) -> Bytes {
  const bool model = u32_at(image, MCL_AT_KIND) % 65536 == 2;
  const auto seal = [&](std::size_t crc_field, std::uint64_t offset, std::uint64_t length) {
    const auto sealed = crc(image, offset, length);
    if (length != 0) image = with_i32(std::move(image), crc_field, sealed);
  };
  // the 16 bits after n_layers are n_heads
  const std::uint64_t layers = model ? u32_at(image, MCL_AT_N_LAYERS) % 65536 : 1;
  seal(MCL_AT_LAYERS_CRC, header_bytes, layers * u32_at(image, MCL_AT_LAYER_BYTES));
  seal(MCL_AT_CLASSIFIER_CRC, u32_at(image, MCL_AT_CLASSIFIER_OFFSET),
       u32_at(image, MCL_AT_CLASSIFIER_BYTES));
  seal(MCL_AT_EMBEDDING_CRC, u32_at(image, MCL_AT_EMBEDDING_OFFSET), u32_at(image, MCL_AT_EMBEDDING_BYTES));
  seal(MCL_AT_TOKENIZER_CRC, u32_at(image, MCL_AT_TOKENIZER_OFFSET), u32_at(image, MCL_AT_TOKENIZER_BYTES));
  image = with_i32(std::move(image), MCL_AT_HEADER_CRC, 0);
  const auto sealed = crc(image, 0, header_bytes);
  return with_i32(std::move(image), MCL_AT_HEADER_CRC, sealed);
}

auto bad_model_images() -> std::vector<BadFile> {
  Defects bad(good_model());
  add_envelopes(bad);
  add_shapes(bad);
  add_model_numbers(bad);
  add_model_layout(bad);
  add_model_contents(bad);
  bad.raw("float_image_instead", good_float());
  bad.raw("checkpoint_instead", Bytes(600, std::byte{8}));
  Defects bad_4_bits(good_model_4_bits());
  add_4_bit_contents(bad_4_bits);
  auto all = bad.take();
  for (auto& file : bad_4_bits.take()) all.push_back(std::move(file));
  return all;
}

auto bad_float_images() -> std::vector<BadFile> {
  Defects bad(good_float());
  add_envelopes(bad);
  add_shapes(bad);
  add_float_numbers(bad);
  bad.raw("model_image_instead", good_model());
  return bad.take();
}

}  // namespace mcullm::tests

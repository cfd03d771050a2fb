/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <stdbool.h>

#include "bytes.h"
#include "crc32.h"
#include "image_fields.h"

enum { NO_FAULT = MCL_IMAGE_HEADER_BYTES }; /* no field stands there */

static bool within(uint32_t value, uint32_t least, uint32_t most) { return value >= least && value <= most; }

static bool is_matrix_bits(uint8_t bits) { return bits == 8 || bits == 4; }

static uint32_t sectors(uint32_t bytes) { return (bytes + 511u) / 512u; }

uint32_t mcl_image_rope_step(const uint8_t* bytes, uint16_t i) {
  return mcl_get_u32(bytes + MCL_AT_ROPE_STEP + 4u * i);
}

uint32_t mcl_row_bytes(uint32_t cols, uint8_t bits) {
  return (bits == 4 ? (cols + 7u) / 8u : (cols + 3u) / 4u) * 4u;
}

uint32_t mcl_matrix_bytes(uint32_t rows, uint32_t cols, uint8_t bits) {
  return (rows + 1u) / 2u * (2u * mcl_row_bytes(cols, bits) + 4u);
}

uint32_t mcl_layer_bytes(const mcl_image_header_t* header) {
  const uint32_t dim = header->dim, kv_dim = (uint32_t)header->n_kv_heads * header->head_size;
  const uint8_t bits = header->layer_bits;
  /* gains twice, centres once; W1 and W3 share their blocks */
  return MCL_LAYER_SHIFTS_BYTES + 4u * dim + 2u * kv_dim + 2u * mcl_matrix_bytes(dim, dim, bits) +
         2u * mcl_matrix_bytes(kv_dim, dim, bits) + mcl_matrix_bytes(2u * header->hidden_dim, dim, bits) +
         mcl_matrix_bytes(dim, header->hidden_dim, bits);
}

static void read_fields(mcl_image_header_t* h, const uint8_t* bytes) {
  h->image_bytes = mcl_get_u32(bytes + MCL_AT_IMAGE_BYTES);
  h->header_crc = mcl_get_u32(bytes + MCL_AT_HEADER_CRC);
  h->dim = mcl_get_u16(bytes + MCL_AT_DIM);
  h->hidden_dim = mcl_get_u16(bytes + MCL_AT_HIDDEN_DIM);
  h->n_layers = mcl_get_u16(bytes + MCL_AT_N_LAYERS);
  h->n_heads = mcl_get_u16(bytes + MCL_AT_N_HEADS);
  h->n_kv_heads = mcl_get_u16(bytes + MCL_AT_N_KV_HEADS);
  h->head_size = mcl_get_u16(bytes + MCL_AT_HEAD_SIZE);
  h->vocab_size = mcl_get_u32(bytes + MCL_AT_VOCAB_SIZE);
  h->context = mcl_get_u16(bytes + MCL_AT_CONTEXT);
  h->shared_classifier = bytes[MCL_AT_FLAGS] & 1u;
  h->kv_format = bytes[MCL_AT_KV_FORMAT];
  h->layer_bits = bytes[MCL_AT_LAYER_BITS];
  h->classifier_bits = bytes[MCL_AT_CLASSIFIER_BITS];
  h->embedding_bits = bytes[MCL_AT_EMBEDDING_BITS];
  h->resid_frac = bytes[MCL_AT_RESID_FRAC];
  h->gate_frac = bytes[MCL_AT_GATE_FRAC];
  h->norm_frac = bytes[MCL_AT_NORM_FRAC];
  h->embed_shift = bytes[MCL_AT_EMBED_SHIFT];
  h->classifier_shift = bytes[MCL_AT_CLASSIFIER_SHIFT];
  h->final_gain_shift = bytes[MCL_AT_FINAL_GAIN_SHIFT];
  h->norm_numerator = mcl_get_u32(bytes + MCL_AT_NORM_NUMERATOR);
  h->max_row_l1 = mcl_get_u32(bytes + MCL_AT_MAX_ROW_L1);
  h->norm_eps = mcl_get_u64(bytes + MCL_AT_NORM_EPS);
  h->bos_token = mcl_get_u16(bytes + MCL_AT_BOS_TOKEN);
  h->eos_token = mcl_get_u16(bytes + MCL_AT_EOS_TOKEN);
  h->layers_offset = mcl_get_u32(bytes + MCL_AT_LAYERS_OFFSET);
  h->layer_bytes = mcl_get_u32(bytes + MCL_AT_LAYER_BYTES);
  h->classifier_offset = mcl_get_u32(bytes + MCL_AT_CLASSIFIER_OFFSET);
  h->classifier_bytes = mcl_get_u32(bytes + MCL_AT_CLASSIFIER_BYTES);
  h->embedding_offset = mcl_get_u32(bytes + MCL_AT_EMBEDDING_OFFSET);
  h->embedding_bytes = mcl_get_u32(bytes + MCL_AT_EMBEDDING_BYTES);
  h->tokenizer_offset = mcl_get_u32(bytes + MCL_AT_TOKENIZER_OFFSET);
  h->tokenizer_bytes = mcl_get_u32(bytes + MCL_AT_TOKENIZER_BYTES);
  h->layers_crc = mcl_get_u32(bytes + MCL_AT_LAYERS_CRC);
  h->classifier_crc = mcl_get_u32(bytes + MCL_AT_CLASSIFIER_CRC);
  h->embedding_crc = mcl_get_u32(bytes + MCL_AT_EMBEDDING_CRC);
  h->tokenizer_crc = mcl_get_u32(bytes + MCL_AT_TOKENIZER_CRC);
}

/* Is this a model image of a version that is known here, and whole? */
static mcl_status_t identify(const uint8_t* bytes, mcl_image_fault_t* fault) {
  const uint8_t no_crc[4] = {0, 0, 0, 0};
  fault->offset = MCL_AT_MAGIC;
  if (mcl_get_u32(bytes) != 0x4C55434Du || mcl_get_u32(bytes + 4) != 0x0A1A4D4Cu) return MCL_ERR_FORMAT;
  fault->offset = MCL_AT_FORMAT_VERSION;
  if (mcl_get_u16(bytes + MCL_AT_FORMAT_VERSION) != MCL_IMAGE_VERSION) return MCL_ERR_VERSION;
  fault->offset = MCL_AT_HEADER_BYTES;
  if (mcl_get_u16(bytes + MCL_AT_HEADER_BYTES) != MCL_IMAGE_HEADER_BYTES) return MCL_ERR_FORMAT;

  fault->offset = MCL_AT_HEADER_CRC;
  fault->found = mcl_crc32(0, bytes, MCL_AT_HEADER_CRC);
  fault->found = mcl_crc32(fault->found, no_crc, sizeof no_crc);
  fault->found = mcl_crc32(fault->found, bytes + MCL_AT_DIM, MCL_IMAGE_HEADER_BYTES - MCL_AT_DIM);
  if (fault->found != mcl_get_u32(bytes + MCL_AT_HEADER_CRC)) return MCL_ERR_CRC;

  fault->offset = MCL_AT_KIND;
  if (mcl_get_u16(bytes + MCL_AT_KIND) != MCL_IMAGE_KIND_MODEL) return MCL_ERR_FORMAT;
  fault->offset = MCL_AT_ARITHMETIC_VERSION;
  if (mcl_get_u16(bytes + MCL_AT_ARITHMETIC_VERSION) != MCL_ARITHMETIC_VERSION) return MCL_ERR_VERSION;
  return MCL_OK;
}

/* The checks below answer with the offset of the first field that breaks its rule, or NO_FAULT. */

static uint16_t shape_fault(const mcl_image_header_t* h, const uint8_t* bytes) {
  if (!within(h->n_layers, 1, 64)) return MCL_AT_N_LAYERS;
  if (!within(h->n_heads, 1, 128)) return MCL_AT_N_HEADS;
  if (h->n_kv_heads == 0 || h->n_heads % h->n_kv_heads != 0) return MCL_AT_N_KV_HEADS;
  if (!within(h->head_size, 2, MCL_HEAD_SIZE_MAX) || h->head_size % 2 != 0) return MCL_AT_HEAD_SIZE;
  if (h->dim > 4096 || h->dim != h->n_heads * h->head_size) return MCL_AT_DIM;
  if (!within(h->hidden_dim, 1, 16384)) return MCL_AT_HIDDEN_DIM;
  if (!within(h->vocab_size, 32, 65536)) return MCL_AT_VOCAB_SIZE;
  if (!within(mcl_get_u32(bytes + MCL_AT_CONTEXT), 1, MCL_CONTEXT_MAX)) return MCL_AT_CONTEXT;
  if (h->bos_token >= h->vocab_size) return MCL_AT_BOS_TOKEN;
  if (h->eos_token >= h->vocab_size) return MCL_AT_EOS_TOKEN;
  return NO_FAULT;
}

static uint16_t format_fault(const mcl_image_header_t* h, const uint8_t* bytes) {
  if (bytes[MCL_AT_FLAGS] > 1) return MCL_AT_FLAGS;
  if (h->kv_format > MCL_KV_K16V16) return MCL_AT_KV_FORMAT;
  if (!is_matrix_bits(h->layer_bits)) return MCL_AT_LAYER_BITS;
  if (!is_matrix_bits(h->classifier_bits)) return MCL_AT_CLASSIFIER_BITS;
  if (!is_matrix_bits(h->embedding_bits)) return MCL_AT_EMBEDDING_BITS;
  if (h->shared_classifier && h->embedding_bits != h->classifier_bits) return MCL_AT_EMBEDDING_BITS;
  return NO_FAULT;
}

/* norm_frac = 15 - ceil(log2(dim) / 2), without logarithms: 4^(15 - norm_frac) is the least power >= dim. */
static uint8_t norm_frac_of(uint16_t dim) {
  uint8_t frac = 15;
  for (uint32_t power = 1; power < dim; power *= 4u) {
    frac--;
  }
  return frac;
}

/* c = round(sqrt(dim) * 2^(norm_frac + 16)), without roots: c^2 - c < dim * 4^(norm_frac + 16) <= c^2 + c. */
static bool norm_numerator_holds(const mcl_image_header_t* h) {
  const uint32_t c = h->norm_numerator;
  const uint64_t square = (uint64_t)((uint32_t)h->dim << (2u * h->norm_frac)) << 32; /* < 2^63 */
  const uint64_t below = (uint64_t)c * c;
  return below - c < square && square <= below + c;
}

static uint16_t number_fault(const mcl_image_header_t* h, const uint8_t* bytes) {
  if (!within(h->resid_frac, 8, 20)) return MCL_AT_RESID_FRAC;
  if (!within(h->gate_frac, 8, 12)) return MCL_AT_GATE_FRAC;
  if (h->norm_frac != norm_frac_of(h->dim)) return MCL_AT_NORM_FRAC;
  if (h->embed_shift > 31) return MCL_AT_EMBED_SHIFT;
  if (!within(h->classifier_shift, 8, 32) || h->classifier_shift % 8 != 0) return MCL_AT_CLASSIFIER_SHIFT;
  if (h->final_gain_shift > 30) return MCL_AT_FINAL_GAIN_SHIFT;
  if (!norm_numerator_holds(h)) return MCL_AT_NORM_NUMERATOR;
  if (h->max_row_l1 > 65538) return MCL_AT_MAX_ROW_L1;
  if (mcl_get_u32(bytes + MCL_AT_NORM_EPS_HIGH) >= 16) return MCL_AT_NORM_EPS_HIGH;
  /* as bits, because a device has no floats: 0 < rms_eps < 1, 1 <= rope_theta < infinity */
  if (!within(mcl_get_u32(bytes + MCL_AT_RMS_EPS), 1, 0x3F7FFFFF)) return MCL_AT_RMS_EPS;
  if (!within(mcl_get_u32(bytes + MCL_AT_ROPE_THETA), 0x3F800000, 0x7F7FFFFF)) return MCL_AT_ROPE_THETA;
  return NO_FAULT;
}

/* Is the field the offset of this sector? Counting in sectors, 32 bits hold the longest tape that a shape
 * allows. */
static bool at_sector(uint32_t offset, uint32_t sector) {
  return offset % 512u == 0 && offset / 512u == sector;
}

static uint16_t layout_fault(const mcl_image_header_t* h) {
  const uint32_t layer = sectors(mcl_layer_bytes(h));
  const uint32_t classifier_bytes = 2u * h->dim + mcl_matrix_bytes(h->vocab_size, h->dim, h->classifier_bits);
  const uint32_t embedding_bytes =
      h->shared_classifier ? 0 : mcl_matrix_bytes(h->vocab_size, h->dim, h->embedding_bits);
  uint32_t sector = 1 + h->n_layers * layer;
  if (h->layers_offset != MCL_IMAGE_HEADER_BYTES) return MCL_AT_LAYERS_OFFSET;
  if (!at_sector(h->layer_bytes, layer)) return MCL_AT_LAYER_BYTES;
  if (!at_sector(h->classifier_offset, sector)) return MCL_AT_CLASSIFIER_OFFSET;
  if (h->classifier_bytes != classifier_bytes) return MCL_AT_CLASSIFIER_BYTES;

  sector += sectors(classifier_bytes);
  if (!at_sector(h->embedding_offset, h->shared_classifier ? 0 : sector)) return MCL_AT_EMBEDDING_OFFSET;
  if (h->embedding_bytes != embedding_bytes) return MCL_AT_EMBEDDING_BYTES;
  if (h->shared_classifier && h->embedding_crc != 0) return MCL_AT_EMBEDDING_CRC;

  sector += sectors(embedding_bytes);
  if (!at_sector(h->tokenizer_offset, sector)) return MCL_AT_TOKENIZER_OFFSET;
  /* two counts, then 3 to 258 bytes per token */
  if (!within(h->tokenizer_bytes, 8u + 3u * h->vocab_size, 8u + 258u * h->vocab_size))
    return MCL_AT_TOKENIZER_BYTES;
  /* the sum may wrap, but then image_bytes is below tokenizer_offset */
  if (h->image_bytes < h->tokenizer_offset || h->image_bytes - h->tokenizer_offset != h->tokenizer_bytes)
    return MCL_AT_IMAGE_BYTES;
  return NO_FAULT;
}

/* The first byte in [from, to) that is not zero. */
static uint16_t nonzero_byte(const uint8_t* bytes, uint16_t from, uint16_t to) {
  for (; from < to; from++) {
    if (bytes[from] != 0) return from;
  }
  return NO_FAULT;
}

static uint16_t padding_fault(const mcl_image_header_t* h, const uint8_t* bytes) {
  uint16_t name_end = MCL_AT_NAME;
  while (name_end < MCL_AT_NAME_LAST && bytes[name_end] != 0) name_end++;
  const uint16_t rope_end = (uint16_t)(MCL_AT_ROPE_STEP + 2u * h->head_size);
  uint16_t fault = nonzero_byte(bytes, MCL_AT_UNUSED, MCL_AT_UNUSED + 1);
  if (fault == NO_FAULT) fault = nonzero_byte(bytes, name_end, MCL_AT_ROPE_STEP);
  if (fault == NO_FAULT) fault = nonzero_byte(bytes, rope_end, MCL_IMAGE_HEADER_BYTES);
  return fault;
}

/* The field that stands at `offset`, by its width. */
static uint32_t value_at(const uint8_t* bytes, uint16_t offset) {
  if ((offset >= MCL_AT_FORMAT_VERSION && offset < MCL_AT_IMAGE_BYTES) ||
      (offset >= MCL_AT_DIM && offset < MCL_AT_VOCAB_SIZE) ||
      (offset >= MCL_AT_BOS_TOKEN && offset < MCL_AT_RMS_EPS))
    return mcl_get_u16(bytes + offset);
  if ((offset >= MCL_AT_FLAGS && offset <= MCL_AT_UNUSED) || offset >= MCL_AT_NAME) return bytes[offset];
  return mcl_get_u32(bytes + offset);
}

mcl_status_t mcl_image_header_read(mcl_image_header_t* header, const uint8_t* bytes,
                                   mcl_image_fault_t* fault) {
  const mcl_status_t known = identify(bytes, fault);
  read_fields(header, bytes);
  if (known == MCL_ERR_CRC) return known; /* found is what the bytes add up to */
  if (known == MCL_OK) {
    /* in this order: each check relies on the ones before it */
    fault->offset = shape_fault(header, bytes);
    if (fault->offset == NO_FAULT) fault->offset = format_fault(header, bytes);
    if (fault->offset == NO_FAULT) fault->offset = number_fault(header, bytes);
    if (fault->offset == NO_FAULT) fault->offset = layout_fault(header);
    if (fault->offset == NO_FAULT) fault->offset = padding_fault(header, bytes);
    if (fault->offset == NO_FAULT) return MCL_OK;
  }
  fault->found = value_at(bytes, fault->offset);
  return known == MCL_OK ? MCL_ERR_FORMAT : known;
}

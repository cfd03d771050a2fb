/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"
#include "crc32.h"
#include "image_fields.h"
#include "rom.h"

enum { NO_FAULT = MCL_IMAGE_HEADER_BYTES }; /* no field stands there */

static bool within(uint32_t value, uint32_t least, uint32_t most) { return value >= least && value <= most; }

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
  const uint32_t dim = header->dim, kv_dim = header->kv_dim;
  const uint8_t bits = header->layer_bits;
  /* gains twice, centres once; W1 and W3 share their blocks */
  return MCL_LAYER_SHIFTS_BYTES + 4u * dim + 2u * kv_dim + 2u * mcl_matrix_bytes(dim, dim, bits) +
         2u * mcl_matrix_bytes(kv_dim, dim, bits) + mcl_matrix_bytes(2u * header->hidden_dim, dim, bits) +
         mcl_matrix_bytes(dim, header->hidden_dim, bits);
}

/* The fields of the header that a device needs, in runs that stand in mcl_image_header_t as they do in the
 * file: same order, same widths, nothing in between. Of context, the lower half: the checks see all of it. */
#define RUN(first, name, last, last_name)                                                    \
  {                                                                                          \
    MCL_AT_##first, offsetof(mcl_image_header_t, name),                                      \
        (MCL_AT_##last - MCL_AT_##first + sizeof(((mcl_image_header_t*)0)->last_name)) /     \
            (offsetof(mcl_image_header_t, last_name) - offsetof(mcl_image_header_t, name) == \
             MCL_AT_##last - MCL_AT_##first)                                                 \
  }
static MCL_ROM struct {
  uint8_t from, to, bytes;
} runs[] = {
    RUN(IMAGE_BYTES, image_bytes, CONTEXT, context),
    RUN(FLAGS, shared_classifier, FINAL_GAIN_SHIFT, final_gain_shift),
    RUN(NORM_NUMERATOR, norm_numerator, EOS_TOKEN, eos_token),
    RUN(LAYERS_OFFSET, layers_offset, TOKENIZER_CRC, tokenizer_crc),
};
#undef RUN
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the bytes of the file are those of numbers in memory"
#endif

static void read_fields(mcl_image_header_t* h, const uint8_t* bytes) {
  for (uint8_t run = 0; run < sizeof runs / sizeof runs[0]; run++) {
    const uint8_t* from = bytes + runs[run].from;
    uint8_t* to = (uint8_t*)h + runs[run].to;
    for (uint8_t left = runs[run].bytes; left != 0; left--) *to++ = *from++;
  }
  h->kv_dim = (uint16_t)(h->n_kv_heads * h->head_size);
  h->shared_classifier &= 1u; /* the flags' other bits are zero, or the header is refused */
}

/* What a field must be, in the order in which it is reported: what kind of file this is; after its CRC, the
 * limits that depend on nothing else. */
typedef struct {
  uint8_t at;
  uint32_t least, most;
} rule_t;
static MCL_ROM rule_t file_rules[] = {
    {MCL_AT_MAGIC, 0x4C55434D, 0x4C55434D},
    {MCL_AT_MAGIC + 4, 0x0A1A4D4C, 0x0A1A4D4C},
    {MCL_AT_FORMAT_VERSION, MCL_IMAGE_VERSION, MCL_IMAGE_VERSION},
    {MCL_AT_HEADER_BYTES, MCL_IMAGE_HEADER_BYTES, MCL_IMAGE_HEADER_BYTES},
};
static MCL_ROM rule_t field_rules[] = {
    {MCL_AT_KIND, MCL_IMAGE_KIND_MODEL, MCL_IMAGE_KIND_MODEL},
    {MCL_AT_ARITHMETIC_VERSION, MCL_ARITHMETIC_VERSION, MCL_ARITHMETIC_VERSION},
    {MCL_AT_N_LAYERS, 1, 64},
    {MCL_AT_N_HEADS, 1, 128},
    {MCL_AT_N_KV_HEADS, 1, 128},
    {MCL_AT_HEAD_SIZE, 2, MCL_HEAD_SIZE_MAX},
    {MCL_AT_DIM, 2, 4096},
    {MCL_AT_HIDDEN_DIM, 1, 16384},
    {MCL_AT_VOCAB_SIZE, 32, 65536},
    {MCL_AT_CONTEXT, 1, MCL_CONTEXT_MAX},
    {MCL_AT_FLAGS, 0, 1},
    {MCL_AT_KV_FORMAT, 0, MCL_KV_LAST},
#ifndef MCL_LEAN
    {MCL_AT_RESID_FRAC, 8, 20},
    {MCL_AT_GATE_FRAC, 8, 12},
    {MCL_AT_EMBED_SHIFT, 0, 31},
    {MCL_AT_CLASSIFIER_SHIFT, 8, 32},
    {MCL_AT_FINAL_GAIN_SHIFT, 0, 30},
    {MCL_AT_MAX_ROW_L1, 0, 65538},
    {MCL_AT_NORM_EPS_HIGH, 0, 15},
    /* as bits, because a device has no floats: 0 < rms_eps < 1, 1 <= rope_theta < infinity */
    {MCL_AT_RMS_EPS, 1, 0x3F7FFFFF},
    {MCL_AT_ROPE_THETA, 0x3F800000, 0x7F7FFFFF},
#endif
};

/* The field that stands at `offset`, by its width. */
static uint32_t value_at(const uint8_t* bytes, uint16_t offset) {
  if (offset >= MCL_AT_NAME) return bytes[offset];
  const uint8_t at = (uint8_t)offset;
  if (at >= MCL_AT_FLAGS && at <= MCL_AT_UNUSED) return bytes[at];
  if ((at >= MCL_AT_FORMAT_VERSION && at < MCL_AT_IMAGE_BYTES) ||
      (at >= MCL_AT_DIM && at < MCL_AT_VOCAB_SIZE) || (at >= MCL_AT_BOS_TOKEN && at < MCL_AT_RMS_EPS))
    return mcl_get_u16(bytes + at);
  return mcl_get_u32(bytes + at);
}

/* The first field that breaks its rule, or NO_FAULT. */
static uint16_t rule_fault(const uint8_t* bytes, MCL_ROM rule_t* rule, uint8_t count) {
  for (; count != 0; count--, rule++) {
    if (!within(value_at(bytes, rule->at), rule->least, rule->most)) return rule->at;
  }
  return NO_FAULT;
}

/* Of the header, its own place being zero. */
static uint32_t crc_of(const uint8_t* bytes) {
  const uint8_t no_crc[4] = {0, 0, 0, 0};
  uint32_t crc = mcl_crc32(0, bytes, MCL_AT_HEADER_CRC);
  crc = mcl_crc32(crc, no_crc, sizeof no_crc);
  return mcl_crc32(crc, bytes + MCL_AT_DIM, MCL_IMAGE_HEADER_BYTES - MCL_AT_DIM);
}

/* The checks below answer with the offset of the first field that breaks its rule, or NO_FAULT. */

static uint16_t shape_fault(const mcl_image_header_t* h) {
  if (h->n_heads % h->n_kv_heads != 0) return MCL_AT_N_KV_HEADS;
  if (h->head_size % 2 != 0) return MCL_AT_HEAD_SIZE;
  if (h->dim != h->n_heads * h->head_size) return MCL_AT_DIM;
  return NO_FAULT;
}

#ifndef MCL_LEAN

static bool is_matrix_bits(uint8_t bits) { return bits == 8 || bits == 4; }

static uint16_t format_fault(const mcl_image_header_t* h) {
  if (h->bos_token >= h->vocab_size) return MCL_AT_BOS_TOKEN;
  if (h->eos_token >= h->vocab_size) return MCL_AT_EOS_TOKEN;
  if (!is_matrix_bits(h->layer_bits)) return MCL_AT_LAYER_BITS;
  if (!is_matrix_bits(h->classifier_bits)) return MCL_AT_CLASSIFIER_BITS;
  if (!is_matrix_bits(h->embedding_bits)) return MCL_AT_EMBEDDING_BITS;
  if (h->shared_classifier && h->embedding_bits != h->classifier_bits) return MCL_AT_EMBEDDING_BITS;
  return NO_FAULT;
}

static uint32_t sectors(uint32_t bytes) { return (bytes + 511u) / 512u; }

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

static uint16_t number_fault(const mcl_image_header_t* h) {
  if (h->norm_frac != norm_frac_of(h->dim)) return MCL_AT_NORM_FRAC;
  if (h->classifier_shift % 8 != 0) return MCL_AT_CLASSIFIER_SHIFT;
  if (!norm_numerator_holds(h)) return MCL_AT_NORM_NUMERATOR;
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

/* The rest, most of which the maker of an image computes from its shape. */
static uint16_t derived_fault(const mcl_image_header_t* h, const uint8_t* bytes) {
  uint16_t fault = format_fault(h);
  if (fault == NO_FAULT) fault = number_fault(h);
  if (fault == NO_FAULT) fault = layout_fault(h);
  if (fault == NO_FAULT) fault = padding_fault(h, bytes);
  return fault;
}

#else

/* A wrong one reads the wrong bytes, but touches no memory: a chip without room relies on the host's check.
 */
static uint16_t derived_fault(const mcl_image_header_t* h, const uint8_t* bytes) {
  (void)h;
  (void)bytes;
  return NO_FAULT;
}

#endif

mcl_status_t mcl_image_header_read(mcl_image_header_t* header, const uint8_t* bytes,
                                   mcl_image_fault_t* fault) {
  read_fields(header, bytes);
  /* in this order: each check relies on the ones before it */
  uint16_t offset = rule_fault(bytes, file_rules, sizeof file_rules / sizeof file_rules[0]);
  if (offset == NO_FAULT) {
    fault->found = crc_of(bytes);
    fault->offset = MCL_AT_HEADER_CRC;
    if (fault->found != header->header_crc) return MCL_ERR_CRC;
  }
  if (offset == NO_FAULT) offset = rule_fault(bytes, field_rules, sizeof field_rules / sizeof field_rules[0]);
  if (offset == NO_FAULT) offset = shape_fault(header);
  if (offset == NO_FAULT) offset = derived_fault(header, bytes);
  if (offset == NO_FAULT) return MCL_OK;
  if (offset == MCL_AT_MAGIC + 4) offset = MCL_AT_MAGIC;
  fault->offset = offset;
  fault->found = value_at(bytes, offset);
  return offset == MCL_AT_FORMAT_VERSION || offset == MCL_AT_ARITHMETIC_VERSION ? MCL_ERR_VERSION
                                                                                : MCL_ERR_FORMAT;
}

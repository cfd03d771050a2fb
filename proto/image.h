/* SPDX-License-Identifier: MIT */
/* Header of a model image (kind 2) and where its parts stand; IMAGE.md. */
#ifndef MCL_IMAGE_H
#define MCL_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  MCL_IMAGE_VERSION = 1,
  MCL_ARITHMETIC_VERSION = 1,
  MCL_IMAGE_HEADER_BYTES = 512,
  MCL_IMAGE_KIND_FLOAT = 1,
  MCL_IMAGE_KIND_MODEL = 2,
  MCL_LAYER_SHIFTS_BYTES = 16,
  MCL_HEAD_SIZE_MAX = 128,
  MCL_CONTEXT_MAX = 4096
};

typedef enum { MCL_KV_K8V8 = 0, MCL_KV_K16V8 = 1, MCL_KV_K16V16 = 2 } mcl_kv_format_t;
/* The last format that is known here: a chip without room for the others is built with MCL_KV_K8V8. */
#ifndef MCL_KV_LAST
#define MCL_KV_LAST MCL_KV_K16V16
#endif

/* The header's fields as a device needs them; names, order and limits as in IMAGE.md. */
typedef struct {
  uint32_t image_bytes, header_crc;
  uint16_t dim, hidden_dim, n_layers, n_heads, n_kv_heads, head_size;
  uint32_t vocab_size;
  uint16_t context;
  uint8_t shared_classifier, kv_format, layer_bits, classifier_bits, embedding_bits;
  uint8_t resid_frac, gate_frac, norm_frac, embed_shift, classifier_shift, final_gain_shift;
  uint32_t norm_numerator, max_row_l1;
  uint64_t norm_eps;
  uint16_t bos_token, eos_token;
  uint32_t layers_offset, layer_bytes, classifier_offset, classifier_bytes;
  uint32_t embedding_offset, embedding_bytes, tokenizer_offset, tokenizer_bytes;
  uint32_t layers_crc, classifier_crc, embedding_crc, tokenizer_crc;
  uint16_t kv_dim; /* n_kv_heads * head_size: no field of its own */
} mcl_image_header_t;

/* Where a header was refused: the field, or the byte that should be zero, and what stands there. Of
 * header_crc, `found` is the CRC of the bytes as they are; of norm_eps, offset 68, its upper half. */
typedef struct {
  uint16_t offset;
  uint32_t found;
} mcl_image_fault_t;

/* Reads and checks the 512 bytes of a model image's header: every rule of IMAGE.md section 1 that needs no
 * more than the header, but for the encoding of the name, which only people read; built with MCL_LEAN, not
 * what follows from the shape. MCL_ERR_CRC, MCL_ERR_VERSION or MCL_ERR_FORMAT with *fault filled. */
MCL_MUST_CHECK mcl_status_t mcl_image_header_read(mcl_image_header_t* header, const uint8_t* bytes,
                                                  mcl_image_fault_t* fault);

/* rope_step[i], straight from the header bytes; i < head_size / 2. */
uint32_t mcl_image_rope_step(const uint8_t* bytes, uint16_t i);

/* Bytes of one row and of a whole matrix (IMAGE.md section 2); 32 bits hold those of every allowed shape. */
uint32_t mcl_row_bytes(uint32_t cols, uint8_t bits);
uint32_t mcl_matrix_bytes(uint32_t rows, uint32_t cols, uint8_t bits);

/* Bytes of one layer before padding (IMAGE.md section 3). */
uint32_t mcl_layer_bytes(const mcl_image_header_t* header);

#ifdef __cplusplus
}
#endif

#endif

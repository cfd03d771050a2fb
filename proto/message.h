/* SPDX-License-Identifier: MIT */
/* Message types and the HELLO reply; WIRE.md sections 4 and 5. */
#ifndef MCL_MESSAGE_H
#define MCL_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  MCL_HELLO = 0x01,
  MCL_RESET = 0x02,
  MCL_ABORT = 0x03,
  MCL_STATS = 0x04,
  MCL_MEMORY = 0x05,
  MCL_PUT = 0x10,
  MCL_GET = 0x11,
  MCL_MATMUL = 0x12,
  MCL_LAYER = 0x20,
  MCL_TOKEN = 0x21,
  MCL_PREFILL = 0x22,
  MCL_GENERATE = 0x23,
  MCL_TRACE = 0x24,
  MCL_PROFILE = 0x25,
  MCL_STORE_BEGIN = 0x30,
  MCL_STORE_WRITE = 0x31,
  MCL_STORE_CRC = 0x32,
  MCL_STORE_COMMIT = 0x33,
  MCL_STORE_READ = 0x34,
  MCL_REPLY = 0x80, /* or-ed to the request's type */
  MCL_EVENT_BUSY = 0xC0,
  MCL_EVENT_TOKEN = 0xC1
} mcl_type_t;

enum {
  MCL_MATMUL_B_INT16 = 1, /* flags of MATMUL */
  MCL_MATMUL_OUT_INT16 = 2,
  MCL_MATMUL_A_STORED = 4,
  MCL_GENERATE_STOP = 1 /* flags of GENERATE: stop after bos or eos */
};

/* Intermediate vectors, in the order in which a token computes them. */
typedef enum {
  MCL_OP_EMBED,
  MCL_OP_ATT_NORM,
  MCL_OP_Q,
  MCL_OP_K,
  MCL_OP_V,
  MCL_OP_Q_ROPE,
  MCL_OP_K_CACHE,
  MCL_OP_V_CACHE,
  MCL_OP_SCORE,
  MCL_OP_ATTENTION,
  MCL_OP_ATT_RESIDUAL,
  MCL_OP_FFN_NORM,
  MCL_OP_GATE,
  MCL_OP_UP,
  MCL_OP_HIDDEN,
  MCL_OP_FFN_RESIDUAL,
  MCL_OP_FINAL_NORM,
  MCL_OP_LOGITS,
  MCL_OP_COUNT
} mcl_op_t;

typedef enum {
  MCL_TICKS_NONE,
  MCL_TICKS_CYCLES,
  MCL_TICKS_INSTRUCTIONS,
  MCL_TICKS_NANOSECONDS
} mcl_tick_unit_t;

/* What MEMORY tells of, and where it stands. */
typedef enum {
  MCL_PART_IMAGE,   /* the stored model */
  MCL_PART_KEPT,    /* a second copy of a part of its weights, which tokens read instead */
  MCL_PART_CACHE,   /* keys and values */
  MCL_PART_VECTORS, /* of the token in work */
  MCL_PART_LOGITS,
  MCL_PART_LINK, /* frame buffers */
  MCL_PART_FREE, /* of the arena */
  MCL_PART_COUNT
} mcl_part_t;

typedef enum { MCL_PLACE_STORAGE, MCL_PLACE_RAM } mcl_place_t;

enum { MCL_MEMORY_PART_BYTES = 6 }; /* of a part in the reply: u8 part, u8 place, u32 bytes */

typedef enum {
  MCL_MODEL_RUNS,
  MCL_MODEL_NONE,
  MCL_MODEL_TOO_LARGE,
  MCL_MODEL_REFUSED,
  MCL_MODEL_DAMAGED
} mcl_model_status_t;

typedef struct {
  uint8_t status; /* mcl_model_status_t */
  uint32_t detail_a, detail_b;
  uint32_t header_crc;
  uint16_t positions; /* in the cache */
} mcl_model_state_t;

enum { MCL_BOARD_NAME_BYTES = 16, MCL_MODEL_STATE_BYTES = 15, MCL_HELLO_REPLY_BYTES = 63 };

typedef struct {
  uint8_t wire_version;
  uint16_t boot_id;
  uint8_t arithmetic_version, image_version;
  uint16_t max_payload;
  uint32_t agent_build;
  char board[MCL_BOARD_NAME_BYTES + 1]; /* zero-terminated here */
  uint32_t clock_hz;
  uint8_t tick_unit; /* mcl_tick_unit_t */
  uint32_t workspace_bytes, arena_bytes, store_bytes, erase_bytes;
  mcl_model_state_t model;
} mcl_hello_t;

/* Without the status byte. `out` has MCL_HELLO_REPLY_BYTES bytes; returns the bytes written. */
size_t mcl_hello_pack(uint8_t* out, const mcl_hello_t* hello);
/* Returns 1 on success, 0 when n is too short; later versions may append fields. */
int mcl_hello_unpack(mcl_hello_t* hello, const uint8_t* in, size_t n);

size_t mcl_model_state_pack(uint8_t* out, const mcl_model_state_t* state);
int mcl_model_state_unpack(mcl_model_state_t* state, const uint8_t* in, size_t n);

#ifdef __cplusplus
}
#endif

#endif

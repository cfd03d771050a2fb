/* SPDX-License-Identifier: MIT */
/* The stored image and whether it runs. */
#ifndef AGENT_MODEL_H
#define AGENT_MODEL_H

#include <stdbool.h>

#include "proto/image.h"
#include "proto/status.h"

/* What HELLO tells of it. */
typedef struct {
  uint8_t status; /* mcl_model_status_t */
  uint32_t detail[2], header_crc;
} model_t;

/* Looks at the storage after a start: loads the model or notes why not. */
void model_start(bool check_sections);
/* Nothing is stored any more. */
void model_forget(void);
/* Appends the model's fields of WIRE.md section 5. */
void reply_model_state(void);
/* Of the arena, that the model takes; 0: none runs. */
uint32_t model_arena_bytes(void);

/* What the header alone, which is checked, does not tell:
 * - the engine's need fits the arena, else MCL_ERR_MEMORY;
 * - if so wished, the bytes of the sections match their CRCs, else MCL_ERR_CRC;
 * - the shifts of every layer, on which the engine relies, are in their ranges, else MCL_ERR_FORMAT.
 * Also MCL_ERR_STORE, MCL_ERR_ABORTED. */
MCL_MUST_CHECK mcl_status_t model_check(const mcl_image_header_t* header, bool sections);
/* Loads the stored image of this checked header. */
MCL_MUST_CHECK mcl_status_t model_load(const mcl_image_header_t* header);

#endif

/* SPDX-License-Identifier: MIT */
/* The stored image and whether it runs. */
#ifndef AGENT_MODEL_H
#define AGENT_MODEL_H

#include "proto/image.h"
#include "proto/message.h"
#include "proto/status.h"

/* Looks at the storage after a start: loads the model or notes why not. */
void model_start(void);
/* Nothing is stored any more. */
void model_forget(void);
mcl_model_state_t model_state(void);

/* The bytes of the sections match the header's CRCs. MCL_ERR_CRC with expected and found in detail,
 * MCL_ERR_STORE with the offset, MCL_ERR_ABORTED. */
MCL_MUST_CHECK mcl_status_t model_check_sections(const mcl_image_header_t* header, uint32_t detail[2]);
/* The shifts of every layer as stored are in their ranges: the engine relies on that. MCL_ERR_FORMAT with
 * offset and value in detail, MCL_ERR_STORE. */
MCL_MUST_CHECK mcl_status_t model_check_shifts(const mcl_image_header_t* header, uint32_t detail[2]);
/* The engine's need fits the arena. MCL_ERR_MEMORY with needed and available in detail. */
MCL_MUST_CHECK mcl_status_t model_check_fit(const mcl_image_header_t* header, uint32_t detail[2]);
/* Loads the stored image of this checked header. */
MCL_MUST_CHECK mcl_status_t model_load(const mcl_image_header_t* header);

#endif

/* SPDX-License-Identifier: MIT */
/* Status byte of every reply; see WIRE.md section 3. */
#ifndef MCL_STATUS_H
#define MCL_STATUS_H

#define MCL_MUST_CHECK __attribute__((warn_unused_result))

typedef enum {
  MCL_OK = 0,
  MCL_ERR_COMMAND = 1,
  MCL_ERR_LENGTH = 2,
  MCL_ERR_RANGE = 3,
  MCL_ERR_MEMORY = 4,
  MCL_ERR_MODEL = 5,
  MCL_ERR_STATE = 6,
  MCL_ERR_BOOT = 7,
  MCL_ERR_CRC = 8,
  MCL_ERR_STORE = 9,
  MCL_ERR_ABORTED = 10,
  MCL_ERR_FORMAT = 11,
  MCL_ERR_VERSION = 12
} mcl_status_t;

#endif

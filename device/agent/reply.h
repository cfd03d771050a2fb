/* SPDX-License-Identifier: MIT */
/* The reply in the making; there is one at a time. Its status byte is accounted for, and appending never
 * exceeds its room: commands bound their counts by reply_room first. */
#ifndef AGENT_REPLY_H
#define AGENT_REPLY_H

#include <stdint.h>

#include "proto/status.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "REPLY_FIELD copies integers as they are in memory, which is to be the wire's byte order"
#endif

uint16_t reply_room(void);
/* The place of the next n bytes, for the caller to fill in. */
uint8_t* reply_take(uint16_t n);

void reply_u8(uint8_t v);
void reply_u32(uint32_t v);
/* n bytes as they are; put_bytes: to somewhere else */
void reply_copy(const void* from, uint8_t n);
void put_bytes(void* to, const void* from, uint8_t n);
/* an integer, or an array of them */
#define REPLY_FIELD(field) reply_copy(&(field), sizeof(field))

/* Notes the details of a status that is not MCL_OK, for the reply or for HELLO; returns it. */
mcl_status_t fail(mcl_status_t status, uint32_t a, uint32_t b) __attribute__((noinline));

/* The same for small numbers. */
mcl_status_t refuse(mcl_status_t status, uint16_t a, uint16_t b) __attribute__((noinline));

/* Where count items from offset on end; saturates. */
uint32_t end_of(uint32_t offset, uint32_t count) __attribute__((noinline));
/* MCL_ERR_RANGE where it is not value <= limit. */
mcl_status_t check_most(uint32_t value, uint32_t limit) __attribute__((noinline));
/* count items of so many bytes fit into the reply */
mcl_status_t check_room(uint16_t count, uint8_t bytes) __attribute__((noinline));

#endif

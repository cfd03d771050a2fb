/* SPDX-License-Identifier: MIT */
/* The SD card on the SPI bus: blocks of 512 bytes, written one by one, read as a stream that the kernels take
 * from the bus byte by byte.
 *
 *                open                stream_open                    write
 *   [CLOSED] ----------> [IDLE] <------------------> [STREAMING] ----------> [IDLE]
 *       ^                  |        stream_close          |
 *       +------------------+------ any failure -----------+
 */
#ifndef PORT_CARD_H
#define PORT_CARD_H

#include <stdbool.h>
#include <stdint.h>

enum { CARD_BLOCK_BYTES = 512 };

/* Whose stream is open: the others open theirs when they need it. */
typedef enum { CARD_NOBODY, CARD_TAPE, CARD_STORE, CARD_CACHE, CARD_LOGITS } card_reader_t;

/* Makes the card ready, if it is not. false: there is none, or it does not work. */
bool card_open(void);
/* Something failed since card_open succeeded. */
bool card_failed(void);
/* Blocks of the card; 0 without one. */
uint32_t card_blocks(void);

/* Streams from byte `offset` of this block on, over the ends of blocks. A failure shows in card_failed; what
 * is read after it means nothing. */
void card_stream_open(card_reader_t reader, uint32_t block, uint16_t offset);
/* The same for byte `offset` of the card. */
void card_stream_open_at(card_reader_t reader, uint32_t offset);
void card_stream_close(void);
extern uint8_t card_reader; /* card_reader_t */

/* Bytes left in the streamed block. Whoever takes bytes from the bus (stream.h) subtracts them, and at 0
 * calls card_stream_next_block before taking more. */
extern uint16_t card_left;
void card_stream_next_block(void);

uint8_t card_stream_u8(void);
/* Takes n bytes; to NULL: nobody wants them. */
void card_stream_read(uint8_t* to, uint16_t n);
void card_stream_skip(uint16_t n);

/* Writes the CARD_BLOCK_BYTES bytes to the block. The card may still be busy on return; the next access
 * waits. false: it did not take them. */
bool card_write(uint32_t block, const uint8_t* bytes);
/* Waits until everything written is durable. */
bool card_settle(void);

#endif

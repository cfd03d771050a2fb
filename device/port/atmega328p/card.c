/* SPDX-License-Identifier: MIT */
#include "port/atmega328p/card.h"

#include <avr/io.h>
#include <stddef.h>
#include <util/crc16.h>
#include <util/delay_basic.h>

#include "port/atmega328p/board.h"
#include "port/atmega328p/stream.h"

enum {
  PIN_SELECT = PB2,
  PIN_MOSI = PB3,
  PIN_CLOCK = PB5,
  ALL_ONES = 0xFF, /* what a master sends when it only listens */

  GO_IDLE = 0, /* commands */
  SEND_IF_COND = 8,
  SEND_CSD = 9,
  STOP_TRANSMISSION = 12,
  SET_BLOCKLEN = 16,
  READ_MULTIPLE = 18,
  WRITE_BLOCK = 24,
  APP_SEND_OP_COND = 41,
  APP_COMMAND = 55,
  READ_OCR = 58,
  CRC_ON_OFF = 59,

  R1_READY = 0x00,
  R1_IDLE = 0x01,
  R1_NONE = 0xFF,
  START_BLOCK = 0xFE,
  DATA_ACCEPTED = 0x05
};

/* As much as cards are allowed to take, and more. */
enum {
  PATIENCE = 1000000 / BOARD_STEP_US /* steps of board_time: a second */,
  TOKEN_POLLS = 65535 /* 110 ms or more */,
  R1_POLLS = 16
};

static struct {
  bool ready;   /* initialised, and nothing failed since */
  bool by_byte; /* addressed by byte, not by block */
  uint32_t blocks;
} card;

uint8_t card_reader;
uint16_t card_left;

static uint8_t exchange(uint8_t out) {
  SPDR = out;
  while ((SPSR & _BV(SPIF)) == 0) continue;
  return SPDR;
}

static uint8_t receive(void) { return exchange(ALL_ONES); }

/* This moment is longer ago than the card may make us wait. */
static bool is_too_long_ago(uint8_t start) { return (uint8_t)(board_time() - start) > PATIENCE; }

static void fail(void) { card.ready = false; }

bool card_failed(void) { return !card.ready; }

uint32_t card_blocks(void) { return card.blocks; }

static void deselect(void) {
  PORTB |= _BV(PIN_SELECT);
  (void)receive(); /* the card lets go of the line */
}

/* The card has let go of its busy signal. */
static bool wait_while_busy(void) {
  const uint8_t start = board_time();
  while (receive() != ALL_ONES) {
    if (is_too_long_ago(start)) return false;
  }
  return true;
}

static uint8_t crc7(uint8_t crc, uint8_t byte) {
  crc ^= byte;
  for (uint8_t bit = 0; bit < 8; bit++) crc = (uint8_t)((crc & 0x80) != 0 ? crc << 1 ^ 0x12 : crc << 1);
  return crc;
}

/* Sends the six bytes of a command to the selected card. Returns its R1. */
static uint8_t command(uint8_t index, uint32_t argument) {
  uint8_t crc = 0, byte = 0x40 | index;
  for (uint8_t i = 0; i < 5; i++) {
    crc = crc7(crc, byte);
    (void)exchange(byte);
    byte = (uint8_t)(argument >> 24);
    argument <<= 8;
  }
  (void)exchange(crc | 1);
  if (index == STOP_TRANSMISSION) (void)receive(); /* may look like an answer */
  uint8_t r1 = R1_NONE;
  for (uint8_t i = 0; i < R1_POLLS && r1 > 0x7F; i++) r1 = receive();
  return r1;
}

/* Selects the card and gives it a command when it is ready for one. */
static uint8_t select_and_command(uint8_t index, uint32_t argument) {
  PORTB &= (uint8_t)~_BV(PIN_SELECT);
  return wait_while_busy() ? command(index, argument) : R1_NONE;
}

/* The same for the commands that name a block. */
static uint8_t __attribute__((noinline)) block_command(uint8_t index, uint32_t block) {
  return select_and_command(index, card.by_byte ? block * CARD_BLOCK_BYTES : block);
}

static uint32_t __attribute__((noinline)) read_answer(void) {
  uint32_t answer = 0;
  for (uint8_t i = 0; i < 4; i++) answer = answer << 8 | receive();
  return answer;
}

static bool wait_for_token(void) {
  uint16_t polls = TOKEN_POLLS;
  uint8_t token;
  do token = receive();
  while (token == ALL_ONES && --polls != 0);
  return token == START_BLOCK;
}

/* --- initialisation --- */

static void open_bus(void) {
  PORTB |= _BV(PIN_SELECT);
  DDRB |= _BV(PIN_SELECT) | _BV(PIN_MOSI) | _BV(PIN_CLOCK);
  SPCR = _BV(SPE) | _BV(MSTR) | _BV(SPR1); /* 250 kHz, until the card is awake */
  SPSR = 0;
  for (uint8_t i = 0; i < 10; i++) (void)receive();
}

/* CMD0 to ACMD41: out of the idle state. */
static bool wake(void) {
  if (select_and_command(GO_IDLE, 0) != R1_IDLE) return false;
  const bool version_2 = command(SEND_IF_COND, 0x1AA) == R1_IDLE;
  if (version_2 && (read_answer() & 0xFFF) != 0x1AA) return false;
  const uint8_t start = board_time();
  for (;;) {
    (void)command(APP_COMMAND, 0);
    const uint8_t r1 = command(APP_SEND_OP_COND, version_2 ? 1ul << 30 : 0);
    if (r1 == R1_READY) break;
    if (r1 != R1_IDLE || is_too_long_ago(start)) return false;
  }
  if (command(READ_OCR, 0) != R1_READY) return false;
  card.by_byte = (read_answer() >> 30 & 1) == 0;
  if (card.by_byte && command(SET_BLOCKLEN, CARD_BLOCK_BYTES) != R1_READY) return false;
  return command(CRC_ON_OFF, 1) == R1_READY;
}

/* The capacity, from the 16 bytes of the CSD. */
static uint32_t read_capacity(void) {
  if (select_and_command(SEND_CSD, 0) != R1_READY || !wait_for_token()) return 0;
  uint8_t csd[16];
  uint16_t crc = 0;
  for (uint8_t i = 0; i < 18; i++) {
    const uint8_t byte = receive();
    crc = _crc_xmodem_update(crc, byte);
    if (i < 16) csd[i] = byte;
  }
  if (crc != 0) return 0;
  uint32_t size = (uint32_t)(csd[7] & 0x3F) << 16 | (uint16_t)(csd[8] << 8 | csd[9]);
  uint8_t shift = 10;
  if (csd[0] >> 6 != 1) { /* the first version of the register */
    size = (uint16_t)((csd[6] & 3u) << 10 | (uint16_t)csd[7] << 2 | csd[8] >> 6);
    shift = (uint8_t)(((csd[9] & 3u) << 1 | csd[10] >> 7) + 2u + (csd[5] & 15u) - 9u);
  }
  return (size + 1) << shift;
}

/* A card of another size than before is refused: the model that runs is not on it. */
static bool identify(void) {
  const uint32_t blocks = read_capacity();
  if (blocks == 0 || (card.blocks != 0 && blocks != card.blocks)) return false;
  card.blocks = blocks;
  return true;
}

bool card_open(void) {
  if (card.ready) return true;
  card_reader = CARD_NOBODY;
  open_bus();
  if (wake()) {
    SPCR = _BV(SPE) | _BV(MSTR);
    SPSR = _BV(SPI2X); /* half the chip's clock */
    card.ready = identify();
  }
  deselect();
  return card.ready;
}

/* --- reading --- */

/* After a streaming loop the byte on its way is complete, but SPIF stands from an earlier one. */
static void leave_streaming(void) {
  _delay_loop_1(6);
  (void)SPSR;
  (void)SPDR;
}

/* Waits for the next block and sets its first byte on its way. */
static void enter_block(void) {
  card_left = CARD_BLOCK_BYTES;
  if (!card.ready) return;
  if (!wait_for_token()) fail();
  SPDR = ALL_ONES;
  _delay_loop_1(6);
}

void card_stream_next_block(void) {
  card_left = CARD_BLOCK_BYTES;
  if (card.ready && stream_next_block() != START_BLOCK) fail();
}

void card_stream_open(card_reader_t reader, uint32_t block, uint16_t offset) {
  card_stream_close();
  card_reader = reader;
  if (card.ready && block_command(READ_MULTIPLE, block) != R1_READY) fail();
  enter_block();
  card_stream_skip(offset);
}

void __attribute__((noinline)) card_stream_open_at(card_reader_t reader, uint32_t offset) {
  card_stream_open(reader, offset / CARD_BLOCK_BYTES, (uint16_t)(offset % CARD_BLOCK_BYTES));
}

void card_stream_close(void) {
  if (card_reader == CARD_NOBODY) return;
  card_reader = CARD_NOBODY;
  if (!card.ready) return;
  leave_streaming();
  (void)command(STOP_TRANSMISSION, 0);
  if (!wait_while_busy()) fail();
  deselect();
}

uint8_t __attribute__((noinline)) card_stream_u8(void) {
  if (card_left == 0) card_stream_next_block();
  card_left--;
  const uint8_t byte = SPDR;
  SPDR = ALL_ONES;
  return byte;
}

void card_stream_read(uint8_t* to, uint16_t n) {
  while (n != 0) {
    if (card_left == 0) card_stream_next_block();
    const uint16_t part = n < card_left ? n : card_left;
    if (to == NULL) {
      stream_skip(part);
    } else {
      stream_read(to, part);
      to += part;
    }
    card_left = (uint16_t)(card_left - part);
    n = (uint16_t)(n - part);
  }
}

void card_stream_skip(uint16_t n) { card_stream_read(NULL, n); }

/* --- writing --- */

static void send_block(const uint8_t* bytes) {
  (void)receive();
  (void)exchange(START_BLOCK);
  const uint16_t crc = stream_send(bytes, CARD_BLOCK_BYTES, 0);
  leave_streaming();
  (void)exchange((uint8_t)(crc >> 8));
  (void)exchange((uint8_t)crc);
}

bool card_write(uint32_t block, const uint8_t* bytes) {
  card_stream_close();
  if (!card.ready) return false;
  if (block_command(WRITE_BLOCK, block) == R1_READY) {
    send_block(bytes);
    if ((receive() & 0x1F) != DATA_ACCEPTED) fail();
  } else {
    fail();
  }
  deselect();
  return card.ready;
}

bool card_settle(void) {
  card_stream_close();
  PORTB &= (uint8_t)~_BV(PIN_SELECT);
  if (!wait_while_busy()) fail();
  deselect();
  return card.ready;
}

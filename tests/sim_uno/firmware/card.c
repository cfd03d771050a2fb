// SPDX-License-Identifier: MIT
// A small card driver that writes and reads blocks in all four ways. Marks: 1 start, 2 ready, 3 written,
// 4 read back equal, 0xee failure. MULTI blocks of a pattern at block FIRST. CRC_ON: 0 or 1.
#include <util/crc16.h>

#include "mark.h"

enum { FIRST = 100, MULTI = 3 };

static uint8_t block[512];
static uint8_t scale_shift;  // SDSC cards count bytes

__attribute__((noreturn)) static void fail(uint8_t reason) {
  mark(0xee);
  mark(reason);
  finish();
}

static uint8_t exchange(uint8_t byte) {
  SPDR = byte;
  while (!(SPSR & 1 << SPIF)) {
  }
  return SPDR;
}

static uint8_t crc7(const uint8_t* bytes, uint8_t n) {
  uint8_t crc = 0;
  while (n--) {
    crc ^= *bytes++;
    for (uint8_t i = 0; i < 8; i++) crc = crc & 0x80 ? (uint8_t)(crc << 1) ^ 0x12 : (uint8_t)(crc << 1);
  }
  return crc | 1;
}

static uint8_t command(uint8_t index, uint32_t argument) {
  uint8_t frame[6] = {(uint8_t)(0x40 | index),  (uint8_t)(argument >> 24), (uint8_t)(argument >> 16),
                      (uint8_t)(argument >> 8), (uint8_t)argument,         0};
  frame[5] = crc7(frame, 5);
  for (uint16_t wait = 0; exchange(0xff) != 0xff; wait++) {
    if (wait == 60000) fail(1);
  }
  for (uint8_t i = 0; i < 6; i++) exchange(frame[i]);
  if (index == 12) exchange(0xff);
  for (uint8_t i = 0; i < 10; i++) {
    const uint8_t answer = exchange(0xff);
    if (!(answer & 0x80)) return answer;
  }
  fail(2);
}

static void initialise(void) {
  for (uint8_t i = 0; i < 10; i++) exchange(0xff);
  PORTB &= ~(1 << 2);
  if (command(0, 0) != 1) fail(3);
  if (command(8, 0x1aa) != 1) fail(4);
  for (uint8_t i = 0; i < 4; i++) exchange(0xff);
  uint8_t tries = 0;
  do {
    if (command(55, 0) > 1) fail(5);
    if (tries++ > 100) fail(6);
  } while (command(41, 0x40000000) != 0);
  if (command(58, 0) != 0) fail(7);
  scale_shift = exchange(0xff) & 0x40 ? 0 : 9;
  for (uint8_t i = 0; i < 3; i++) exchange(0xff);
  if (command(59, CRC_ON) != 0) fail(8);
}

static uint8_t pattern(uint8_t number, uint16_t i) { return (uint8_t)(number * 31 + i * 7 + (i >> 8)); }

static void send_block(uint8_t token, uint8_t number) {
  uint16_t crc = 0;
  exchange(token);
  for (uint16_t i = 0; i < 512; i++) {
    const uint8_t byte = pattern(number, i);
    crc = _crc_xmodem_update(crc, byte);
    exchange(byte);
  }
  exchange((uint8_t)(crc >> 8));
  exchange((uint8_t)crc);
  if ((exchange(0xff) & 0x1f) != 0x05) fail(9);
  while (exchange(0xff) == 0) {
  }
}

static void receive_block(uint8_t number) {
  uint16_t crc = 0;
  uint8_t token;
  uint16_t wait = 0;
  while ((token = exchange(0xff)) == 0xff) {
    if (++wait == 60000) fail(10);
  }
  if (token != 0xfe) fail(11);
  for (uint16_t i = 0; i < 512; i++) block[i] = exchange(0xff);
  for (uint16_t i = 0; i < 512; i++) crc = _crc_xmodem_update(crc, block[i]);
  crc = _crc_xmodem_update(crc, exchange(0xff));
  crc = _crc_xmodem_update(crc, exchange(0xff));
  if (crc != 0) fail(12);
  for (uint16_t i = 0; i < 512; i++) {
    if (block[i] != pattern(number, i)) fail(13);
  }
}

int main(void) {
  mark(1);
  PORTB = 1 << 2;
  DDRB = 1 << 2 | 1 << 3 | 1 << 5;
  SPCR = 1 << SPE | 1 << MSTR;
  SPSR = 1 << SPI2X;
  initialise();
  mark(2);
  if (command(24, (uint32_t)FIRST << scale_shift) != 0) fail(14);
  send_block(0xfe, 0);
  if (command(25, (uint32_t)(FIRST + 1) << scale_shift) != 0) fail(15);
  for (uint8_t i = 1; i <= MULTI; i++) send_block(0xfc, i);
  exchange(0xfd);
  exchange(0xff);
  mark(3);
  if (command(17, (uint32_t)FIRST << scale_shift) != 0) fail(16);
  receive_block(0);
  if (command(18, (uint32_t)(FIRST + 1) << scale_shift) != 0) fail(17);
  for (uint8_t i = 1; i <= MULTI; i++) receive_block(i);
  if (command(12, 0) != 0) fail(18);
  mark(4);
  finish();
}

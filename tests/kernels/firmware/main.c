/* SPDX-License-Identifier: MIT */
/* Runs every kernel of a port beside its plain twin and says one line on the link, "kernels: N compared, 0
 * differ" or what differs; then the chip restarts, and its simulator ends. Linked with a port's start-up and
 * link instead of the agent. */
#include "check.h"
#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"

static uint32_t state = 2463534242u;
static uint32_t compared;
static bool equal_so_far = true;
static const char* culprit;
static uint32_t culprit_argument;

uint32_t random_u32(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

int32_t any_s32(void) {
  const uint32_t r = random_u32();
  switch (r & 31u) {
    case 0:
      return INT32_MIN;
    case 1:
      return INT32_MAX;
    case 2:
      return 0;
    default:
      return (int32_t)random_u32() >> (r >> 27);
  }
}

int16_t any_s16(void) {
  const int16_t v = (int16_t)(any_s32() >> (random_u32() & 15u));
  return v == INT16_MIN ? -INT16_MAX : v;
}

int8_t any_s8(void) {
  const int8_t v = (int8_t)(any_s16() >> (random_u32() & 7u));
  return v == INT8_MIN ? -INT8_MAX : v;
}

void expect(bool equal, const char* what, uint32_t argument) {
  compared++;
  if (equal || !equal_so_far) return;
  equal_so_far = false;
  culprit = what;
  culprit_argument = argument;
}

bool all_equal(void) { return equal_so_far; }

static void say(const char* text) {
  uint16_t n = 0;
  while (text[n] != 0) n++;
  hal_link_write((const uint8_t*)text, n);
}

static void say_number(uint32_t v) {
  char digits[11];
  uint8_t at = sizeof digits - 1;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + v % 10u);
    v /= 10u;
  } while (v != 0);
  say(digits + at);
}

int main(void) {
  board_open();
  check_matrices();
  check_functions();
  check_attention();
  say("kernels: ");
  say_number(compared);
  say(" compared, ");
  if (equal_so_far) {
    say("0 differ\n");
  } else {
    say("DIFFERS: ");
    say(culprit);
    say(" with ");
    say_number(culprit_argument);
    say("\n");
  }
  hal_reset();
}

; SPDX-License-Identifier: MIT
; Attention straight from the stream, for two query heads that share their keys and values; stream.h.
#include <avr/io.h>

#define DATA _SFR_IO_ADDR(SPDR)

.section .progmem.attention, "a"

; 2^(13 - octave), of which the first six are above a byte and stand here without their lower byte
factors:
  .byte 32, 16, 8, 4, 2, 1, 128, 64, 32, 16, 8, 4, 2, 1, 0, 0

.section .text.stream_attention

#define Q r2               /* and r3 */
#define WEIGHTS r4
#define WEIGHTS_HIGH r5
#define HEAD_SIZE r8
#define COUNT r9
#define KIND_OF_KEY r10
#define KIND_OF_ALL r6
#define A0 r11
#define A1 r12
#define A2 r13
#define B0 r14
#define B1 r15
#define B2 r18
#define BYTE r22
#define Q_LOW r23
#define Q_HIGH r25
#define SIGN r24
#define ALL_ONES r17
#define LOOP r16

; The byte times an element of q, modulo 2^24. 14 cycles
.macro key_times_query from, s0, s1, s2
  ld Q_LOW, \from
  ld Q_HIGH, \from
  mulsu BYTE, Q_LOW
  sbc SIGN, SIGN
  add \s0, r0
  adc \s1, r1
  adc \s2, SIGN
  muls BYTE, Q_HIGH
  add \s1, r0
  adc \s2, r1
.endm

; heads r25:r24, q r23:r22, weights r21:r20, head_size r18, count r16
.global stream_keys
.type stream_keys, @function
stream_keys:
  .irp reg, r2, r3, r4, r5, r6, r8, r9, r10, r11, r12, r13, r14, r15, r16, r17, r28, r29
  push \reg
  .endr
  movw r28, r24
  movw Q, r22
  movw WEIGHTS, r20
  mov HEAD_SIZE, r18
  mov COUNT, r16
  clr KIND_OF_ALL
  ldi ALL_ONES, 0xff
1:
  movw r26, Q
  movw r30, Q
  add r30, HEAD_SIZE
  adc r31, r1
  add r30, HEAD_SIZE
  adc r31, r1
  clr A0
  clr A1
  clr A2
  clr B0
  clr B1
  clr B2
  clr KIND_OF_KEY
  mov LOOP, HEAD_SIZE
2:
  .rept 2
  in BYTE, DATA
  out DATA, ALL_ONES
  key_times_query X+, A0, A1, A2
  key_times_query Z+, B0, B1, B2
  .endr
  subi LOOP, 2
  breq 3f
  rjmp 2b
3:
  clr r1
  mov r16, B2
  mov r20, A0
  mov r21, A1
  mov r22, A2
  rcall weigh
  std Z+4, r25
  ldi r20, 2
  add WEIGHTS, r20
  adc WEIGHTS_HIGH, r1
  adiw r28, 6
  mov r20, B0
  mov r21, B1
  mov r22, r16
  rcall weigh
  std Z+3, r25
  std Z+4, KIND_OF_KEY
  or KIND_OF_ALL, KIND_OF_KEY
  ldi r20, 5
  add WEIGHTS, r20
  adc WEIGHTS_HIGH, r1
  sbiw r28, 6
  dec COUNT
  breq 4f
  rjmp 1b
4:
  mov r24, KIND_OF_ALL
  .irp reg, r29, r28, r17, r16, r15, r14, r13, r12, r11, r10, r9, r8, r6, r5, r4, r3, r2
  pop \reg
  .endr
  ret

; The sum over one key, r22:r20, becomes a weight: section 7 of ARITHMETIC.md. The head is at Y: L, then P. Z
; is where the weight was put, r25 the rescale.
weigh:
  ; s = (sum + 32) / 64 = r23:r21
  subi r20, lo8(-32)
  sbci r21, hi8(-32)
  sbci r22, 0xff
  mov r23, r22
  lsl r23
  sbc r23, r23
  lsl r20
  rol r21
  rol r22
  rol r23
  lsl r20
  rol r21
  rol r22
  rol r23
  ; d = 256 P - s = r27:r26:r20
  ldd r24, Y+4
  ldd r25, Y+5
  movw r26, r24
  clr r20
  sub r20, r21
  sbc r26, r22
  sbc r27, r23
  brpl 1f
  rjmp rise
1:
  cpi r26, 16
  cpc r27, r1
  brsh nothing
  clr r25                ; no rescale
power:
  ; E = EXP2[d mod 256]
  mov r30, r20
  clr r31
  lsl r30
  rol r31
  subi r30, lo8(-(exp2_octave))
  sbci r31, hi8(-(exp2_octave))
  lpm r18, Z+
  lpm r19, Z
  mov r30, r26
  clr r31
  subi r30, lo8(-(factors))
  sbci r31, hi8(-(factors))
  lpm r23, Z
  mul r18, r23
  movw r20, r0
  mul r19, r23
  clr r22
  add r21, r0
  adc r22, r1
  clr r1
  ; p = r21:r20
  cpi r26, 6
  brlo 1f
  lsl r21
  adc r22, r1
  mov r20, r22
  clr r21
  rjmp 2f
1:
  lsl r20
  mov r20, r21
  mov r21, r22
  adc r20, r1
  adc r21, r1
2:
  ldd r18, Y+0
  add r18, r20
  std Y+0, r18
  ldd r18, Y+1
  adc r18, r21
  std Y+1, r18
  ldd r18, Y+2
  adc r18, r1
  std Y+2, r18
  ldd r18, Y+3
  adc r18, r1
  std Y+3, r18
  cpse r21, r1
  rcall mark_wide
store_weight:
  movw r30, WEIGHTS
  std Z+0, r20
  std Z+1, r21
  ret
nothing:
  clr r20
  clr r21
  clr r25
  rjmp store_weight

mark_wide:
  ldi r18, 1
  or KIND_OF_KEY, r18
  ret

; m is above P
rise:
  cpse r21, r1
  subi r22, 0xff
  cp r1, r21             ; carry if s has a fraction; then r22 was incremented
  brcc 1f
  tst r22
  brne 1f
  inc r23
1:
  ; rescale = min(m - P, 31)
  movw r18, r22
  sub r18, r24
  sbc r19, r25
  tst r19
  brne 2f
  cpi r18, 32
  brlo 3f
2:
  ldi r18, 31
3:
  std Y+4, r22
  std Y+5, r23
  ldi r25, 2
  or KIND_OF_KEY, r25
  mov r25, r18
  ldd r21, Y+0
  ldd r22, Y+1
  ldd r23, Y+2
  ldd r24, Y+3
4:
  lsr r24
  ror r23
  ror r22
  ror r21
  dec r18
  brne 4b
  std Y+0, r21
  std Y+1, r22
  std Y+2, r23
  std Y+3, r24
  clr r26
  rjmp power

#undef A0
#undef A1
#undef A2
#undef B0
#undef B1
#undef B2
#undef COUNT
#define A0 r18
#define A1 r19
#define A2 r20
#define A3 r21
#define B0 r24
#define B1 r25
#define B2 r10
#define B3 r11
#define WEIGHT r23
#define ZERO r12
#define COUNT r13
#define ELEMENTS r15
#define KIND r14
#define POSITIONS 8
#define ITEM_BYTES 7
#define ITEM_KIND 6

.macro next_value
  in BYTE, DATA
  out DATA, ALL_ONES
.endm

; 8 cycles
.macro add_value at, s0, s1, s2
  ldd WEIGHT, Y+\at
  mulsu BYTE, WEIGHT
  sbc r16, r16
  add \s0, r0
  adc \s1, r1
  adc \s2, r16
.endm

; the value times a weight that may have an upper byte, to a sum of 32 bits that may go down before
.macro rescale_and_add_value at, rescale_at, s0, s1, s2, s3
  ldd r16, Y+\rescale_at
  tst r16
  breq 9f
8:
  asr \s3
  ror \s2
  ror \s1
  ror \s0
  dec r16
  brne 8b
9:
  add_value \at, \s0, \s1, \s2
  adc \s3, r16
  ldd WEIGHT, Y+\at+1
  mulsu BYTE, WEIGHT
  sbc r16, r16
  add \s1, r0
  adc \s2, r1
  adc \s3, r16
.endm

.macro load pointer, s0, s1, s2, s3
  .irp byte, \s0, \s1, \s2, \s3
  ld \byte, \pointer+
  .endr
.endm

.macro store_back pointer, s0, s1, s2, s3
  .irp byte, \s3, \s2, \s1, \s0
  st -\pointer, \byte
  .endr
.endm

; The sum of 24 bits to the one of 32 that X or Z points to.
.macro add_to pointer, s0, s1, s2
  mov r16, \s2
  lsl r16
  sbc r16, r16
  ld r0, \pointer
  add r0, \s0
  st \pointer+, r0
  .irp byte, \s1, \s2, r16
  ld r0, \pointer
  adc r0, \byte
  st \pointer+, r0
  .endr
.endm

; sums r25:r24, weights r23:r22, head_size r20, kind r18
.global stream_values
.type stream_values, @function
stream_values:
  .irp reg, r10, r11, r12, r13, r14, r15, r16, r17, r28, r29
  push \reg
  .endr
  movw r26, r24
  movw r28, r22
  mov ELEMENTS, r20
  mov KIND, r18
  ; the other head's sums come after these
  movw r30, r26
  ldi r17, 4
  mul r20, r17
  add r30, r0
  adc r31, r1
  ldi ALL_ONES, 0xff
  clr ZERO
1:
  cpse KIND, ZERO
  rjmp 3f
  ; short weights: sums of 24 bits hold all positions
  clr A0
  clr A1
  clr A2
  clr B0
  clr B1
  clr B2
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7
  next_value
  add_value ITEM_BYTES*\i, A0, A1, A2
  add_value ITEM_BYTES*\i+2, B0, B1, B2
  .endr
  add_to X, A0, A1, A2
  add_to Z, B0, B1, B2
  rjmp 5f
3:
  load X, A0, A1, A2, A3
  load Z, B0, B1, B2, B3
  ldi r16, POSITIONS
  mov COUNT, r16
4:
  next_value
  ldd r16, Y+ITEM_KIND
  cpse r16, ZERO
  rjmp 2f
  add_value 0, A0, A1, A2
  adc A3, r16
  add_value 2, B0, B1, B2
  adc B3, r16
  rjmp 7f
2:
  rescale_and_add_value 0, 4, A0, A1, A2, A3
  rescale_and_add_value 2, 5, B0, B1, B2, B3
7:
  adiw r28, ITEM_BYTES
  dec COUNT
  breq 6f
  rjmp 4b
6:
  sbiw r28, POSITIONS * ITEM_BYTES
  store_back X, A0, A1, A2, A3
  store_back Z, B0, B1, B2, B3
  adiw r26, 4
  adiw r30, 4
5:
  dec ELEMENTS
  breq 4f
  rjmp 1b
4:
  clr r1
  .irp reg, r29, r28, r17, r16, r15, r14, r13, r12, r11, r10
  pop \reg
  .endr
  ret

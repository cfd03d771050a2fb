; SPDX-License-Identifier: MIT
; attention_output_s16 of kernels.h, for the sums that a pass over the keys leaves: 2054 and more.
#include "kernels/arch/avr/save_all.inc"

; Arguments: o r25:r24, sums r23:r22, n r21:r20, sum r19:r16.
#define REM0 r22
#define REM1 r23
#define REM2 r24
#define REM3 r25
#define Q0 r12
#define Q1 r13
#define Q2 r14
#define Q3 r15
#define COUNT r20
#define ZERO r20
; A, an element of sums
#define A0 r16
#define A1 r17
#define A2 r18
#define A3 r19
; bits 16 to 63 of A * Q
#define P2 r2
#define P3 r3
#define P4 r4
#define P5 r5
#define P6 r6
#define P7 r7

.section .text.attention_output

; Adds a product of bytes to the sum from byte `at` on.
.macro add_product a, q, at, next, after, more:vararg
  mul \a, \q
  add \at, r0
  adc \next, r1
  .irp byte, \after, \more
  .ifnb \byte
  adc \byte, ZERO
  .endif
  .endr
.endm

.global attention_output_s16
.type attention_output_s16, @function
attention_output_s16:
  save_all
  movw r30, r24          ; Z: o
  movw r28, r22          ; Y: sums
  movw r26, r20          ; X: n

  ; Q = 2^40 / sum: above 2^11 the first twelve of its 41 bits are zero
  clr Q0
  clr Q1
  movw Q2, Q0
  clr REM0
  ldi REM1, 0x08
  clr REM2
  clr REM3
  ldi COUNT, 29
1:
  lsl REM0
  rol REM1
  rol REM2
  rol REM3
  lsl Q0
  rol Q1
  rol Q2
  rol Q3
  cp REM0, r16
  cpc REM1, r17
  cpc REM2, r18
  cpc REM3, r19
  brlo 2f
  sub REM0, r16
  sbc REM1, r17
  sbc REM2, r18
  sbc REM3, r19
  inc Q0
2:
  dec COUNT
  brne 1b

  clr ZERO
3:
  ld A0, Y+
  ld A1, Y+
  ld A2, Y+
  ld A3, Y+
  ; the carry out of the lowest 16 bits matters
  mul A0, Q0
  mov r21, r1
  mul A0, Q2
  movw P2, r0
  mul A2, Q2
  movw P4, r0
  mul A3, Q3
  movw P6, r0
  add_product A0, Q1, r21, P2, P3, P4, P5, P6, P7
  add_product A1, Q0, r21, P2, P3, P4, P5, P6, P7
  add_product A1, Q1, P2, P3, P4, P5, P6, P7
  add_product A2, Q0, P2, P3, P4, P5, P6, P7
  add_product A0, Q3, P3, P4, P5, P6, P7
  add_product A1, Q2, P3, P4, P5, P6, P7
  add_product A2, Q1, P3, P4, P5, P6, P7
  add_product A3, Q0, P3, P4, P5, P6, P7
  add_product A1, Q3, P4, P5, P6, P7
  add_product A3, Q1, P4, P5, P6, P7
  add_product A2, Q3, P5, P6, P7
  add_product A3, Q2, P5, P6, P7
  ; so far A was taken as unsigned
  sbrs A3, 7
  rjmp 4f
  sub P4, Q0
  sbc P5, Q1
  sbc P6, Q2
  sbc P7, Q3
4:
  lsl P3
  adc P4, ZERO
  adc P5, ZERO
  adc P6, ZERO
  adc P7, ZERO
  ; saturate
  mov r21, P5
  lsl r21
  sbc r21, r21
  movw r22, P4
  cp P6, r21
  cpc P7, r21
  breq 6f
  ldi r22, 0xff
  ldi r23, 0x7f
  sbrs P7, 7
  rjmp 7f
5:
  ldi r22, 0x01
  ldi r23, 0x80
  rjmp 7f
6:
  cpi r23, 0x80
  brne 7f
  tst r22
  breq 5b
7:
  st Z+, r22
  st Z+, r23
  sbiw r26, 1
  breq 8f
  rjmp 3b
8:
  clr r1
  restore_all_and_return

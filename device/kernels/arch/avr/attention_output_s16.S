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
; the product of an element A of sums and Q, from the byte of A that is being multiplied on
#define A r16
#define P0 r17
#define P1 r22
#define P2 r23
#define P3 r24
#define P4 r25
#define ZERO r19

.section .text.attention_output

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
  clr P1
  clr P2
  clr P3
  clr P4
  ldi COUNT, 4
4:
  ; the next byte of A; of the product its bits are done, but for the half
  ld A, Y+
  mov P0, P1
  mov P1, P2
  mov P2, P3
  mov P3, P4
  clr P4
  mul A, Q0
  add P0, r0
  adc P1, r1
  adc P2, ZERO
  adc P3, ZERO
  adc P4, ZERO
  mul A, Q1
  add P1, r0
  adc P2, r1
  adc P3, ZERO
  adc P4, ZERO
  mul A, Q2
  add P2, r0
  adc P3, r1
  adc P4, ZERO
  mul A, Q3
  add P3, r0
  adc P4, r1
  dec COUNT
  brne 4b
  ; so far A was taken as unsigned
  sbrs A, 7
  rjmp 4f
  sub P1, Q0
  sbc P2, Q1
  sbc P3, Q2
  sbc P4, Q3
4:
  lsl P0
  adc P1, ZERO
  adc P2, ZERO
  adc P3, ZERO
  adc P4, ZERO
  ; saturate
  mov A, P2
  lsl A
  sbc A, A
  cp P3, A
  cpc P4, A
  breq 6f
  ldi P1, 0xff
  ldi P2, 0x7f
  sbrs P4, 7
  rjmp 7f
5:
  ldi P1, 0x01
  ldi P2, 0x80
  rjmp 7f
6:
  cpi P2, 0x80
  brne 7f
  tst P1
  breq 5b
7:
  st Z+, P1
  st Z+, P2
  sbiw r26, 1
  brne 3b
  clr r1
  restore_all_and_return

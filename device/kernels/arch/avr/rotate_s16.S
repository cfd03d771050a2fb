; SPDX-License-Identifier: MIT
; rotate_s16 and rotate_key_s8 of kernels.h
#include "kernels/arch/avr/save_all.inc"

.section .text.rotate

#define A_LOW r16
#define A_HIGH r17
#define B_LOW r18
#define B_HIGH r19
#define SINE_LOW r20
#define SINE_HIGH r21
#define COSINE_LOW r22
#define COSINE_HIGH r23
#define ZERO r2

; r27:r24 = a * b
.macro product a_high, a_low, b_high, b_low
  muls \a_high, \b_high
  movw r26, r0
  mul \a_low, \b_low
  movw r24, r0
  mulsu \a_high, \b_low
  rcall add_middle
  mulsu \b_high, \a_low
  rcall add_middle
.endm

add_middle:
  sbc r27, ZERO
  add r25, r0
  adc r26, r1
  adc r27, ZERO
  ret

; The pair at Y and its sine and cosine at Z, which moves on, to registers.
load_pair:
  ld A_LOW, Y
  ldd A_HIGH, Y+1
  ldd B_LOW, Y+2
  ldd B_HIGH, Y+3
  ld SINE_LOW, Z+
  ld SINE_HIGH, Z+
  ld COSINE_LOW, Z+
  ld COSINE_HIGH, Z+
  ret

; r27:r24 = a cos - b sin
first_of_pair:
  product B_HIGH, B_LOW, SINE_HIGH, SINE_LOW
  movw r12, r24
  movw r14, r26
  product A_HIGH, A_LOW, COSINE_HIGH, COSINE_LOW
  sub r24, r12
  sbc r25, r13
  sbc r26, r14
  sbc r27, r15
  ret

; r27:r24 = a sin + b cos
second_of_pair:
  product A_HIGH, A_LOW, SINE_HIGH, SINE_LOW
  movw r12, r24
  movw r14, r26
  product B_HIGH, B_LOW, COSINE_HIGH, COSINE_LOW
  add r24, r12
  adc r25, r13
  adc r26, r14
  adc r27, r15
  ret

; Calls 2f with both elements of all pairs, r4 elements from Y on, and returns. Y goes on by `step` bytes a pair.
.macro for_each_pair step=0
1:
  rcall load_pair
  .if \step
  adiw r28, \step
  .endif
  rcall first_of_pair
  rcall 2f
  rcall second_of_pair
  rcall 2f
  dec r4
  dec r4
  brne 1b
  clr r1
  restore_all_and_return
.endm

; v r25:r24, rotation r23:r22, n r20 (elements, even): each pair turned, rsh by 14, saturated. 220 cycles per pair
.global rotate_s16
.type rotate_s16, @function
rotate_s16:
  save_all
  movw r28, r24
  movw r30, r22
  mov r4, r20
  clr ZERO
  for_each_pair
2: ; sat16(rsh(r27:r24, 14)) to Y+
  subi r25, 0xe0
  sbci r26, 0xff
  sbci r27, 0xff
  mov r3, r27
  lsl r3
  sbc r3, r3
  lsl r25
  rol r26
  rol r27
  rol r3
  lsl r25
  rol r26
  rol r27
  rol r3
  mov r0, r27
  lsl r0
  sbc r0, r0
  cp r3, r0
  brne 4f
  cpi r27, 0x80
  cpc r26, ZERO
  breq 5f
3:
  st Y+, r26
  st Y+, r27
  ret
4:
  ldi r26, 0xff
  ldi r27, 0x7f
  sbrs r3, 7
  rjmp 3b
5:
  ldi r26, 0x01
  ldi r27, 0x80
  rjmp 3b

; key r25:r24, k r23:r22, rotation r21:r20, centre r19:r18, n r16 (even): each pair turned, less 2^14 times the
; centre, rsh by 19, saturated. 270 cycles per pair
#define KEY r8             /* and r9 */
#define CENTRE r10         /* and r11 */
.global rotate_key_s8
.type rotate_key_s8, @function
rotate_key_s8:
  save_all
  movw KEY, r24
  movw r28, r22
  movw r30, r20
  movw CENTRE, r18
  mov r4, r16
  clr ZERO
  for_each_pair 4
2:
  movw r6, r30
  ; a quarter of the centre at bytes 1 and up, and 2^18
  movw r30, CENTRE
  ld r12, Z+
  ld r13, Z+
  movw CENTRE, r30
  clr r14
  asr r13
  ror r12
  ror r14
  asr r13
  ror r12
  ror r14
  sub r25, r14
  sbc r26, r12
  sbc r27, r13
  subi r26, 0xfc
  sbci r27, 0xff
  .rept 3
  asr r27
  ror r26
  .endr
  mov r0, r26
  lsl r0
  sbc r0, r0
  cp r27, r0
  brne 4f
  cpi r26, 0x80
  breq 5f
3:
  movw r30, KEY
  st Z+, r26
  movw KEY, r30
  movw r30, r6
  ret
4:
  ldi r26, 0x7f
  sbrs r27, 7
  rjmp 3b
5:
  ldi r26, 0x81
  rjmp 3b

; SPDX-License-Identifier: MIT
; rotate_pair of kernels.h
#include "kernels/arch/avr/save_all.inc"

#define PRODUCT0 r26
#define PRODUCT1 r27
#define PRODUCT2 r24
#define PRODUCT3 r25
#define ZERO r22

.section .text.rotate_pair

; PRODUCT = a * b, both int16 in r16..r23
.macro multiply a_high, a_low, b_high, b_low
  muls \a_high, \b_high
  movw PRODUCT2, r0
  mul \a_low, \b_low
  movw PRODUCT0, r0
  mulsu \a_high, \b_low
  sbc PRODUCT3, ZERO
  add PRODUCT1, r0
  adc PRODUCT2, r1
  adc PRODUCT3, ZERO
  mulsu \b_high, \a_low
  sbc PRODUCT3, ZERO
  add PRODUCT1, r0
  adc PRODUCT2, r1
  adc PRODUCT3, ZERO
.endm

.macro store displacement
  std Z+\displacement, PRODUCT0
  std Z+\displacement+1, PRODUCT1
  std Z+\displacement+2, PRODUCT2
  std Z+\displacement+3, PRODUCT3
.endm

; the product plus or minus (add adc, sub sbc) what stands there
.macro combine first next displacement
  ldd r23, Z+\displacement
  \first PRODUCT0, r23
  ldd r23, Z+\displacement+1
  \next PRODUCT1, r23
  ldd r23, Z+\displacement+2
  \next PRODUCT2, r23
  ldd r23, Z+\displacement+3
  \next PRODUCT3, r23
.endm

; turned r25:r24, pair r23:r22, sn r21:r20, cs r19:r18. u0 = a cs - b sn, u1 = a sn + b cs
.global rotate_pair
.type rotate_pair, @function
rotate_pair:
  push r16
  push r17
  push r28
  push r29
  movw r30, r24
  movw r28, r22
  clr ZERO
  ldd r16, Y+2           ; b
  ldd r17, Y+3
  multiply r17, r16, r21, r20
  store 0
  multiply r17, r16, r19, r18
  store 4
  ld r16, Y              ; a
  ldd r17, Y+1
  multiply r17, r16, r19, r18
  combine sub, sbc, 0
  store 0
  multiply r17, r16, r21, r20
  combine add, adc, 4
  store 4
  clr r1
  pop r29
  pop r28
  pop r17
  pop r16
  ret

; v r25:r24, rotation r23:r22, n r20 (elements, even): each pair turned, rsh by 14, saturated. 150 cycles per pair
#define A_LOW r16
#define A_HIGH r17
#define B_LOW r18
#define B_HIGH r19
#define SINE_LOW r20
#define SINE_HIGH r21
#define COSINE_LOW r22
#define COSINE_HIGH r23
#define ROTATE_ZERO r2

.macro product a_high, a_low, b_high, b_low
  muls \a_high, \b_high
  movw r26, r0
  mul \a_low, \b_low
  movw r24, r0
  mulsu \a_high, \b_low
  sbc r27, ROTATE_ZERO
  add r25, r0
  adc r26, r1
  adc r27, ROTATE_ZERO
  mulsu \b_high, \a_low
  sbc r27, ROTATE_ZERO
  add r25, r0
  adc r26, r1
  adc r27, ROTATE_ZERO
.endm

.section .text.rotate_s16
.global rotate_s16
.type rotate_s16, @function
rotate_s16:
  save_all
  movw r28, r24
  movw r30, r22
  mov r4, r20
  clr ROTATE_ZERO
1:
  ld A_LOW, Y
  ldd A_HIGH, Y+1
  ldd B_LOW, Y+2
  ldd B_HIGH, Y+3
  ld SINE_LOW, Z+
  ld SINE_HIGH, Z+
  ld COSINE_LOW, Z+
  ld COSINE_HIGH, Z+
  product B_HIGH, B_LOW, SINE_HIGH, SINE_LOW
  movw r12, r24
  movw r14, r26
  product A_HIGH, A_LOW, COSINE_HIGH, COSINE_LOW
  sub r24, r12
  sbc r25, r13
  sbc r26, r14
  sbc r27, r15
  rcall 2f
  product A_HIGH, A_LOW, SINE_HIGH, SINE_LOW
  movw r12, r24
  movw r14, r26
  product B_HIGH, B_LOW, COSINE_HIGH, COSINE_LOW
  add r24, r12
  adc r25, r13
  adc r26, r14
  adc r27, r15
  rcall 2f
  dec r4
  dec r4
  breq 6f
  rjmp 1b
6:
  clr r1
  restore_all_and_return
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
  cpc r26, ROTATE_ZERO
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

; turned r25:r22, centre r21:r20: sat8(rsh(turned - centre * 2^14, 19))
.section .text.centre_key_s8
.global centre_key_s8
.type centre_key_s8, @function
centre_key_s8:
  ; turned - centre * 2^14 + 2^18: a quarter of centre at bytes 2 and up
  clr r18
  asr r21
  ror r20
  ror r18
  asr r21
  ror r20
  ror r18
  sub r23, r18
  sbc r24, r20
  sbc r25, r21
  subi r24, 0xfc
  sbci r25, 0xff
  asr r25
  ror r24
  asr r25
  ror r24
  asr r25
  ror r24
  mov r18, r24
  lsl r18
  sbc r18, r18
  cp r25, r18
  brne 1f
  cpi r24, 0x80
  brne 3f
  rjmp 2f
1:
  ldi r24, 0x7f
  sbrs r25, 7
  ret
2:
  ldi r24, 0x81
3:
  ret

; SPDX-License-Identifier: MIT
; rotate_pair of kernels.h

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

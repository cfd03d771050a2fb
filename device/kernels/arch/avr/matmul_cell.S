; SPDX-License-Identifier: MIT
; matmul_cell_s8 and matmul_cell_s16 of kernels.h, k not 0. A b of 8 bits is made one of 16, so that one loop does for
; both: 29 and 28 cycles per element.

; Arguments: a r25:r24, b r23:r22, k r21:r20, stride r19:r18. Result r25:r22.
#define SUM0 r22
#define SUM1 r23
#define SUM2 r24
#define SUM3 r25
#define K0 r20
#define K1 r21
#define STEP0 r18        ; bytes to the next element of b, which is at Y; a is at Z
#define STEP1 r19
#define A r16
#define B0 r17
#define B1 r26
#define SIGN r27

.section .text.matmul_cell

.global matmul_cell_s16
matmul_cell_s16:
  lsl STEP0
  rol STEP1
  set
  rjmp 1f

.global matmul_cell_s8
matmul_cell_s8:
  clt
1:
  push A
  push B0
  push r28
  push r29
  movw r30, r24
  movw r28, r22
  clr SUM0
  clr SUM1
  movw SUM2, SUM0
2:
  ld A, Z+
  ld B0, Y
  brts 3f
  mov B1, B0
  lsl B1
  sbc B1, B1
  rjmp 4f
3:
  ldd B1, Y+1
4:
  add r28, STEP0
  adc r29, STEP1
  mulsu A, B0
  sbc SIGN, SIGN         ; MULSU and MULS leave the product's sign in C
  add SUM0, r0
  adc SUM1, r1
  adc SUM2, SIGN
  adc SUM3, SIGN
  muls A, B1
  sbc SIGN, SIGN
  add SUM1, r0
  adc SUM2, r1
  adc SUM3, SIGN
  subi K0, 1
  sbci K1, 0
  brne 2b
  clr r1
  pop r29
  pop r28
  pop B0
  pop A
  ret

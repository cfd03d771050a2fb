; SPDX-License-Identifier: MIT
; rmsnorm.h

.section .text.rmsnorm

; The digits of the greatest magnitude are those of all magnitudes or-ed.
.global rmsnorm_bits
.type rmsnorm_bits, @function
rmsnorm_bits:
  push r16
  movw r26, r24
  movw r30, r22
  clr r22
  clr r23
  movw r24, r22
1:
  ld r18, X+
  ld r19, X+
  ld r20, X+
  ld r21, X+
  sbrs r21, 7
  rjmp 2f
  com r21
  com r20
  com r19
  neg r18
  sbci r19, 0xff
  sbci r20, 0xff
  sbci r21, 0xff
2:
  or r22, r18
  or r23, r19
  or r24, r20
  or r25, r21
  sbiw r30, 1
  brne 1b
  ldi r18, 32
3:
  sbrc r25, 7
  rjmp 4f
  lsl r22
  rol r23
  rol r24
  rol r25
  dec r18
  brne 3b
4:
  mov r24, r18
  pop r16
  ret

; Adds the square of h to the sum. 23 cycles
#define H0 r18
#define H1 r19
#define SUM0 r8
#define SUM1 r9
#define SUM2 r10
#define SUM3 r11
#define SUM4 r12
#define ZERO r13

.macro add_square
  mul H0, H0
  add SUM0, r0
  adc SUM1, r1
  adc SUM2, ZERO
  adc SUM3, ZERO
  adc SUM4, ZERO
  muls H1, H1
  add SUM2, r0
  adc SUM3, r1
  adc SUM4, ZERO
  fmulsu H1, H0        ; twice the product, its top bit in the carry
  sbc r20, r20
  add SUM1, r0
  adc SUM2, r1
  adc SUM3, r20
  adc SUM4, r20
.endm

.macro save
  push r8
  push r9
  push r10
  push r11
  push r12
  push r13
  push r14
  push r15
  push r16
  push r17
  push r28
  push r29
  clr SUM0
  clr SUM1
  movw SUM2, SUM0
  clr SUM4
  clr ZERO
.endm

; the sum to r25:r18
.macro restore_and_return
  clr r1
  movw r18, SUM0
  movw r20, SUM2
  mov r22, SUM4
  clr r23
  clr r24
  clr r25
  pop r29
  pop r28
  pop r17
  pop r16
  pop r15
  pop r14
  pop r13
  pop r12
  pop r11
  pop r10
  pop r9
  pop r8
  ret
.endm

; h r25:r24, x r23:r22, n r21:r20, bytes r18, factor r16
.global rmsnorm_scale_down
.type rmsnorm_scale_down, @function
rmsnorm_scale_down:
  save
  movw r26, r24          ; X: h
  movw r28, r22          ; Y: x
  movw r24, r20          ; n
  add r28, r18
  adc r29, ZERO
  mov r15, r18
1:
  ; 24 bits from the first byte that matters, r23:r21; x may end before they do
  ld r21, Y
  ldd r22, Y+1
  ldi r20, 2
  cp r15, r20
  brsh 2f
  ldd r23, Y+2
  rjmp 3f
2:
  mov r23, r22
  lsl r23
  sbc r23, r23
3:
  adiw r28, 4
  ; times factor, plus a half, the upper bytes
  ldi r20, 0x80
  mul r21, r16
  add r20, r0
  clr H1
  mov H0, r1
  adc H0, ZERO
  mul r22, r16
  add H0, r0
  adc H1, r1
  mulsu r23, r16
  add H1, r0
  st X+, H0
  st X+, H1
  add_square
  sbiw r24, 1
  brne 1b
  restore_and_return

; h r25:r24, x r23:r22, n r21:r20, bits r18
.global rmsnorm_scale_up
.type rmsnorm_scale_up, @function
rmsnorm_scale_up:
  save
  movw r26, r24
  movw r28, r22
  movw r24, r20
  mov r16, r18
1:
  ld H0, Y
  ldd H1, Y+1
  adiw r28, 4
  mov r17, r16
  rjmp 3f
2:
  lsl H0
  rol H1
3:
  dec r17
  brpl 2b
  st X+, H0
  st X+, H1
  add_square
  sbiw r24, 1
  brne 1b
  restore_and_return

; h r25:r24, n r23:r22, inv r21:r18
#undef H0
#undef H1
#undef ZERO
#define H0 r22
#define H1 r23
#define INV0 r18
#define INV1 r19
#define INV2 r20
#define ZERO r21
#define P0 r17
#define P1 r16
#define P2 r30
#define P3 r31
#define P4 r27
#define SIGN r26

.global rmsnorm_multiply
.type rmsnorm_multiply, @function
rmsnorm_multiply:
  push r16
  push r17
  push r28
  push r29
  movw r28, r24
  movw r24, r22
  clr ZERO
1:
  ld H0, Y
  ldd H1, Y+1
  ; P4:P0 = h * inv
  mul H0, INV0
  mov P0, r0
  mov P1, r1
  mul H0, INV2
  movw P2, r0
  clr P4
  mul H0, INV1
  add P1, r0
  adc P2, r1
  adc P3, ZERO
  mulsu H1, INV0
  sbc SIGN, SIGN
  add P1, r0
  adc P2, r1
  adc P3, SIGN
  adc P4, SIGN
  mulsu H1, INV1
  sbc SIGN, SIGN
  add P2, r0
  adc P3, r1
  adc P4, SIGN
  mulsu H1, INV2
  add P3, r0
  adc P4, r1
  ; rsh by 16
  lsl P1
  adc P2, ZERO
  adc P3, ZERO
  adc P4, ZERO
  ; saturate
  mov SIGN, P3
  lsl SIGN
  sbc SIGN, SIGN
  cp P4, SIGN
  breq 3f
  ldi P2, 0xff
  ldi P3, 0x7f
  sbrs P4, 7
  rjmp 4f
2:
  ldi P2, 0x01
  ldi P3, 0x80
  rjmp 4f
3:
  cpi P3, 0x80
  brne 4f
  tst P2
  breq 2b
4:
  st Y+, P2
  st Y+, P3
  sbiw r24, 1
  brne 1b
  clr r1
  pop r29
  pop r28
  pop r17
  pop r16
  ret

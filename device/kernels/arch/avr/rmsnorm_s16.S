; SPDX-License-Identifier: MIT
; rmsnorm_s16 of kernels.h; n at least 1. Section 4 of ARITHMETIC.md has the names.
#include "kernels/arch/avr/save_all.inc"

; Arguments: y r25:r24, x r23:r22, n r21:r20, numerator r19:r16, eps r15:r8.
#define OUT r2             /* and r3: y */
#define END r6             /* and r7: of y, once h is there */
#define EPS0 r8            /* to r15 */

.section .text.rmsnorm

; --- h and the sum of its squares ---

#define SUM0 r4
#define SUM1 r5
#define SUM2 r30
#define SUM3 r31
#define SUM4 r7
#define ZERO r6
#define FACTOR r16         /* 128 to 1 for a shift right by 1 to 8 bits; 0: left */
#define LEFT r17           /* bits */
#define H0 r18
#define H1 r19

.global rmsnorm_s16
.type rmsnorm_s16, @function
rmsnorm_s16:
  save_all
  .irp byte, 19, 18, 17, 16
  push r\byte
  .endr
  movw OUT, r24
  movw r28, r22          ; Y: x
  movw r4, r20           ; n
  ; the digits of the greatest magnitude are those of all magnitudes or-ed
  movw r26, r22
  movw r30, r20
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
  ldi r18, 32 - 14
3:
  sbrc r25, 7
  rjmp 4f
  lsl r22
  rol r23
  rol r24
  rol r25
  dec r18
  cpi r18, -14           ; x is zero: h will be, and y, whatever the root is
  brne 3b
4: ; e = r18
  movw r26, OUT          ; X: h
  movw r24, r4           ; n
  clr SUM0
  clr SUM1
  movw SUM2, SUM0
  clr ZERO
  clr SUM4
  cpi r18, 1
  brge 6f

  ; eps and x go up
  clr FACTOR
  neg r18
  mov LEFT, r18
  lsl r18
  rjmp 5f
1:
  lsl EPS0
  .irp byte, 9, 10, 11, 12, 13, 14, 15
  rol r\byte
  .endr
5:
  subi r18, 1
  brcc 1b
  rjmp scale

6: ; they go down: x by whole bytes and 1 to 8 bits
  mov r19, r18
  lsl r19
1:
  lsr r15
  .irp byte, 14, 13, 12, 11, 10, 9, 8
  ror r\byte
  .endr
  dec r19
  brne 1b
  ldi FACTOR, 128
1:
  subi r18, 1
  mov r19, r18
  andi r19, 7
  breq 2f
  lsr FACTOR
  rjmp 1b
2:
  lsr r18
  lsr r18
  lsr r18
  bst r18, 1             ; two bytes: only two are left
  add r28, r18
  adc r29, ZERO

scale:
  ld r21, Y
  ldd r22, Y+1
  tst FACTOR
  breq 4f
  ; 24 bits from the first byte that matters, r23:r21; x may end before they do
  mov r23, r22
  lsl r23
  sbc r23, r23
  brts 2f
  ldd r23, Y+2
2:
  ; times factor, plus a half, the upper bytes
  ldi r20, 0x80
  mul r21, FACTOR
  add r20, r0
  clr H1
  mov H0, r1
  adc H0, ZERO
  mul r22, FACTOR
  add H0, r0
  adc H1, r1
  mulsu r23, FACTOR
  add H1, r0
3:
  adiw r28, 4
  st X+, H0
  st X+, H1
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
  fmulsu H1, H0          ; twice the product, its top bit in the carry
  sbc r20, r20
  add SUM1, r0
  adc SUM2, r1
  adc SUM3, r20
  adc SUM4, r20
  sbiw r24, 1
  brne scale
  rjmp root
4: ; times 2^LEFT
  mov H0, r21
  mov H1, r22
  mov r20, LEFT
  rjmp 6f
5:
  lsl H0
  rol H1
6:
  dec r20
  brpl 5b
  rjmp 3b

; --- the root, and what h is to be multiplied by ---

root:
  movw r18, EPS0
  movw r20, r10
  movw r22, r12
  movw r24, r14
  add r18, SUM0
  adc r19, SUM1
  adc r20, SUM2
  adc r21, SUM3
  adc r22, SUM4
  adc r23, ZERO
  adc r24, ZERO
  adc r25, ZERO
  movw END, r26
  clr r1
  call isqrt_u64
  movw r18, r22
  movw r20, r24
  .irp byte, 22, 23, 24, 25
  pop r\byte
  .endr
  call __udivmodsi4

; --- y = sat16(rsh(h * inv, 16)), inv r20:r18 ---

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
  movw r28, OUT
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
  cp r28, END
  cpc r29, r7
  brne 1b
  clr r1
  restore_all_and_return

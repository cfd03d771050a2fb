; SPDX-License-Identifier: MIT
; requantize_s16 and requantize_s32 of kernels.h, for the shifts of whole bytes that an image has.

; Arguments: acc r25:r22, multiplier r21:r20, shift r18.
#define A0 r22
#define A1 r23
#define A2 r24
#define A3 r25
#define M0 r20
#define M1 r21
#define SHIFT r18
#define ZERO r19
; The product, P5 its sign.
#define P0 r26
#define P1 r27
#define P2 r30
#define P3 r31
#define P4 r16
#define P5 r17

.section .text.requantize_scale

; rsh(acc * multiplier, shift) to P5:P1. P4 and P5 are not saved
.global requantize_scale
requantize_scale:
  clr ZERO
  mul A0, M0
  movw P0, r0
  mul A1, M1
  movw P2, r0
  mul A3, M1
  movw P4, r0
  mul A0, M1
  add P1, r0
  adc P2, r1
  adc P3, ZERO
  adc P4, ZERO
  adc P5, ZERO
  mul A1, M0
  add P1, r0
  adc P2, r1
  adc P3, ZERO
  adc P4, ZERO
  adc P5, ZERO
  mul A2, M0
  add P2, r0
  adc P3, r1
  adc P4, ZERO
  adc P5, ZERO
  mul A2, M1
  add P3, r0
  adc P4, r1
  adc P5, ZERO
  mul A3, M0
  add P3, r0
  adc P4, r1
  adc P5, ZERO
  clr r1
  ; so far acc was taken as unsigned
  sbrs A3, 7
  rjmp 1f
  sub P4, M0
  sbc P5, M1
1:
  cpi SHIFT, 24
  brlo 3f
  subi SHIFT, 16
  movw P0, P2
  movw P2, P4
  mov P4, P5
  lsl P4
  sbc P4, P4
  mov P5, P4
3:
  cpi SHIFT, 16
  brlo 2f
  mov P0, P1
  mov P1, P2
  mov P2, P3
  mov P3, P4
  mov P4, P5
  lsl P5
  sbc P5, P5
2:
  lsl P0
  adc P1, ZERO
  adc P2, ZERO
  adc P3, ZERO
  adc P4, ZERO
  adc P5, ZERO
  ret

; The same, saturated, to r25:r24. r16 and r17 are not saved
.global requantize_saturated
requantize_saturated:
  rcall requantize_scale
  mov r24, P1
  mov r25, P2
  ; what is above 16 bits must repeat their sign
  lsl P2
  sbc P2, P2
  cp P3, P2
  cpc P4, P2
  cpc P5, P2
  brne 1f
  cpi r25, 0x80
  brne 3f
  tst r24
  brne 3f
  ldi r24, 0x01
  ret
1:
  ldi r24, 0xff
  ldi r25, 0x7f
  sbrs P5, 7
  ret
  ldi r24, 0x01
  ldi r25, 0x80
3:
  ret

.section .text.requantize_s32
.global requantize_s32
.type requantize_s32, @function
requantize_s32:
  push r16
  push r17
  rcall requantize_scale
  mov r22, P1
  mov r23, P2
  mov r24, P3
  mov r25, P4
  pop r17
  pop r16
  ret

.section .text.requantize_s16
.global requantize_s16
.type requantize_s16, @function
requantize_s16:
  push r16
  push r17
  rcall requantize_saturated
  pop r17
  pop r16
  ret

; SPDX-License-Identifier: MIT
; The functions of kernels.h for sampling. Sums have 8 bytes.

#include "kernels/arch/avr/offsets.inc"

#define BYTES 8

.section .text.sampling_distance

; sampler r25:r24, logit r23:r20. 170 cycles
#define SUM0 r26
#define SUM1 r27
#define SUM2 r24
#define SUM3 r25
#define SUM4 r18
#define ZERO r14
.global sampling_distance
.type sampling_distance, @function
sampling_distance:
  push r14
  push r16
  push r17
  movw r30, r24          ; INV_TEMPERATURE is the first
  ldd r16, Z+SAMPLER_MAX
  ldd r17, Z+SAMPLER_MAX+1
  ldd r18, Z+SAMPLER_MAX+2
  ldd r19, Z+SAMPLER_MAX+3
  sub r16, r20
  sbc r17, r21
  sbc r18, r22
  sbc r19, r23
  movw r22, r18          ; r23:r22:r17:r16 is how far the logit is below
  clr ZERO
  clr SUM1
  clr SUM4
  clr SUM2
  clr SUM3
  ldi r19, 4
1:
  ; on to the next byte of inv_temperature, the sum's lowest byte being done
  mov SUM0, SUM1
  mov SUM1, SUM2
  mov SUM2, SUM3
  mov SUM3, SUM4
  clr SUM4
  ld r20, Z+
  mul r16, r20
  add SUM0, r0
  adc SUM1, r1
  adc SUM2, ZERO
  adc SUM3, ZERO
  adc SUM4, ZERO
  mul r17, r20
  add SUM1, r0
  adc SUM2, r1
  adc SUM3, ZERO
  adc SUM4, ZERO
  mul r22, r20
  add SUM2, r0
  adc SUM3, r1
  adc SUM4, ZERO
  mul r23, r20
  add SUM3, r0
  adc SUM4, r1
  dec r19
  brne 1b
  clr r1
  or SUM4, SUM3
  or SUM4, SUM2
  movw r24, SUM0
  brne 2f
  cpi r25, hi8(FARTHEST)
  brlo 3f
2:
  ldi r24, lo8(FARTHEST)
  ldi r25, hi8(FARTHEST)
3:
  pop r17
  pop r16
  pop r14
  ret

.section .text.sampling_sums

; sum r25:r24, d r23:r22. 60 to 110 cycles
.global sampling_add_probability
.type sampling_add_probability, @function
sampling_add_probability:
  cpi r23, hi8(FARTHEST)
  brsh 5f
  movw r26, r24
  mov r24, r22
  call exp2_q15
  ; 2^9 times that, r22:r19, goes down by r23 bits
  clr r19
  clr r20
  lsl r24
  rol r25
  rol r20
  mov r22, r20
  mov r21, r25
  mov r20, r24
1:
  subi r23, 8
  brcs 2f
  mov r19, r20
  mov r20, r21
  mov r21, r22
  clr r22
  rjmp 1b
2:
  subi r23, -8
  rjmp 4f
3:
  lsr r22
  ror r21
  ror r20
  ror r19
4:
  dec r23
  brpl 3b
  ld r0, X
  add r0, r19
  st X+, r0
  .irp byte, r20, r21, r22, r1
  ld r0, X
  adc r0, \byte
  st X+, r0
  .endr
5:
  ret

; sum r25:r24, amount r23:r22
.macro byte_by_byte function, instruction
.global \function
.type \function, @function
\function:
  movw r26, r24
  movw r30, r22
  ldi r18, BYTES
  clc
1:
  ld r0, X
  ld r19, Z+
  \instruction r0, r19
  st X+, r0
  dec r18
  brne 1b
  ret
.endm
byte_by_byte sampling_add, adc
byte_by_byte sampling_subtract, sbc

; sum r25:r24, other r23:r22: does other minus sum borrow?
.global sampling_exceeds
.type sampling_exceeds, @function
sampling_exceeds:
  movw r26, r24
  movw r30, r22
  ldi r18, BYTES
  clc
1:
  ld r19, X+
  ld r0, Z+
  cpc r0, r19
  dec r18
  brne 1b
  sbc r24, r24
  ret

; to r25:r24, sum r23:r22, factor r20:r18: bit by bit, what falls off at the right end being the division
.global sampling_scale
.type sampling_scale, @function
sampling_scale:
  .irp reg, 12, 13, 14, 15, 16, 17
  push r\reg
  .endr
  movw r30, r22
  .irp byte, 12, 13, 14, 15, 16, 17
  ld r\byte, Z+
  .endr
  movw r30, r24
  clr r22
  clr r23
  movw r24, r22
  movw r26, r22
  ldi r21, 24
1:
  lsr r20
  ror r19
  ror r18
  brcc 2f
  add r22, r12
  adc r23, r13
  adc r24, r14
  adc r25, r15
  adc r26, r16
  adc r27, r17
2:
  lsr r27
  ror r26
  ror r25
  ror r24
  ror r23
  ror r22
  dec r21
  brne 1b
  .irp byte, 22, 23, 24, 25, 26, 27, 1, 1
  st Z+, r\byte
  .endr
  .irp reg, 17, 16, 15, 14, 13, 12
  pop r\reg
  .endr
  ret

.section .progmem.sampling, "a"
multiplier:
  .byte 0x25, 0x45, 0xF4, 0x91, 0x4F, 0x6C, 0xDD, 0x1D

.section .text.sampling_random

; state r25:r24. 2,000 cycles
.global sampling_random
.type sampling_random, @function
sampling_random:
  .irp reg, r8, r9, r10, r11, r12, r13, r14, r15
  push \reg
  .endr
  movw r30, r24
  .irp byte, 18, 19, 20, 21, 22, 23, 24, 25
  ld r\byte, Z+
  .endr
  ; s >> 12: a byte, and 4 bits
  mov r8, r19
  mov r9, r20
  mov r10, r21
  mov r11, r22
  mov r12, r23
  mov r13, r24
  mov r14, r25
  ldi r26, 4
  rcall 4f
  ; s << 25: three bytes, and a bit
  movw r8, r18
  movw r10, r20
  mov r12, r22
  lsl r8
  rol r9
  rol r10
  rol r11
  rol r12
  eor r21, r8
  eor r22, r9
  eor r23, r10
  eor r24, r11
  eor r25, r12
  ; s >> 27: three bytes, and 3 bits
  mov r8, r21
  mov r9, r22
  mov r10, r23
  mov r11, r24
  mov r12, r25
  clr r13
  clr r14
  ldi r26, 3
  rcall 4f
  .irp byte, 25, 24, 23, 22, 21, 20, 19, 18
  st -Z, r\byte
  .endr
  ; the product, r15:r8, from the multiplier's top bit on
  clr r8
  clr r9
  movw r10, r8
  movw r12, r8
  movw r14, r8
  ldi r30, lo8(multiplier)
  ldi r31, hi8(multiplier)
1:
  lpm r26, Z+
  ldi r27, 8
2:
  lsl r8
  .irp byte, 9, 10, 11, 12, 13, 14, 15
  rol r\byte
  .endr
  lsl r26
  brcc 3f
  add r8, r18
  adc r9, r19
  adc r10, r20
  adc r11, r21
  adc r12, r22
  adc r13, r23
  adc r14, r24
  adc r15, r25
3:
  dec r27
  brne 2b
  cpi r30, lo8(multiplier + BYTES)
  brne 1b
  mov r22, r13
  mov r23, r14
  mov r24, r15
  clr r25
  .irp reg, r15, r14, r13, r12, r11, r10, r9, r8
  pop \reg
  .endr
  ret
4: ; s ^= r14:r8 >> r26
  lsr r14
  .irp byte, r13, r12, r11, r10, r9, r8
  ror \byte
  .endr
  dec r26
  brne 4b
  eor r18, r8
  eor r19, r9
  eor r20, r10
  eor r21, r11
  eor r22, r12
  eor r23, r13
  eor r24, r14
  ret

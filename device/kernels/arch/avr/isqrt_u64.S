; SPDX-License-Identifier: MIT
; isqrt_u64 of kernels.h: two bits of v at a time, as by hand.
;
; v r25:r18 loses two bits at the top in each round; the remainder (at most 2 * root < 2^33) takes them in; the
; root grows by a bit at the bottom.

#define COUNT r0
#define ROOT0 r26
#define ROOT1 r27
#define ROOT2 r30
#define ROOT3 r31

.section .text.isqrt

.macro shift_in
  lsl r18
  rol r19
  rol r20
  rol r21
  rol r22
  rol r23
  rol r24
  rol r25
  rol r12
  rol r13
  rol r14
  rol r15
  rol r16
.endm

.global isqrt_u64
.type isqrt_u64, @function
isqrt_u64:
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
  clr r12
  clr r13
  movw r14, r12
  clr r16
  movw ROOT0, r12
  movw ROOT2, r12
  ldi r17, 32
  mov COUNT, r17
1:
  shift_in
  shift_in
  ; trial = 4 * root + 1 is to go into the remainder
  movw r8, ROOT0
  movw r10, ROOT2
  clr r17
  lsl r8
  rol r9
  rol r10
  rol r11
  rol r17
  lsl r8
  rol r9
  rol r10
  rol r11
  rol r17
  inc r8
  ; the root makes room
  lsl ROOT0
  rol ROOT1
  rol ROOT2
  rol ROOT3
  cp r12, r8
  cpc r13, r9
  cpc r14, r10
  cpc r15, r11
  cpc r16, r17
  brlo 2f
  sub r12, r8
  sbc r13, r9
  sbc r14, r10
  sbc r15, r11
  sbc r16, r17
  inc ROOT0
2:
  dec COUNT
  brne 1b
  movw r22, ROOT0
  movw r24, ROOT2
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

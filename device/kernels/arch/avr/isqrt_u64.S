; SPDX-License-Identifier: MIT
; isqrt_u64 of kernels.h: two bits of v at a time, as by hand.
;
; v r25:r18 loses two bits at the top in each round; the remainder (at most 2 * root < 2^33) takes them in; the
; root grows by a bit at the bottom. 3,000 cycles
#include "kernels/arch/avr/save_all.inc"

#define COUNT r28
#define ROOT0 r26
#define ROOT1 r27
#define ROOT2 r30
#define ROOT3 r31

.section .text.isqrt

.global isqrt_u64
.type isqrt_u64, @function
isqrt_u64:
  save_all
  clr r12
  clr r13
  movw r14, r12
  clr r16
  movw ROOT0, r12
  movw ROOT2, r12
  ldi COUNT, 32
1:
  rcall 3f
  rcall 3f
  ; the root makes room
  lsl ROOT0
  rol ROOT1
  rol ROOT2
  rol ROOT3
  ; trial = 4 * the old root + 1 is to go into the remainder
  movw r8, ROOT0
  movw r10, ROOT2
  clr r17
  sec
  .irp byte, 8, 9, 10, 11, 17
  rol r\byte
  .endr
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
  restore_all_and_return
3: ; a bit of v to the remainder
  lsl r18
  .irp byte, 19, 20, 21, 22, 23, 24, 25, 12, 13, 14, 15, 16
  rol r\byte
  .endr
  ret

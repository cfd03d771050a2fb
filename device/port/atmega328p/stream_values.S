; SPDX-License-Identifier: MIT
; The values of a group: the second half of stream_group (stream_attention.S), which calls stream_values with the
; weights of both heads in place. Y is the group.
#include "port/atmega328p/stream_attention.inc"

.section .text.stream_values

; --- rises within the group ---

; Instead of bringing its sums down between two positions, a head's later weights go up by as many bits, and all
; comes down at the end: floor((a + b) / 2^r) + c = floor((a + b + 2^r c) / 2^r). One pass for the head whose first
; weight is at X; T says whether it writes. Carry: 16 bits do not hold the weights or their sum. The sum is left in
; r19:r18, the bits in r20.
fold_pass:
  ldi LOOP, POSITIONS
  clr r18
  clr r19
  clr r20
1:
  ldd r21, Z+0           ; the rescale
  add r20, r21
  ld r22, X+
  ld r23, X
  mov r21, r20
  rjmp 3f
2:
  lsl r22
  rol r23
  brcs 5f
3:
  subi r21, 1
  brcc 2b
  brtc 4f
  st X, r23
  st -X, r22
  adiw r26, 1
  st Z, ZERO
4:
  add r18, r22
  adc r19, r23
  brcs 5f
  adiw r26, ITEM_BYTES - 1
  adiw r30, ITEM_BYTES
  dec LOOP
  brne 1b
  clc
5:
  ret

; The head's number is in r24. On success its weights are folded: r19:r18 and r20 as above, carry clear.
fold_head:
  clt
  rcall 1f
  brcs 2f
  set
1:
  movw r26, r28
  movw r30, r28
  adiw r30, ITEM_RESCALE
  add r30, r24
  adc r31, ZERO
  add r26, r24
  adc r27, ZERO
  add r26, r24
  adc r27, ZERO
  rjmp fold_pass
2:
  ret

; --- values ---

; The byte times the lower bytes of a position's weights, and times the upper ones where they are needed.
.macro add_values at
  next_byte
  ldd r23, Y+ITEM_BYTES*\at
  mul BYTE, r23
  add r2, r0
  adc r3, r1
  adc r4, ZERO
  ldd r23, Y+ITEM_BYTES*\at+2
  mul BYTE, r23
  add r6, r0
  adc r7, r1
  adc r8, ZERO
  sbrs MASK, \at
  rjmp 1f
  ldd r23, Y+ITEM_BYTES*\at+1
  mul BYTE, r23
  add r3, r0
  adc r4, r1
  ldd r23, Y+ITEM_BYTES*\at+3
  mul BYTE, r23
  add r7, r0
  adc r8, r1
1:
.endm

; The sum of 24 bits to the one of 32 that X or Z points to.
.macro add_to pointer, s0, s1, s2
  mov r20, \s2
  lsl r20
  sbc r20, r20
  ld r0, \pointer
  add r0, \s0
  st \pointer+, r0
  .irp byte, \s1, \s2, r20
  ld r0, \pointer
  adc r0, \byte
  st \pointer+, r0
  .endr
.endm

; r4:r2 to the sum at Z, which then goes down by r21 bits.
add_and_shift:
  mov r20, r4
  lsl r20
  sbc r20, r20
  ld r0, Z+
  add r2, r0
  .irp byte, r3, r4, r20
  ld r0, Z+
  adc \byte, r0
  .endr
3:
  cpi r21, 8
  brlo 2f
  subi r21, 8
  mov r2, r3
  mov r3, r4
  mov r4, r20
  lsl r20
  sbc r20, r20
  rjmp 3b
1:
  asr r20
  ror r4
  ror r3
  ror r2
2:
  dec r21
  brpl 1b
  .irp byte, r20, r4, r3, r2
  st -Z, \byte
  .endr
  adiw r30, 4
  ret

; r4:r2 and r8:r6 to the sums at X and Z, which go down by `shifts` and move on. 60 cycles without a shift
add_both:
  lds r20, shifts
  lds r21, shifts+1
  or r20, r21
  brne add_and_shift_both
  add_to X, r2, r3, r4
  add_to Z, r6, r7, r8
  ret
add_and_shift_both:
  movw r24, r30
  movw r30, r26
  lds r21, shifts
  rcall add_and_shift
  movw r26, r30
  movw r30, r24
  movw r2, r6
  mov r4, r8
  lds r21, shifts+1
  rjmp add_and_shift

; BYTE, signed, times a weight, to a sum of 24 bits.
.macro slow_value at, s0, s1, s2
  ldd r20, Y+\at
  mulsu BYTE, r20
  sbc r21, r21
  add \s0, r0
  adc \s1, r1
  adc \s2, r21
  ldd r20, Y+\at+1
  mulsu BYTE, r20
  add \s1, r0
  adc \s2, r1
.endm

; -128 times the weights' sum r19:r18, to r20:r18
.macro initial_of_values
  lsr r19
  ror r18
  clr r20
  ror r20
  neg r20
  mov r21, ZERO
  sbc r21, r18
  mov r18, r20
  mov r20, ZERO
  sbc r20, r19
  mov r19, r21
.endm

slow_group:
  rjmp slow

; All values of the group, 8 of each element.
.global stream_values
stream_values:
  sts shifts, ZERO
  sts shifts+1, ZERO
  ldd r10, Y+STATE+OWN_SUM
  ldd r11, Y+STATE+OWN_SUM+1
  ldd r12, Y+STATE+STATE_BYTES+OWN_SUM
  ldd r13, Y+STATE+STATE_BYTES+OWN_SUM+1
  lds r24, risen
  lds r25, risen+1
  sbiw r24, 0
  breq 1f
  tst r24
  breq 8f
  clr r24
  rcall fold_head
  brcs slow_group
  sts shifts, r20
  movw r10, r18
8:
  lds r24, risen+1
  tst r24
  breq 9f
  ldi r24, 1
  rcall fold_head
  brcs slow_group
  sts shifts+1, r20
  movw r12, r18
9:
  rcall mask_weights
1:
  lds r26, sums
  lds r27, sums+1
  lds r16, head_size
  movw r30, r26
  ldi r18, 4
  mul r16, r18
  add r30, r0
  adc r31, r1
  movw r18, r10
  or r18, r11
  or r18, r12
  or r18, r13
  brne 2f
  ; no weight: the bytes only pass by
  clr r1
  mov r24, r16
  ldi r18, POSITIONS
  mul r24, r18
  movw r24, r0
  clr r1
  jmp stream_skip
2:
  movw r18, r10
  initial_of_values
  movw r10, r18
  mov r24, r20
  movw r18, r12
  mov r12, r24
  initial_of_values
  mov r5, r18
  mov r9, r19
  mov r13, r20
3:
  movw r2, r10
  mov r4, r12
  mov r6, r5
  mov r7, r9
  mov r8, r13
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7
  add_values \i
  .endr
  rcall add_both
  dec r16
  breq 6f
  rjmp 3b
6:
  clr r1
  ret

; MASK from the weights.
mask_weights:
  movw r30, r28
  ldi r16, POSITIONS
1:
  ldd r18, Z+1
  ldd r19, Z+3
  or r18, r19
  cp ZERO, r18
  ror MASK
  adiw r30, ITEM_BYTES
  dec r16
  brne 1b
  ret

; The values where 16 bits cannot hold folded weights: sums are brought down between two positions.
slow:
  clr r1
  lds r26, sums
  lds r27, sums+1
  lds r16, head_size
  movw r30, r26
  ldi r18, 4
  mul r16, r18
  add r30, r0
  adc r31, r1
1:
  clr r2
  clr r3
  clr r4
  clr r6
  clr r7
  clr r8
  ldi r18, POSITIONS
2:
  next_byte
  subi BYTE, 0x80
  ldd r20, Y+ITEM_RESCALE
  ldd r21, Y+ITEM_RESCALE+1
  mov r23, r20
  or r23, r21
  brne 4f
3:
  slow_value 0, r2, r3, r4
  slow_value 2, r6, r7, r8
  adiw r28, ITEM_BYTES
  dec r18
  brne 2b
  sbiw r28, POSITIONS*ITEM_BYTES
  rcall add_both
  dec r16
  brne 1b
  clr r1
  ; a rescale is over when its group is
  movw r30, r28
  ldi r16, POSITIONS
5:
  std Z+ITEM_RESCALE, ZERO
  std Z+ITEM_RESCALE+1, ZERO
  adiw r30, ITEM_BYTES
  dec r16
  brne 5b
  ret
4: ; what is there so far goes down
  movw r24, r30
  tst r20
  breq 6f
  push r21
  mov r21, r20
  movw r30, r26
  rcall add_and_shift
  clr r2
  clr r3
  clr r4
  pop r21
6:
  tst r21
  breq 7f
  push r2
  push r3
  push r4
  movw r2, r6
  mov r4, r8
  movw r30, r24
  rcall add_and_shift
  pop r4
  pop r3
  pop r2
  clr r6
  clr r7
  clr r8
7:
  movw r30, r24
  rjmp 3b

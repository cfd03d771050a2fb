; SPDX-License-Identifier: MIT
; Attention straight from the stream, for two query heads that share their keys and values, 8 positions at a
; time: stream_group of stream.h. Keys and values come as unsigned bytes, 128 above what they are: products then
; need no sign, and 128 times the sum of the other factors is taken off beforehand.
;
; Cycles: 24.6 per byte of a key (two heads, two positions at once), 20 to 60 per weight (a head and a key), 19 per
; byte of a value, 30 where a weight of its position is above 255, and 50 per element of a value.
#include "kernels/arch/avr/save_all.inc"
#include "port/atmega328p/stream_attention.inc"

.section .progmem.attention, "a"
; 2^(13 - octave), of which the first six are above a byte and stand here without their lower byte
.balign 16
factors:
  .byte 32, 16, 8, 4, 2, 1, 128, 64, 32, 16, 8, 4, 2, 1, 0, 0

.section .bss.stream_attention, "aw", @nobits
.global stream_variables, stream_sums, stream_head_size, stream_risen, stream_shifts
stream_variables:
queries: .skip 4           ; of the first and of the second head
sums: .skip 2              ; of the first head, the second's follow
heads: .skip 2
initials: .skip 2
head_size: .skip 1
kv_heads: .skip 1          ; left
count: .skip 1             ; positions
items_end: .skip 1         ; lower byte
risen: .skip 2             ; the maximum of a head rose in this group
shifts: .skip 2            ; by which a head's sums go down at the end of the group

.section .text.stream_attention

; --- keys ---

; The byte times an element of q, modulo 2^24. 9 cycles
.macro key_times_query low, high, s0, s1, s2
  mul BYTE, \low
  add \s0, r0
  adc \s1, r1
  adc \s2, ZERO
  mulsu \high, BYTE
  add \s1, r0
  adc \s2, r1
.endm

; The sum s over a key becomes a weight (section 7 of ARITHMETIC.md) at X, which moves on: from
; d' = 2^14 P + 31 - sum, d is bits 6 and up. Leaves the weight's upper byte in r21.
.macro weigh head, s0, s1, s2
  ldi r20, 31
  sub r20, \s0
  ldd r21, Y+STATE+STATE_BYTES*\head+OWN_TOP
  sbc r21, \s1
  ldd r22, Y+STATE+STATE_BYTES*\head+OWN_TOP+1
  sbc r22, \s2
  brge 1f
  mov r20, \s0
  mov r21, \s1
  mov r22, \s2
  movw r30, r28
  adiw r30, STATE+STATE_BYTES*\head
  rcall rise
1:
  cpi r22, 4             ; d below 4096?
  brsh 4f
  lsl r20
  rol r21
  rol r22
  lsl r20
  rol r21
  rol r22
  ; r22 the octave, E = EXP2[r21] = r19:r18
  mov r30, r21
  ldi r31, hi8(exp2_octave)
  lpm r18, Z
  inc r31
  lpm r19, Z
  ldi r30, lo8(factors)
  ldi r31, hi8(factors)
  add r30, r22
  lpm r23, Z
  mul r18, r23
  movw r20, r0
  mul r19, r23
  mov r18, r1
  add r21, r0
  adc r18, ZERO
  cpi r22, 6
  brlo 2f
  lsl r21
  adc r18, ZERO
  mov r20, r18
  clr r21
  rjmp 3f
2:
  lsl r20
  mov r20, r21
  mov r21, r18
  adc r20, ZERO
  adc r21, ZERO
3:
  ldd r18, Y+STATE+STATE_BYTES*\head+OWN_SUM
  add r18, r20
  std Y+STATE+STATE_BYTES*\head+OWN_SUM, r18
  ldd r18, Y+STATE+STATE_BYTES*\head+OWN_SUM+1
  adc r18, r21
  std Y+STATE+STATE_BYTES*\head+OWN_SUM+1, r18
  st X+, r20
  st X+, r21
  rjmp 5f
4:
  clr r21
  st X+, ZERO
  st X+, ZERO
5:
.endm

; Weights of a position from the sums r4:r2 and r7:r5. r25:r24 is the item, and moves on.
weigh_position:
  movw r26, r24
  weigh 0, r2, r3, r4
  mov r16, r21
  weigh 1, r5, r6, r7
  or r16, r21
  cp ZERO, r16
  ror MASK
  adiw r26, ITEM_BYTES - ITEM_RESCALE
  movw r24, r26
  ret

; The sum r22:r20 is above the maximum of the head whose state is at Z: P rises to it, L goes down. X is where its
; weight will be. Leaves d' in r22:r20; keeps r16 and X.
rise:
  push r16
  push r26
  push r27
  ; 2^14 times the new P: sum + 32, without what s does not have, rounded up
  mov r23, r20
  mov r18, r21
  mov r19, r22
  ldi r16, 32
  add r23, r16
  adc r18, ZERO
  adc r19, ZERO
  andi r23, 0xc0
  ldi r16, 0xff
  add r23, r16
  ldi r16, 0x3f
  adc r18, r16
  adc r19, ZERO
  andi r18, 0xc0
  ld r16, Z
  ldd r23, Z+1
  st Z, r18
  std Z+1, r19
  cpi r23, 0x80          ; the first key: nothing is there to go down
  breq 5f
  ; by how many bits, at most 31
  sub r18, r16
  sbc r19, r23
  cpi r19, 8
  brlo 1f
  ldi r19, 31
  rjmp 2f
1:
  lsl r18
  rol r19
  lsl r18
  rol r19
2:
  ; which head?
  mov r16, r30
  sub r16, r28
  subi r16, STATE
  sbrs r16, 2
  sts risen, r19
  sbrc r16, 2
  sts risen+1, r19
  adiw r26, ITEM_RESCALE
  sbrc r16, 2
  sbiw r26, 1
  st X, r19
  lds r26, heads
  lds r27, heads+1
  sbrc r16, 2
  adiw r26, HEAD_BYTES
  ld r18, X+
  ld r23, X+
  ld r24, X+
  ld r25, X+
  ldd r0, Z+OWN_SUM
  add r18, r0
  ldd r0, Z+OWN_SUM+1
  adc r23, r0
  adc r24, ZERO
  adc r25, ZERO
  std Z+OWN_SUM, ZERO
  std Z+OWN_SUM+1, ZERO
3:
  lsr r25
  ror r24
  ror r23
  ror r18
  dec r19
  brne 3b
  st -X, r25
  st -X, r24
  st -X, r23
  st -X, r18
5:
  ldi r16, 31
  sub r16, r20
  mov r20, r16
  ld r18, Z
  sbc r18, r21
  ldd r19, Z+1
  sbc r19, r22
  mov r21, r18
  mov r22, r19
  pop r27
  pop r26
  pop r16
  ret

; All keys of the group to weights; the positions that it lacks get weights of zero.
keys:
  clr MASK
  sts risen, ZERO
  sts risen+1, ZERO
  movw r24, r28
1:
  ldd r2, Y+INITIAL
  ldd r3, Y+INITIAL+1
  ldd r4, Y+INITIAL+2
  ldd r5, Y+INITIAL+3
  ldd r6, Y+INITIAL+4
  ldd r7, Y+INITIAL+5
  movw r8, r2
  movw r10, r4
  movw r12, r6
  lds r26, queries
  lds r27, queries+1
  lds r30, queries+2
  lds r31, queries+3
  lds LOOP, head_size
2:
  .rept 2
  ld r18, X+
  ld r19, X+
  ld r20, Z+
  ld r21, Z+
  next_byte
  key_times_query r18, r19, r2, r3, r4
  key_times_query r20, r21, r5, r6, r7
  next_byte
  key_times_query r18, r19, r8, r9, r10
  key_times_query r20, r21, r11, r12, r13
  .endr
  subi LOOP, 2
  breq 6f
  rjmp 2b
6:
  rcall weigh_position
  lds LOOP, items_end
  cp r24, LOOP
  breq 3f
  movw r2, r8
  movw r4, r10
  movw r6, r12
  rcall weigh_position
  lds LOOP, items_end
  cpse r24, LOOP
  rjmp 1b
3: ; what the group lacks
  clr r1
  lds LOOP, count
  ldi r18, POSITIONS
  sub r18, LOOP
  breq 5f
  lds r19, head_size
  mov r20, r18
  lsr r20                ; pairs
  lsl r19
  mul r19, r20
  movw r20, r0
  clr r1
  movw r26, r24
4:
  st X+, ZERO
  st X+, ZERO
  st X+, ZERO
  st X+, ZERO
  adiw r26, ITEM_BYTES - ITEM_RESCALE
  lsr MASK
  dec r18
  brne 4b
  movw r24, r20
  sbiw r24, 0
  breq 5f
  call stream_skip
5:
  ret

; --- a group ---

; L of the head at X grows by the weights since its maximum rose.
.macro close_head head
  ld r18, X+
  ld r19, X+
  ld r20, X+
  ld r21, X+
  ldd r0, Y+STATE+STATE_BYTES*\head+OWN_SUM
  add r18, r0
  ldd r0, Y+STATE+STATE_BYTES*\head+OWN_SUM+1
  adc r19, r0
  adc r20, ZERO
  adc r21, ZERO
  st -X, r21
  st -X, r20
  st -X, r19
  st -X, r18
  adiw r26, 4
  ldd r18, Y+STATE+STATE_BYTES*\head+OWN_TOP
  st X+, r18
  ldd r18, Y+STATE+STATE_BYTES*\head+OWN_TOP+1
  st X+, r18
.endm

.macro open_head head
  adiw r26, 4
  ld r18, X+
  std Y+STATE+STATE_BYTES*\head+OWN_TOP, r18
  ld r18, X+
  std Y+STATE+STATE_BYTES*\head+OWN_TOP+1, r18
  std Y+STATE+STATE_BYTES*\head+OWN_SUM, ZERO
  std Y+STATE+STATE_BYTES*\head+OWN_SUM+1, ZERO
  .irp byte, 0, 1, 2
  ld r18, Z+
  std Y+INITIAL+3*\head+\byte, r18
  .endr
.endm

; where r25:r24, group r23:r22, count r20
.global stream_group
.type stream_group, @function
stream_group:
  save_all
  movw r28, r22
  movw r26, r24
  clr ZERO
  ldi ALL_ONES, 0xff
  ld r18, X+
  sts queries, r18
  ld r18, X+
  sts queries+1, r18
  .irp at, 0, 1, 2, 3, 4, 5, 6, 7
  ld r18, X+
  sts sums+\at, r18
  .endr
  sts count, r20
  ldi r18, ITEM_BYTES
  mul r20, r18
  clr r1
  add r0, r28
  sts items_end, r0
1:
  ; the second head's queries
  lds r18, queries
  lds r19, queries+1
  lds r20, head_size
  lsl r20
  add r18, r20
  adc r19, ZERO
  sts queries+2, r18
  sts queries+3, r19
  lds r26, heads
  lds r27, heads+1
  lds r30, initials
  lds r31, initials+1
  open_head 0
  open_head 1
  sts initials, r30
  sts initials+1, r31
  rcall keys
  lds r26, heads
  lds r27, heads+1
  close_head 0
  close_head 1
  sts heads, r26
  sts heads+1, r27
  call stream_values
  ; the next two heads
  lds r20, head_size
  lsl r20
  lds r18, queries+2
  lds r19, queries+3
  add r18, r20
  adc r19, ZERO
  sts queries, r18
  sts queries+1, r19
  ldi r18, 4
  mul r20, r18
  lds r18, sums
  lds r19, sums+1
  add r18, r0
  adc r19, r1
  clr r1
  sts sums, r18
  sts sums+1, r19
  lds r18, kv_heads
  dec r18
  sts kv_heads, r18
  breq 2f
  rjmp 1b
2:
  restore_all_and_return

#define MOST 66051         /* (2^23 - 64) / 127: products with any key then fit 23 bits and a sign */

; q r25:r24, n r22, initial r21:r20
.global stream_prepare
.type stream_prepare, @function
stream_prepare:
  push r16
  push r17
  movw r26, r24
  movw r30, r20
  ; the sum r18:r16, the magnitudes' sum r21:r19
  clr r16
  clr r17
  clr r18
  clr r19
  clr r20
  clr r21
1:
  ld r24, X+
  ld r25, X+
  mov r23, r25
  lsl r23
  sbc r23, r23
  add r16, r24
  adc r17, r25
  adc r18, r23
  eor r24, r23
  eor r25, r23
  sub r24, r23
  sbc r25, r23
  add r19, r24
  adc r20, r25
  adc r21, r1
  dec r22
  brne 1b
  ; -128 times the sum: -256 times, halved
  clr r23
  asr r18
  ror r17
  ror r16
  ror r23
  neg r23
  st Z, r23
  ldi r23, 0
  sbc r23, r16
  std Z+1, r23
  ldi r23, 0
  sbc r23, r17
  std Z+2, r23
  subi r19, lo8(MOST + 1)
  sbci r20, hi8(MOST + 1)
  sbci r21, hlo8(MOST + 1)
  sbc r24, r24           ; borrow: at most MOST
  pop r17
  pop r16
  ret

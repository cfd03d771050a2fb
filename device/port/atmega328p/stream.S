; SPDX-License-Identifier: MIT
; stream.h. The eight clocks of an SPI byte take 16 cycles, and the hardware one more. A byte is read before
; the next one is started: the other way round, an interrupt in between would let the next one take its place.
#include <avr/io.h>

#define DATA _SFR_IO_ADDR(SPDR)

.section .text.stream

; Products of a weight with the low and high byte of x go to two sums of 24 bits, b:a, folded at the end.
#define WEIGHT r22
#define X_LOW r23
#define X_HIGH r25
#define SIGN r24
#define A0 r18
#define A1 r19
#define A2 r20
#define B0 r21
#define B1 r30
#define B2 r31
#define ALL_ONES r17
#define COUNT r16

; 16 cycles
.macro multiply_add weight
  ld X_LOW, X+
  ld X_HIGH, X+
  mulsu \weight, X_LOW
  sbc SIGN, SIGN
  add A0, r0
  adc A1, r1
  adc A2, SIGN
  muls \weight, X_HIGH
  sbc SIGN, SIGN
  add B0, r0
  adc B1, r1
  adc B2, SIGN
.endm

.macro next_byte to
  in \to, DATA
  out DATA, ALL_ONES
.endm

; a + b * 256 to r25:r22
.macro fold
  clr r25
  sbrc A2, 7
  com r25
  mov r22, A0
  mov r23, A1
  mov r24, A2
  add r23, B0
  adc r24, B1
  adc r25, B2
  clr r1
.endm

#define UNROLLED 16
#define WORDS_OF_ONE 14

; Sets COUNT and Z for n weights (1..256, 0 meaning 256) in r22: the loop is entered so that n % 16 remain of
; its first round.
.macro prepare_dot
  mov COUNT, r22
  neg r22
  andi r22, UNROLLED - 1
  ldi r23, WORDS_OF_ONE
  mul r22, r23
  ldi r30, lo8(gs(weights))
  ldi r31, hi8(gs(weights))
  add r30, r0
  adc r31, r1
  dec COUNT
  swap COUNT
  andi COUNT, 0x0f
  inc COUNT
.endm

; The loop as a subroutine: COUNT rounds, the first from Z on. X moves on.
dot:
  clr A0
  clr A1
  clr A2
  clr B0
  push r30
  push r31
  clr B1
  clr B2
  ret
weights:
  .rept UNROLLED
  next_byte WEIGHT
  multiply_add WEIGHT
  .endr
  dec COUNT
  breq 1f
  rjmp weights
1:
  fold
  ret

.global stream_dot_s8
.type stream_dot_s8, @function
stream_dot_s8:
  push r16
  push r17
  movw r26, r24
  ldi ALL_ONES, 0xff
  prepare_dot
  rcall dot
  pop r17
  pop r16
  ret

; Both sums and multipliers of a block, over the ends of the card's blocks. pair r25:r24, x r23:r22, cols r20
#define TOTAL0 r2          /* of a row in two pieces */
#define TOTAL1 r3
#define TOTAL2 r4
#define TOTAL3 r5
#define PIECE_X r6         /* and r7 */
#define REST r8
#define COLS r9
#define ROUNDS r10
#define SURPLUS r11
#define ROW_X r12          /* and r13 */
#define ENTRY r14          /* and r15: Z of a row in one piece */
.global stream_pair_s8
.type stream_pair_s8, @function
stream_pair_s8:
  .irp reg, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14, r15, r16, r17, r28, r29
  push \reg
  .endr
  movw r28, r24
  movw ROW_X, r22
  ldi ALL_ONES, 0xff
  mov COLS, r20
  mov r22, r20
  neg r20
  andi r20, 3
  mov SURPLUS, r20
  prepare_dot
  movw ENTRY, r30
  mov ROUNDS, COUNT
  clr r1
  rcall row
  rcall row
  ; the multipliers
  lds r24, card_left
  lds r25, card_left+1
  sbiw r24, 4
  brcs 2f
  sts card_left, r24
  sts card_left+1, r25
  ldi r24, 4
1:
  in r22, DATA
  out DATA, ALL_ONES
  st Y+, r22
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  nop
  dec r24
  brne 1b
  rjmp 4f
2:
  ldi r16, 4
3:
  call card_stream_u8
  st Y+, r24
  dec r16
  brne 3b
4:
  .irp reg, r29, r28, r17, r16, r15, r14, r13, r12, r11, r10, r9, r8, r7, r6, r5, r4, r3, r2
  pop \reg
  .endr
  ret

; A row's sum to Y+.
row:
  movw r26, ROW_X
  lds r24, card_left
  lds r25, card_left+1
  sub r24, COLS
  sbc r25, r1
  brcs split
  sts card_left, r24
  sts card_left+1, r25
  movw r30, ENTRY
  mov COUNT, ROUNDS
  rcall dot
1:
  st Y+, r22
  st Y+, r23
  st Y+, r24
  st Y+, r25
  mov r24, SURPLUS
  cpse r24, r1
  rjmp surplus
  ret
surplus:
  clr r25
  jmp card_stream_skip

; What is left of the card's block, then the rest from the next.
split:
  clr TOTAL0
  clr TOTAL1
  movw TOTAL2, TOTAL0
  add r24, COLS          ; card_left, below 256
  mov REST, COLS
  breq 3f
2:
  mov r22, r24
  sub REST, r24
  lds r25, card_left
  sub r25, r24
  sts card_left, r25
  lds r25, card_left+1
  sbc r25, r1
  sts card_left+1, r25
  prepare_dot
  clr r1
  rcall dot
  add TOTAL0, r22
  adc TOTAL1, r23
  adc TOTAL2, r24
  adc TOTAL3, r25
  tst REST
  breq 4f
3:
  movw PIECE_X, r26
  call card_stream_next_block
  movw r26, PIECE_X
  mov r24, REST          ; a block holds any row
  rjmp 2b
4:
  movw r22, TOTAL0
  movw r24, TOTAL2
  rjmp 1b

; 4-bit weights stand in the high nibble of a byte while they are multiplied: the sums are 16 times too large
.global stream_dot_s4
.type stream_dot_s4, @function
stream_dot_s4:
  push r16
  push r17
  movw r26, r24
  mov COUNT, r22
  ldi ALL_ONES, 0xff
  clr A0
  clr A1
  clr A2
  clr B0
  clr B1
  clr B2
1:
  next_byte WEIGHT
  push WEIGHT
  swap WEIGHT
  andi WEIGHT, 0xf0
  multiply_add WEIGHT
  pop WEIGHT
  andi WEIGHT, 0xf0
  multiply_add WEIGHT
  dec COUNT
  breq 2f
  rjmp 1b
2:
  fold
  ldi r18, 4
3:
  asr r25
  ror r24
  ror r23
  ror r22
  dec r18
  brne 3b
  pop r17
  pop r16
  ret

.global stream_u16
.type stream_u16, @function
stream_u16:
  ldi r23, 0xff
  in r24, DATA
  out DATA, r23
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  in r25, DATA
  out DATA, r23
  rjmp .
  rjmp .
  ret

; 18 cycles per byte
.global stream_read
.type stream_read, @function
stream_read:
  movw r26, r24
  ldi r25, 0xff
1:
  in r24, DATA
  out DATA, r25
  st X+, r24
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  subi r22, 1
  sbci r23, 0
  brne 1b
  ret

.global stream_skip
.type stream_skip, @function
stream_skip:
  ldi r23, 0xff
1:
  out DATA, r23
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  sbiw r24, 1
  brne 1b
  ret

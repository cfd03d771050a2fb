; SPDX-License-Identifier: MIT
; stream_matvec of stream.h, and what becomes of the sums: the emit functions of engine/matvec.h, which are called
; with registers of their own (below).
;
; A block of two rows with its multipliers, in cycles: 18 per weight, 4 more per 16 weights and about 60 per row;
; then each row's product with its multiplier, about 80, while the next byte is on its way.
#include <avr/io.h>

#include "kernels/arch/avr/save_all.inc"
#include "port/atmega328p/offsets.inc"

#define DATA _SFR_IO_ADDR(SPDR)

#define BASE r2            /* and r3: x */
#define ROW_BYTES r4
#define ROW_BYTES_HIGH r5
#define OUT r6             /* and r7: where the next result goes */
#define LEFT r10           /* of the card's block */
#define LEFT_HIGH r11
#define OTHER0 r12         /* the sum of the block's other row */
#define OTHER1 r13
#define OTHER2 r14
#define OTHER3 r15
#define COUNT r16
#define ALL_ONES r17

; variables, in the memory of stream_attention.S, which is not used meanwhile
#define entry stream_variables      /* and the byte after it: into the loop, for a whole row */
#define rounds stream_variables+2   /* of the loop */
#define blocks stream_variables+3   /* and the byte after it: left */
#define rest stream_variables+5     /* and the byte after it: of a row in pieces */

.section .text.stream_matvec

; --- weights times x ---

; Products of a weight with the low and high byte of x go to two sums of 24 bits, folded at the end.
#define SIGN r18
#define X_HIGH r19
#define WEIGHT r20
#define X_LOW r21
#define A0 r22
#define A1 r23
#define A2 r24
#define B0 r8
#define B1 r9
#define B2 r25

; 16 cycles
.macro multiply_add
  ld X_LOW, X+
  ld X_HIGH, X+
  mulsu WEIGHT, X_LOW
  sbc SIGN, SIGN
  add A0, r0
  adc A1, r1
  adc A2, SIGN
  muls WEIGHT, X_HIGH
  sbc SIGN, SIGN
  add B0, r0
  adc B1, r1
  adc B2, SIGN
.endm

.macro next_byte to
  in \to, DATA
  out DATA, ALL_ONES
.endm

#define UNROLLED 16
#define WORDS_OF_ONE 14

; Z and COUNT for a row, or a piece of one, of r22 bytes (1..255): the loop is entered so that n % 16 remain of
; its first round.
prepare:
  mov COUNT, r22
  ldd r18, Y+JOB_BITS
  cpi r18, 8
  brne 1f
  neg r22
  andi r22, UNROLLED - 1
  ldi r23, WORDS_OF_ONE
  mul r22, r23
  ldi r30, lo8(gs(weights))
  ldi r31, hi8(gs(weights))
  add r30, r0
  adc r31, r1
  clr r1
  dec COUNT
  swap COUNT
  andi COUNT, 0x0f
  inc COUNT
  ret
1:
  ldi r30, lo8(gs(weights_s4))
  ldi r31, hi8(gs(weights_s4))
  ret

split_row:
  rjmp split

; The next row's sum to r25:r22. Padding counts as weights of zero, whatever x holds there.
row:
  cpse ROW_BYTES_HIGH, r1
  rjmp split
  cp LEFT, ROW_BYTES
  cpc LEFT_HIGH, r1
  brlo split_row
  sub LEFT, ROW_BYTES
  sbc LEFT_HIGH, r1
  lds r30, entry
  lds r31, entry+1
  lds COUNT, rounds
  movw r26, BASE
  ; on to dot

; The sum of a row or a piece to r25:r22, from Z and COUNT as prepare leaves them. X moves on.
dot:
  clr A0
  clr A1
  clr A2
  clr B0
  clr B1
  clr B2
  ijmp
weights:
  .rept UNROLLED
  next_byte WEIGHT
  multiply_add
  .endr
  dec COUNT
  breq fold
  rjmp weights
fold:
  mov SIGN, A2
  lsl SIGN
  sbc SIGN, SIGN
  add A1, B0
  adc A2, B1
  adc B2, SIGN
  clr r1
  ret

; 4-bit weights stand in the high nibble of a byte while they are multiplied: the sums are 16 times too large.
; The padding of an odd row is a weight of zero.
weights_s4:
  next_byte WEIGHT
  mov r30, WEIGHT
  swap WEIGHT
  andi WEIGHT, 0xf0
  multiply_add
  mov WEIGHT, r30
  andi WEIGHT, 0xf0
  multiply_add
  dec COUNT
  brne weights_s4
  rcall fold
  ldi COUNT, 4
1:
  asr r25
  ror r24
  ror r23
  ror r22
  dec COUNT
  brne 1b
  ret

; The row in pieces of at most 240 bytes, none over the end of a block of the card.
#define PIECE 240
split:
  push OTHER0
  push OTHER1
  push OTHER2
  push OTHER3
  clr OTHER0
  clr OTHER1
  movw OTHER2, OTHER0
  sts rest, ROW_BYTES
  sts rest+1, ROW_BYTES_HIGH
  movw r26, BASE
1:
  rcall within_block
  lds r18, rest
  lds r19, rest+1
  movw r22, r18
  cp LEFT, r22
  cpc LEFT_HIGH, r23
  brsh 2f
  movw r22, LEFT
2:
  cpi r22, PIECE
  cpc r23, r1
  brlo 3f
  ldi r22, PIECE
3:
  sub LEFT, r22
  sbc LEFT_HIGH, r1
  sub r18, r22
  sbc r19, r1
  sts rest, r18
  sts rest+1, r19
  rcall prepare
  rcall dot
  add OTHER0, r22
  adc OTHER1, r23
  adc OTHER2, r24
  adc OTHER3, r25
  lds r22, rest
  lds r23, rest+1
  or r22, r23
  brne 1b
  movw r22, OTHER0
  movw r24, OTHER2
  pop OTHER3
  pop OTHER2
  pop OTHER1
  pop OTHER0
  ret

; On to the card's next block if this one is used up. Keeps r25:r22 and X.
within_block:
  cp LEFT, r1
  cpc LEFT_HIGH, r1
  breq 1f
  ret
1:
  .irp reg, r22, r23, r24, r25, r26, r27
  push \reg
  .endr
  call card_stream_next_block
  lds LEFT, card_left
  lds LEFT_HIGH, card_left+1
  .irp reg, r27, r26, r25, r24, r23, r22
  pop \reg
  .endr
  ret

; --- the matrix ---

; job r25:r24, row_bytes r23:r22
.global stream_matvec
.type stream_matvec, @function
stream_matvec:
  save_all
  movw r28, r24
  movw ROW_BYTES, r22
  ldd BASE, Y+JOB_X
  ldd r3, Y+JOB_X+1
  ldd OUT, Y+JOB_TO
  ldd r7, Y+JOB_TO+1
  lds LEFT, card_left
  lds LEFT_HIGH, card_left+1
  ldd r24, Y+JOB_BLOCKS
  ldd r25, Y+JOB_BLOCKS+1
  sts blocks, r24
  sts blocks+1, r25
  ldi ALL_ONES, 0xff
  rcall prepare
  sts entry, r30
  sts entry+1, r31
  sts rounds, COUNT
1:
  rcall row
  movw OTHER0, r22
  movw OTHER2, r24
  rcall row
  rcall within_block
  ; the multipliers: everything on the tape is a multiple of 4 bytes, so the card's block has all of them
  next_byte r20
  ldi r19, 4
  sub LEFT, r19
  sbc LEFT_HIGH, r1
  movw r30, r22
  movw r26, r24
  movw r22, OTHER0
  movw r24, OTHER2
  movw OTHER0, r30
  movw OTHER2, r26
  ldd r18, Y+JOB_SHIFT
  ldd r30, Y+JOB_EMIT
  ldd r31, Y+JOB_EMIT+1
  nop
  next_byte r21
  icall
  next_byte r20
  movw r22, OTHER0
  movw r24, OTHER2
  ldd r18, Y+JOB_SHIFT+1
  ldd r30, Y+JOB_EMIT
  ldd r31, Y+JOB_EMIT+1
  adiw r30, 1
  rjmp .
  rjmp .
  rjmp .
  next_byte r21
  icall
  lds r24, blocks
  lds r25, blocks+1
  sbiw r24, 1
  sts blocks, r24
  sts blocks+1, r25
  brne 1b
  sts card_left, LEFT
  sts card_left+1, LEFT_HIGH
  restore_all_and_return

; --- the emit functions ---
;
; One is called for each row of a block: acc r25:r22, multiplier r21:r20, shift r18, Y the job. The first row
; enters at its first word, the second at its second. All but r2..r15 and Y may change; ALL_ONES is set again.

.section .text.matvec_store_s16
.global matvec_store_s16
matvec_store_s16:
  nop
  call requantize_saturated
store_s16:
  movw r30, OUT
  st Z+, r24
  st Z+, r25
  movw OUT, r30
  ldi ALL_ONES, 0xff
  ret

.global matvec_store_hidden
matvec_store_hidden:
  rjmp 1f
  call requantize_saturated
  movw r22, r24
  movw r30, OUT
  ld r24, Z
  ldd r25, Z+1
  ldd r26, Y+JOB_GATE_UP
  ldd r27, Y+JOB_GATE_UP+1
  ld r20, X+
  ld r18, X
  call swiglu_s16
  rjmp store_s16
1: ; the gate waits where the result will be
  call requantize_saturated
  movw r30, OUT
  st Z, r24
  std Z+1, r25
  ldi ALL_ONES, 0xff
  ret

.section .text.matvec_store_s32
.global matvec_store_s32
matvec_store_s32:
  nop
  call requantize_scale
  movw r22, r30
  movw r30, OUT
  st Z+, r27
  st Z+, r22
  st Z+, r23
  st Z+, r16
  movw OUT, r30
  ldi ALL_ONES, 0xff
  ret

.section .text.matvec_add_s32
.global matvec_add_s32
matvec_add_s32:
  nop
  call requantize_scale
  movw r22, r30
  movw r30, OUT
  ld r0, Z
  add r0, r27
  st Z+, r0
  .irp byte, r22, r23, r16
  ld r0, Z
  adc r0, \byte
  st Z+, r0
  .endr
  movw OUT, r30
  ldi ALL_ONES, 0xff
  ret

; SPDX-License-Identifier: MIT
; stream.h. The eight clocks of an SPI byte take 16 cycles, and the hardware one more. A byte is read before
; the next one is started: the other way round, an interrupt in between would let the next one take its place.
#include <avr/io.h>

#include "kernels/arch/avr/save_all.inc"

#define DATA _SFR_IO_ADDR(SPDR)

.section .text.stream

.global stream_u16
.type stream_u16, @function
stream_u16:
  ldi r23, 0xff
  in r24, DATA
  out DATA, r23
  rcall 1f
  in r25, DATA
  out DATA, r23
  rjmp .
  rjmp .
  ret
1: ; 16 cycles, with the rcall
  nop
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  ret

.global stream_u32
.type stream_u32, @function
stream_u32:
  rcall stream_u16
  movw r18, r24
  rjmp .
  nop
  rcall stream_u16
  movw r22, r18
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

; CRC16 of the bytes so far r21:r20, which are n r23:r22 more from r25:r24 on: 29 cycles per byte
.global stream_send
.type stream_send, @function
stream_send:
  movw r26, r24
1:
  ld r18, X+
  out DATA, r18
  eor r21, r18
  mov r18, r21
  swap r18
  andi r18, 0x0f
  eor r21, r18           ; x = the upper byte, its upper half xored to its lower one
  mov r18, r21
  swap r18
  mov r19, r18
  andi r18, 0xf0
  eor r20, r18           ; x << 12
  lsl r19
  andi r19, 0xe0
  eor r19, r21           ; x << 5, and x itself
  lsr r21
  lsr r21
  lsr r21
  eor r21, r20
  mov r20, r19
  subi r22, 1
  sbci r23, 0
  brne 1b
  movw r24, r20
  ret

; From a block's last byte, the CRC's first being on its way, to the next block's first. Returns the token, or what
; came instead of one: all ones after 65536 bytes.
.global stream_next_block
.type stream_next_block, @function
stream_next_block:
  ldi r23, 0xff
  clr r26
  clr r27
  ldi r22, 2             ; the CRC: no cycles are left to check it
1:
  rcall 3f
  dec r22
  brne 1b
2:
  rcall 3f
  cpi r24, 0xff
  brne 4f
  sbiw r26, 1
  brne 2b
4:
  ret
3:
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  in r24, DATA
  out DATA, r23
  ret

; a (n) times the gains of the stream: a r25:r24, n r23:r22, shift r20. A gain, as all on the tape, is within a block
#define A_LOW r16
#define A_HIGH r17
#define GAIN_LOW r18
#define GAIN_HIGH r19
#define ZERO r2
#define SHIFT r3
#define UP r5              /* 16 - shift, where the shift is one of 9..16 */
#define N r6               /* and r7 */
.global stream_gains
.type stream_gains, @function
stream_gains:
  save_all
  movw r28, r24
  clr ZERO
  mov SHIFT, r20
  movw N, r22
  ldi r24, 16
  sub r24, r20
  mov UP, r24
1:
  lds r24, card_left
  lds r25, card_left+1
  sbiw r24, 0
  brne 2f
  clr r1
  call card_stream_next_block
  lds r24, card_left
  lds r25, card_left+1
2:
  sbiw r24, 2
  sts card_left, r24
  sts card_left+1, r25
  ldi r24, 0xff
  in GAIN_LOW, DATA
  out DATA, r24
  ld A_LOW, Y
  ldd A_HIGH, Y+1
  mul A_LOW, GAIN_LOW
  movw r22, r0
  rjmp .
  rjmp .
  rjmp .
  rjmp .
  nop
  in GAIN_HIGH, DATA
  ldi r24, 0xff
  out DATA, r24
  muls A_HIGH, GAIN_HIGH
  movw r24, r0
  mulsu A_HIGH, GAIN_LOW
  sbc r25, ZERO
  add r23, r0
  adc r24, r1
  adc r25, ZERO
  mulsu GAIN_HIGH, A_LOW
  sbc r25, ZERO
  add r23, r0
  adc r24, r1
  adc r25, ZERO
  mov r20, UP
  cpi r20, 8
  brsh 5f
  mov r21, r25
  lsl r21
  sbc r21, r21
  rjmp 3f
2:
  lsl r22
  rol r23
  rol r24
  rol r25
  rol r21
3:
  dec r20
  brpl 2b
  lsl r23
  adc r24, ZERO
  adc r25, ZERO
  adc r21, ZERO
  mov r20, r25
  lsl r20
  sbc r20, r20
  cp r21, r20
  brne 6f
  cpi r25, 0x80
  cpc r24, ZERO
  breq 7f
4:
  st Y+, r24
  st Y+, r25
  movw r24, N
  sbiw r24, 1
  movw N, r24
  breq 8f
  rjmp 1b
8:
  clr r1
  restore_all_and_return
5:
  mov r20, SHIFT
  clr r1
  call rsh_s32
  call sat_s16
  rjmp 4b
6:
  ldi r24, 0xff
  ldi r25, 0x7f
  sbrs r21, 7
  rjmp 4b
7:
  ldi r24, 0x01
  ldi r25, 0x80
  rjmp 4b

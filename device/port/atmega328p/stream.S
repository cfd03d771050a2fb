; SPDX-License-Identifier: MIT
; stream.h. The eight clocks of an SPI byte take 16 cycles, and the hardware one more. A byte is read before
; the next one is started: the other way round, an interrupt in between would let the next one take its place.
#include <avr/io.h>

#define DATA _SFR_IO_ADDR(SPDR)

.section .text.stream

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

; SPDX-License-Identifier: MIT
; The interrupt of USART0: a byte has arrived. About 50 cycles of the 320 that a byte takes at 500 kbaud.

#include <avr/io.h>

#include "port/atmega328p/uart_ring.h"

.section .text.uart_receive

.global USART_RX_vect
USART_RX_vect:
  push r24
  in r24, _SFR_IO_ADDR(SREG)
  push r24
  push r25
  push r30
  push r31
  lds r24, UCSR0A
  lds r25, UDR0
  sbrc r24, FE0
  rjmp framing_error
1:
  sbrc r24, DOR0
  rcall lost             ; the byte before this one
  in r30, _SFR_IO_ADDR(UART_HEAD)
  mov r24, r30
  inc r24
  cpi r24, UART_RING_BYTES
  brne 2f
  clr r24
2:
  in r31, _SFR_IO_ADDR(UART_TAIL)
  cp r24, r31
  breq full
  out _SFR_IO_ADDR(UART_HEAD), r24
  ldi r31, 0
  subi r30, lo8(-(uart_ring))
  sbci r31, hi8(-(uart_ring))
  st Z, r25
3:
  pop r31
  pop r30
  pop r25
  pop r24
  out _SFR_IO_ADDR(SREG), r24
  pop r24
  reti

full:
  rcall lost
  rjmp 3b

lost:
  lds r31, uart_overruns
  inc r31
  breq 4f                ; 255 stands for more
  sts uart_overruns, r31
4:
  ret

; The sender may use the other rate.
framing_error:
  lds r30, uart_framing_errors
  inc r30
  cpi r30, UART_PATIENCE
  brne 5f
  lds r31, UBRR0L
  ldi r30, UART_BOTH_RATES
  sub r30, r31
  sts UBRR0L, r30
  clr r30
5:
  sts uart_framing_errors, r30
  rjmp 1b

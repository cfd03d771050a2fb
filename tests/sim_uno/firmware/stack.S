; SPDX-License-Identifier: MIT
; Pushes DEPTH bytes below a variable area of STATIC bytes.
#include <avr/io.h>

        .section .bss
variables:
        .skip STATIC
        .text
        .global main
main:   ldi r24, DEPTH
1:      push r24
        dec r24
        brne 1b
        out _SFR_IO_ADDR(GPIOR0), r24
        cli
        ldi r24, 1
        out _SFR_IO_ADDR(SMCR), r24
        sleep

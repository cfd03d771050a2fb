; SPDX-License-Identifier: MIT
; Marks around instructions whose cycles the data sheet states, and around an interrupt.
#include <avr/io.h>

#define MARK(n) ldi r24, n $ out _SFR_IO_ADDR(GPIOR0), r24

        .text
        .global main
main:   ldi r26, 0x00
        ldi r27, 0x02
        MARK(1)                 ; each mark itself costs 2: ldi, out
        MARK(2)
        ld r0, X+               ; 2
        st X, r0                ; 2
        muls r16, r17           ; 2
        adiw r26, 1             ; 2
        MARK(3)
        lpm r0, Z               ; 3
        push r0                 ; 2
        pop r0                  ; 2
        rcall 1f                ; 3 + 4
        MARK(4)
        sbi _SFR_IO_ADDR(DDRD), 2
        ldi r24, 1
        sts EICRA, r24                  ; INT0 on any change of a pin that we drive ourselves
        out _SFR_IO_ADDR(EIMSK), r24
        out _SFR_IO_ADDR(EIFR), r24
        sei
        MARK(5)
        sbi _SFR_IO_ADDR(PORTD), 2      ; 2, then 4 to enter, 3 for the jump in the vector
        nop
        nop
        nop
        MARK(7)                         ; reti 4
        cli
        ldi r24, 1
        out _SFR_IO_ADDR(SMCR), r24
        sleep
1:      ret

        .global INT0_vect
INT0_vect:
        MARK(6)
        reti

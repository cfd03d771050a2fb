; SPDX-License-Identifier: MIT
; rsh_s32, sat_s16 and sat_s8 of kernels/arithmetic.h

.section .text.arithmetic

; v r25:r22, s r20. Whole bytes are dropped; the bits before go down, or up where that is shorter, in which case one
; byte more is dropped.
.global rsh_s32
.type rsh_s32, @function
rsh_s32:
  mov r21, r25
  lsl r21
  sbc r21, r21
1:
  cpi r20, 8
  brlo 2f
  subi r20, 8
  breq 5f
  mov r22, r23
  mov r23, r24
  mov r24, r25
  mov r25, r21
  rjmp 1b
2:
  cpi r20, 5
  brsh 4f
  subi r20, 1
  brcs 7f
  rjmp 3f
6:
  asr r25
  ror r24
  ror r23
  ror r22
3:
  subi r20, 1
  brcc 6b
  asr r25
  ror r24
  ror r23
  ror r22
  rjmp 8f
4:
  lsl r22
  rol r23
  rol r24
  rol r25
  rol r21
  inc r20
  cpi r20, 8
  brne 4b
5: ; the last byte: its upper bit is half of the new unit
  lsl r22
  mov r22, r23
  mov r23, r24
  mov r24, r25
  mov r25, r21
8:
  adc r22, r1
  adc r23, r1
  adc r24, r1
  adc r25, r1
7:
  ret

; v r25:r22
.global sat_s16
.type sat_s16, @function
sat_s16:
  ; what is above 16 bits must repeat their sign
  mov r18, r23
  lsl r18
  sbc r18, r18
  cp r24, r18
  cpc r25, r18
  brne 1f
  movw r24, r22
  cpi r25, 0x80
  brne 3f
  tst r24
  brne 3f
  rjmp 2f
1:
  tst r25
  brmi 2f
  ldi r24, 0xff
  ldi r25, 0x7f
  ret
2:
  ldi r24, 0x01
  ldi r25, 0x80
3:
  ret

.global sat_s8
.type sat_s8, @function
sat_s8:
  mov r18, r22
  lsl r18
  sbc r18, r18
  cp r23, r18
  cpc r24, r18
  cpc r25, r18
  brne 1f
  mov r24, r22
  cpi r24, 0x80
  breq 2f
  ret
1:
  ldi r24, 0x7f
  tst r25
  brpl 3f
2:
  ldi r24, 0x81
3:
  ret

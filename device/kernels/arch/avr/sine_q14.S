; SPDX-License-Identifier: MIT
; sine_q14 of kernels.h

.section .progmem.sine, "a"
; round(16384 * sin(pi/2 * k/32)): a quarter of a turn
quarter:
  .word 0, 804, 1606, 2404, 3196, 3981, 4756, 5520, 6270, 7005, 7723
  .word 8423, 9102, 9760, 10394, 11003, 11585, 12140, 12665, 13160, 13623, 14053
  .word 14449, 14811, 15137, 15426, 15679, 15893, 16069, 16207, 16305, 16364, 16384

.section .text.sine

; phase r25:r22. 70 cycles
.global sine_q14
.type sine_q14, @function
sine_q14:
  bst r25, 7
  sbrs r25, 6
  rjmp 1f
  com r25                ; back from half a turn
  com r24
  com r23
  neg r22
  sbci r23, 0xff
  sbci r24, 0xff
  sbci r25, 0xff
1:
  andi r25, 0x7f
  lsr r25                ; k, and r
  ror r24
  mov r30, r25
  lsl r30
  clr r31
  subi r30, lo8(-(quarter))
  sbci r31, hi8(-(quarter))
  lpm r18, Z+
  lpm r19, Z+
  lpm r20, Z+
  lpm r21, Z
  ; v = r19:r18 + (step * r + 128) / 256
  sub r20, r18
  sbc r21, r19
  mul r21, r24
  movw r22, r0
  mul r20, r24
  ldi r25, 0x80
  add r0, r25
  adc r22, r1
  clr r1
  adc r23, r1
  add r18, r22
  adc r19, r23
  movw r24, r18
  brtc 2f
  com r25
  neg r24
  sbci r25, 0xff
2:
  ret

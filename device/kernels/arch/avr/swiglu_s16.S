; SPDX-License-Identifier: MIT
; sigmoid_q15 and swiglu_s16 of kernels.h

.section .text.swiglu

; g r25:r24, gate_frac r22. Leaves r18, r20 and r21 as they are.
.global sigmoid_q15
.type sigmoid_q15, @function
sigmoid_q15:
  movw r26, r24
  sbrs r25, 7
  rjmp 1f
  com r27
  neg r26
  sbci r27, 0xff
1:
  ; a = |g| * 2^(12 - gate_frac), as long as it is below 64 steps of the table
  ldi r23, 12
  sub r23, r22
2:
  sbrc r27, 7
  rjmp 5f
  subi r23, 1
  brcs 3f
  lsl r26
  rol r27
  rjmp 2b
3:
  mov r30, r27
  andi r30, 0xfe
  clr r31
  subi r30, lo8(-(sigmoid_positive))
  sbci r31, hi8(-(sigmoid_positive))
  lpm r22, Z+
  lpm r23, Z+
  lpm r0, Z+
  lpm r31, Z
  mov r30, r0
  sub r30, r22
  sbc r31, r23
  ; r31:r30 is the step, (r27 & 1):r26 the remainder; r19:r24 = (their product + 256) / 256
  mul r31, r26
  mov r24, r0
  mov r19, r1
  mul r30, r26
  sec
  adc r24, r1
  clr r1
  adc r19, r1
  sbrs r27, 0
  rjmp 4f
  add r24, r30
  adc r19, r31
4:
  lsr r19
  ror r24
  add r22, r24
  adc r23, r19
  rjmp 6f
5:
  ldi r22, lo8(32757)
  ldi r23, hi8(32757)
6:
  sbrs r25, 7
  rjmp 7f
  clr r24
  ldi r25, 0x80
  sub r24, r22
  sbc r25, r23
  ret
7:
  movw r24, r22
  ret

; gate r25:r24, up r23:r22, gate_frac r20, hidden_shift r18
.global swiglu_s16
.type swiglu_s16, @function
swiglu_s16:
  push r16
  push r17
  movw r16, r24
  mov r19, r20
  movw r20, r22
  mov r22, r19
  rcall sigmoid_q15
  ; r31:r30 = z = rsh(gate * sigmoid, 15)
  movw r22, r24
  mulsu r17, r23
  movw r30, r0
  mul r16, r22
  movw r26, r0
  clr r19
  mul r16, r23
  add r27, r0
  adc r30, r1
  adc r31, r19
  mulsu r17, r22
  sbc r31, r19
  add r27, r0
  adc r30, r1
  adc r31, r19
  lsl r26
  rol r27
  rol r30
  rol r31
  lsl r27
  adc r30, r19
  adc r31, r19
  ; z * up
  movw r16, r30
  muls r17, r21
  movw r24, r0
  mul r16, r20
  movw r22, r0
  mulsu r17, r20
  sbc r25, r19
  add r23, r0
  adc r24, r1
  adc r25, r19
  mulsu r21, r16
  sbc r25, r19
  add r23, r0
  adc r24, r1
  adc r25, r19
  clr r1
  mov r20, r18
  pop r17
  pop r16
  call rsh_s32
  jmp sat_s16

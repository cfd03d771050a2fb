; SPDX-License-Identifier: MIT
; attention_score_s8, attention_softmax and attention_value_s8 of kernels.h.
#include "kernels/arch/avr/offsets.inc"

.section .text.attention_score_s8

; q r25:r24, key r23:r22, n r20 (1..128). 26 cycles per element
.global attention_score_s8
.type attention_score_s8, @function
attention_score_s8:
  push r16
  push r17
  movw r26, r24
  movw r30, r22
  ; products with either byte of q go to sums of 24 bits, r24:r22 and r17:r16:r25
  clr r22
  clr r23
  clr r24
  clr r25
  clr r16
  clr r17
1:
  ld r18, Z+
  ld r19, X+
  mulsu r18, r19
  sbc r21, r21
  add r22, r0
  adc r23, r1
  adc r24, r21
  ld r19, X+
  muls r18, r19
  sbc r21, r21
  add r25, r0
  adc r16, r1
  adc r17, r21
  dec r20
  brne 1b
  mov r21, r24
  lsl r21
  sbc r21, r21
  add r23, r25
  adc r24, r16
  adc r21, r17
  mov r25, r21
  clr r1
  pop r17
  pop r16
  ret

.section .text.attention_value_s8

; sums r25:r24, value r23:r22, n r20 (1..255), head r19:r18. 45 cycles per element
.global attention_value_s8
.type attention_value_s8, @function
attention_value_s8:
  push r16
  push r17
  movw r30, r18
  ldd r17, Z+HEAD_RESCALE
  ldd r21, Z+HEAD_WEIGHT
  movw r26, r22
  ldd r22, Z+HEAD_WEIGHT+1
  movw r30, r24
  mov r16, r20
1:
  ld r23, Z
  ldd r24, Z+1
  ldd r25, Z+2
  ldd r19, Z+3
  mov r0, r17
  rjmp 3f
2:
  asr r19
  ror r25
  ror r24
  ror r23
3:
  dec r0
  brpl 2b
  ld r20, X+
  mulsu r20, r21
  sbc r18, r18
  add r23, r0
  adc r24, r1
  adc r25, r18
  adc r19, r18
  mulsu r20, r22
  sbc r18, r18
  add r24, r0
  adc r25, r1
  adc r19, r18
  st Z+, r23
  st Z+, r24
  st Z+, r25
  st Z+, r19
  dec r16
  brne 1b
  clr r1
  pop r17
  pop r16
  ret

.section .text.attention_softmax

; head r25:r24, first r22. 180 cycles, more when the maximum rises
.global attention_softmax
.type attention_softmax, @function
attention_softmax:
  push r28
  push r29
  movw r28, r24
  ; s r21:r18, m r25:r24
  ldd r18, Y+HEAD_SCORE
  ldd r19, Y+HEAD_SCORE+1
  ldd r20, Y+HEAD_SCORE+2
  ldd r21, Y+HEAD_SCORE+3
  mov r24, r19
  mov r25, r20
  cpse r18, r1
  adiw r24, 1
  std Y+HEAD_RESCALE, r1
  ldd r26, Y+HEAD_MAX
  ldd r27, Y+HEAD_MAX+1
  tst r22
  breq 1f
  std Y+HEAD_SUM, r1
  std Y+HEAD_SUM+1, r1
  std Y+HEAD_SUM+2, r1
  std Y+HEAD_SUM+3, r1
  rjmp 5f
1:
  cp r26, r24
  cpc r27, r25
  brge 6f
  ; P rises to m: by how many bits, at most 31
  movw r22, r24
  sub r22, r26
  sbc r23, r27
  cpi r22, 32
  cpc r23, r1
  brlo 2f
  ldi r22, 31
2:
  std Y+HEAD_RESCALE, r22
  ldd r23, Y+HEAD_SUM
  ldd r26, Y+HEAD_SUM+1
  ldd r27, Y+HEAD_SUM+2
  ldd r30, Y+HEAD_SUM+3
3:
  lsr r30
  ror r27
  ror r26
  ror r23
  dec r22
  brne 3b
  std Y+HEAD_SUM, r23
  std Y+HEAD_SUM+1, r26
  std Y+HEAD_SUM+2, r27
  std Y+HEAD_SUM+3, r30
5:
  movw r26, r24
  std Y+HEAD_MAX, r26
  std Y+HEAD_MAX+1, r27
6:
  ; d = 256 P - s = r21:r18
  mov r30, r27
  lsl r30
  sbc r30, r30
  clr r22
  sub r22, r18
  sbc r26, r19
  sbc r27, r20
  sbc r30, r21
  mov r18, r22
  clr r24
  clr r25
  or r27, r30
  brne 7f
  cpi r26, 16
  brsh 7f
  mov r24, r18
  call exp2_q15
  movw r22, r24
  clr r24
  clr r25
  mov r20, r26
  subi r20, -3
  call rsh_s32
  movw r24, r22
7:
  std Y+HEAD_WEIGHT, r24
  std Y+HEAD_WEIGHT+1, r25
  ldd r18, Y+HEAD_SUM
  add r18, r24
  std Y+HEAD_SUM, r18
  ldd r18, Y+HEAD_SUM+1
  adc r18, r25
  std Y+HEAD_SUM+1, r18
  ldd r18, Y+HEAD_SUM+2
  adc r18, r1
  std Y+HEAD_SUM+2, r18
  ldd r18, Y+HEAD_SUM+3
  adc r18, r1
  std Y+HEAD_SUM+3, r18
  pop r29
  pop r28
  ret

; SPDX-License-Identifier: MIT
; exp2_q15 of kernels.h

.section .text.exp2

.global exp2_q15
.type exp2_q15, @function
exp2_q15:
  mov r30, r24
  ldi r31, hi8(exp2_octave)
  lpm r24, Z
  inc r31
  lpm r25, Z
  ret

/* SPDX-License-Identifier: MIT */
/* void dot_pair_s4(int32_t acc[2], const uint8_t* rows, uint16_t row_bytes, const int16_t* x, uint16_t cols)
 *
 * Two columns a byte: the odd one is its upper half, which the load has widened; the even one takes a shift up and
 * one down.
 *
 *   a1 a2  rows   t0 t1  sums   a3  x   a5  where x ends, first of its whole eights   t2-t6  free
 */
  .macro even sum, byte
  slli t5, \byte, 28
  srai t5, t5, 28
  mul t5, t5, t3
  add \sum, \sum, t5
  .endm

  .macro odd sum, byte
  srai \byte, \byte, 4
  mul \byte, \byte, t4
  add \sum, \sum, \byte
  .endm

  .macro two_columns i
  lb t2, \i(a1)
  lb t6, \i(a2)
  lh t3, 4*\i(a3)
  lh t4, 4*\i+2(a3)
  even t0, t2
  odd t0, t2
  even t1, t6
  odd t1, t6
  .endm

  .macro move_on bytes
  addi a3, a3, 4*\bytes
  addi a1, a1, \bytes
  addi a2, a2, \bytes
  .endm

  .section .text.dot_pair_s4, "ax"
  .global dot_pair_s4
  .type dot_pair_s4, @function
dot_pair_s4:
  add a2, a1, a2
  li t0, 0
  li t1, 0
  andi a5, a4, -8
  slli a5, a5, 1
  add a5, a5, a3
  beq a3, a5, 2f
1:
  two_columns 0
  two_columns 1
  two_columns 2
  two_columns 3
  move_on 4
  bne a3, a5, 1b
2:
  andi a5, a4, 6
  slli a5, a5, 1
  add a5, a5, a3
  beq a3, a5, 4f
3:
  two_columns 0
  move_on 1
  bne a3, a5, 3b
4:
  andi a4, a4, 1
  beqz a4, 5f
  lb t2, 0(a1)
  lb t6, 0(a2)
  lh t3, 0(a3)
  even t0, t2
  even t1, t6
5:
  sw t0, 0(a0)
  sw t1, 4(a0)
  ret
  .size dot_pair_s4, . - dot_pair_s4

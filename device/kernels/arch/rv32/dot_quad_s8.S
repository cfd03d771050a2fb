/* SPDX-License-Identifier: MIT */
/* void dot_quad_s8(int32_t acc[4], const uint8_t* blocks, uint16_t row_bytes, const int16_t* x, uint16_t cols)
 *
 * A load that widens, a product and a sum for each weight, and one load of x for four of them: 13 instructions a
 * column, without what a compiler spills that schedules many columns at once.
 *
 *   a1 a5 a6 a7  rows   t0-t3  sums   a3  x   a2  where x ends, first of its whole sixteens   t4-t6, a4  free
 */
  .macro column i
  lh t4, 2*\i(a3)
  lb t5, \i(a1)
  lb t6, \i(a5)
  mul t5, t5, t4
  mul t6, t6, t4
  add t0, t0, t5
  add t1, t1, t6
  lb t5, \i(a6)
  lb t6, \i(a7)
  mul t5, t5, t4
  mul t6, t6, t4
  add t2, t2, t5
  add t3, t3, t6
  .endm

  .macro move_on columns
  addi a3, a3, 2*\columns
  addi a1, a1, \columns
  addi a5, a5, \columns
  addi a6, a6, \columns
  addi a7, a7, \columns
  .endm

  .section .text.dot_quad_s8, "ax"
  .global dot_quad_s8
  .type dot_quad_s8, @function
dot_quad_s8:
  add a5, a1, a2
  add a6, a5, a2
  addi a6, a6, 4 /* the multipliers of the first block */
  add a7, a6, a2
  li t0, 0
  li t1, 0
  li t2, 0
  li t3, 0
  andi a2, a4, -16
  slli a2, a2, 1
  add a2, a2, a3
  beq a3, a2, 2f
1:
  .irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  column \i
  .endr
  move_on 16
  bne a3, a2, 1b
2:
  andi a4, a4, 15
  slli a4, a4, 1
  add a2, a3, a4
  beq a3, a2, 4f
3:
  column 0
  move_on 1
  bne a3, a2, 3b
4:
  sw t0, 0(a0)
  sw t1, 4(a0)
  sw t2, 8(a0)
  sw t3, 12(a0)
  ret
  .size dot_quad_s8, . - dot_quad_s8

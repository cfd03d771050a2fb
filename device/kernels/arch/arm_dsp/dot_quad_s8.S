/* SPDX-License-Identifier: MIT */
/* void dot_quad_s8(int32_t acc[4], const uint8_t* blocks, uint16_t row_bytes, const int16_t* x, uint16_t cols)
 *
 * Four columns of four rows: x is packed once as columns (0, 2) and (1, 3), and the bytes of each row's word are
 * widened alike; then two products an instruction. 23 instructions for 16 products. All registers are in use:
 *
 *   r4-r7  sums   r8-r11  rows   r3  x   r2  count   r12  x of columns 0, 2   lr  x of columns 1, 3   r0, r1  free
 */
  .syntax unified
  .thumb

  .macro row sum, at
  ldr r0, [\at], #4
  sxtb16 r1, r0
  sxtb16 r0, r0, ror #8
  smlad \sum, r1, r12, \sum
  smlad \sum, r0, lr, \sum
  .endm

  .macro four_columns
  ldrd r0, r1, [r3], #8
  pkhbt r12, r0, r1, lsl #16
  pkhtb lr, r1, r0, asr #16
  row r4, r8
  row r5, r9
  row r6, r10
  row r7, r11
  .endm

  .macro row_column sum, at
  ldrsb r1, [\at], #1
  mla \sum, r1, r0, \sum
  .endm

  .section .text.dot_quad_s8, "ax"
  .global dot_quad_s8
  .type dot_quad_s8, %function
  .thumb_func
dot_quad_s8:
  push {r0, r4-r11, lr}
  mov r8, r1
  add r9, r8, r2
  add r10, r9, r2
  adds r10, #4 /* the multipliers of the first block */
  add r11, r10, r2
  movs r4, #0
  movs r5, #0
  movs r6, #0
  movs r7, #0
  ldr r2, [sp, #40]
  lsrs r2, r2, #4
  beq 2f
1:
  four_columns
  four_columns
  four_columns
  four_columns
  subs r2, #1
  bne 1b
2:
  ldr r0, [sp, #40]
  ubfx r2, r0, #2, #2
  cbz r2, 4f
3:
  four_columns
  subs r2, #1
  bne 3b
4:
  ldr r0, [sp, #40]
  ands r2, r0, #3
  beq 6f
5:
  ldrsh r0, [r3], #2
  row_column r4, r8
  row_column r5, r9
  row_column r6, r10
  row_column r7, r11
  subs r2, #1
  bne 5b
6:
  ldr r0, [sp], #4
  stmia r0, {r4-r7}
  pop {r4-r11, pc}
  .size dot_quad_s8, . - dot_quad_s8

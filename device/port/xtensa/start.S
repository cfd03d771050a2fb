/* SPDX-License-Identifier: MIT */
/* From reset to main, and from an exception to board.c. Call0 ABI: no register windows, a12 to a15 survive calls
 * (Xtensa Instruction Set Architecture, sections 4.4 and 8.1). */
#define PS_UM_NO_MASK 0x20 /* user vector mode, all interrupts open */
#define FRAME 64

  /* VECBASE points here; the offsets are those of the lx106 configuration */
  .section .vectors, "ax"
  .balign 1024
  .global xtensa_vectors
xtensa_vectors:
  .org xtensa_vectors + 0x30 /* kernel: an exception in the handler itself */
  j xtensa_exception
  .org xtensa_vectors + 0x50 /* user */
  j xtensa_exception
  .org xtensa_vectors + 0x70 /* double */
  j xtensa_exception

  .balign 4
  .literal_position
xtensa_exception:
  addi a1, a1, -FRAME
  s32i a0, a1, 0
  s32i a2, a1, 4
  s32i a3, a1, 8
  s32i a4, a1, 12
  s32i a5, a1, 16
  s32i a6, a1, 20
  s32i a7, a1, 24
  s32i a8, a1, 28
  s32i a9, a1, 32
  s32i a10, a1, 36
  s32i a11, a1, 40
  rsr a2, sar
  s32i a2, a1, 44
  rsr a2, exccause
  call0 xtensa_trap
  l32i a2, a1, 44
  wsr a2, sar
  l32i a11, a1, 40
  l32i a10, a1, 36
  l32i a9, a1, 32
  l32i a8, a1, 28
  l32i a7, a1, 24
  l32i a6, a1, 20
  l32i a5, a1, 16
  l32i a4, a1, 12
  l32i a3, a1, 8
  l32i a2, a1, 4
  l32i a0, a1, 0
  addi a1, a1, FRAME
  rfe

  .section .text.start, "ax"
  .literal_position
  .global xtensa_start
  .balign 4
xtensa_start:
  movi a1, bare_stack_end
  movi a2, xtensa_vectors
  wsr a2, vecbase
  movi a2, 0
  wsr a2, intenable
  movi a2, PS_UM_NO_MASK
  wsr a2, ps
  rsync
  movi a2, xtensa_bss_start
  movi a3, xtensa_bss_end
  movi a4, 0
1:
  bgeu a2, a3, 2f
  s32i a4, a2, 0
  addi a2, a2, 4
  j 1b
2:
  call0 main
  call0 hal_reset

/* SPDX-License-Identifier: MIT */
/* From reset to main, and from a trap to board.c. */
  .section .text.start, "ax"
  .global rv32_start
rv32_start:
  .option push
  .option norelax
  la gp, __global_pointer$
  .option pop
  la sp, bare_stack_end
  la t0, rv32_trap
  csrw mtvec, t0
  la t0, rv32_bss_start
  la t1, rv32_bss_end
1:
  bgeu t0, t1, 2f
  sw zero, 0(t0)
  addi t0, t0, 4
  j 1b
2:
  call main
  j hal_reset

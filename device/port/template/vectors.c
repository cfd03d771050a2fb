/* SPDX-License-Identifier: MIT */
/* What a Cortex-M reads when it starts: its stack, and where to begin. Another core has a start.S instead
 * (port/rv32 has one). */
#include "port/bare_metal/bare_metal.h"
#include "port/cortexm/cortexm.h"

const vector_t vectors[16] __attribute__((section(".vectors"), used)) = {
    [0] = (vector_t)(uintptr_t)bare_stack_end,
    [1] = cortexm_start,
    [2 ... 14] = cortexm_fault, /* and [15] = systick_handler with cortexm/systick.c */
};

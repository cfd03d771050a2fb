/* SPDX-License-Identifier: MIT */
/* From reset to main. */
#include "hal/hal.h"
#include "port/bare_metal/bare_metal.h"
#include "port/cortexm/cortexm.h"

/* from the linker script, all word-aligned */
extern uint32_t cortexm_data_load[], cortexm_data_start[], cortexm_data_end[];
extern uint32_t cortexm_bss_start[], cortexm_bss_end[];

void cortexm_start(void) {
  const uint32_t* from = cortexm_data_load;
  for (uint32_t* to = cortexm_data_start; to < cortexm_data_end; to++) *to = *from++;
  for (uint32_t* to = cortexm_bss_start; to < cortexm_bss_end; to++) *to = 0;
  (void)main();
  hal_reset();
}

void hal_reset(void) {
  __asm__ volatile("dsb" ::: "memory");
  SCB_AIRCR = AIRCR_SYSRESETREQ;
  __asm__ volatile("dsb" ::: "memory");
  for (;;) continue;
}

void cortexm_fault(void) { hal_reset(); }

/* SPDX-License-Identifier: MIT */
/* Crystal, phase-locked loops, clocks. The order is that of the datasheet, 2.15.3 and 2.18.2.1: a clock that
 * the processor runs on changes its source only while that source runs. */
#include "port/rp2/registers.h"
#include "port/rp2/rp2.h"

enum {
  XOSC_KHZ = 12000,
  XOSC_SETTLE_MS = 1,
};

void resets_release(uint32_t peripherals) {
  CLEAR_BITS(RESETS_RESET) = peripherals;
  while ((REGISTER(RESETS_DONE) & peripherals) != peripherals) continue;
}

/* 2.16.3: the delay counts in 256 periods of the crystal */
static void crystal_open(void) {
  REGISTER(XOSC_CTRL) = XOSC_1_15MHZ;
  REGISTER(XOSC_STARTUP) = (XOSC_KHZ * XOSC_SETTLE_MS + 128u) / 256u;
  SET_BITS(XOSC_CTRL) = XOSC_ENABLE;
  while ((REGISTER(XOSC_STATUS) & XOSC_STABLE) == 0) continue;
}

/* crystal * feedback / (first * second) */
static void pll_open(uint32_t base, uint32_t reset, uint32_t feedback, uint32_t first, uint32_t second) {
  REGISTER(RESETS_RESET + 0x2000u) = reset; /* starts from a known state */
  resets_release(reset);
  REGISTER(PLL_CS(base)) = 1; /* the crystal undivided */
  REGISTER(PLL_FBDIV(base)) = feedback;
  CLEAR_BITS(PLL_PWR(base)) = PLL_PWR_PD | PLL_PWR_VCOPD;
  while ((REGISTER(PLL_CS(base)) & PLL_LOCK) == 0) continue;
  REGISTER(PLL_PRIM(base)) = first << 16 | second << 12;
  CLEAR_BITS(PLL_PWR(base)) = PLL_PWR_POSTDIVPD;
}

void clocks_open(void) {
  crystal_open();
  REGISTER(CLK_REF_CTRL) = CLK_REF_FROM_XOSC;
  while ((REGISTER(CLK_REF_SELECTED) & (1u << CLK_REF_FROM_XOSC)) == 0) continue;
  REGISTER(CLK_SYS_CTRL) = 0; /* from clk_ref while its loop is set */
  while ((REGISTER(CLK_SYS_SELECTED) & 1u) == 0) continue;
  pll_open(PLL_SYS_BASE, RESET_PLL_SYS, CHIP_PLL_FEEDBACK, CHIP_PLL_FIRST, CHIP_PLL_SECOND);
  pll_open(PLL_USB_BASE, RESET_PLL_USB, 100, 5, 5); /* 48 MHz */
  REGISTER(CLK_SYS_CTRL) = CLK_SYS_FROM_AUX;
  while ((REGISTER(CLK_SYS_SELECTED) & (1u << CLK_SYS_FROM_AUX)) == 0) continue;
  REGISTER(CLK_PERI_CTRL) = CLK_ENABLE; /* from clk_sys */
  REGISTER(CLK_USB_CTRL) = CLK_ENABLE;  /* from pll_usb */
  chip_ticks_open();
}

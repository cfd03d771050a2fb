/* SPDX-License-Identifier: MIT */
#include "port/stm32f405/stm32f405.h"

#define RCC_CR RCC(0x00)
#define RCC_PLLCFGR RCC(0x04)
#define RCC_CFGR RCC(0x08)
#define FLASH_ACR FLASH_CTRL(0x00)

enum {
  HSI_HZ = 16000000,
  PLL_HZ = 168000000,
  CR_PLLON = 1 << 24,
  CR_PLLRDY = 1 << 25,
  /* 16 MHz / 16 * 336 / 2; the USB clock is 336 / 7 = 48 MHz. The source bit is 0: HSI */
  PLLCFGR_168_MHZ = 16 | 336 << 6 | 0 << 16 | 7 << 24,
  CFGR_APB1_BY_4 = 5 << 10,
  CFGR_APB2_BY_2 = 4 << 13,
  CFGR_SW_PLL = 2,
  CFGR_SWS = 3 << 2,
  CFGR_SWS_PLL = 2 << 2,
  /* RM0090 table 10: 168 MHz above 2.7 V take 5 wait states; the caches hide most of them */
  ACR_5_WAIT_STATES = 5,
  ACR_PREFETCH_AND_CACHES = 7 << 8,
  LONGEST_WAIT = 100000 /* turns of a loop: a few milliseconds, where a PLL takes 0.3 */
};

static bool on_pll;

static bool wait_for(uint32_t offset, uint32_t mask, uint32_t value) {
  for (uint32_t left = LONGEST_WAIT; left != 0; left--) {
    if ((RCC(offset) & mask) == value) return true;
  }
  return false;
}

void clocks_open(void) {
  FLASH_ACR = ACR_5_WAIT_STATES | ACR_PREFETCH_AND_CACHES;
  RCC_CFGR = CFGR_APB1_BY_4 | CFGR_APB2_BY_2;
  RCC_PLLCFGR = PLLCFGR_168_MHZ;
  RCC_CR |= CR_PLLON;
  if (!wait_for(0x00, CR_PLLRDY, CR_PLLRDY)) return;
  RCC_CFGR |= CFGR_SW_PLL;
  on_pll = wait_for(0x08, CFGR_SWS, CFGR_SWS_PLL);
}

uint32_t clocks_core_hz(void) { return on_pll ? PLL_HZ : HSI_HZ; }

uint32_t clocks_apb2_hz(void) { return clocks_core_hz() / 2u; }

/* SPDX-License-Identifier: MIT */
#include "port/bare_metal/serial_link.h"
#include "port/stm32f405/stm32f405.h"

/* RM0090 30.6 */
#define USART(offset) REG32(0x40011000u + (offset))
#define USART_SR USART(0x00)
#define USART_DR USART(0x04)
#define USART_BRR USART(0x08)
#define USART_CR1 USART(0x0C)

#define GPIOA(offset) REG32(0x40020000u + (offset)) /* RM0090 8.4 */
#define GPIOA_MODER GPIOA(0x00)
#define GPIOA_PUPDR GPIOA(0x0C)
#define GPIOA_AFRH GPIOA(0x24)
#define RCC_AHB1ENR RCC(0x30)
#define RCC_APB2ENR RCC(0x44)

enum {
  SR_BROKEN = 1 << 1, /* no stop bit: not a byte that somebody sent */
  SR_OVERRUN = 1 << 3,
  SR_RECEIVED = 1 << 5,
  SR_TX_EMPTY = 1 << 7,
  CR1_RECEIVE = 1 << 2,
  CR1_TRANSMIT = 1 << 3,
  CR1_RECEIVED_INTERRUPT = 1 << 5,
  CR1_ENABLE = 1 << 13,
  AHB1ENR_GPIOA = 1 << 0,
  APB2ENR_USART1 = 1 << 4,
  /* of the pins 9 and 10 */
  MODER_MASK = 15 << 18,
  MODER_ALTERNATE = 10 << 18,
  PUPDR_RX_UP = 1 << 20, /* a line without a partner rests */
  AFRH_MASK = 0xFF << 4,
  AFRH_USART1 = 0x77 << 4
};

void usart_open(uint32_t rate_baud) {
  RCC_AHB1ENR |= AHB1ENR_GPIOA;
  RCC_APB2ENR |= APB2ENR_USART1;
  GPIOA_AFRH = (GPIOA_AFRH & ~(uint32_t)AFRH_MASK) | AFRH_USART1;
  GPIOA_PUPDR |= PUPDR_RX_UP;
  GPIOA_MODER = (GPIOA_MODER & ~(uint32_t)MODER_MASK) | MODER_ALTERNATE;
  USART_BRR = (clocks_apb2_hz() + rate_baud / 2u) / rate_baud; /* in 16ths of 16 clocks */
  USART_CR1 = CR1_ENABLE | CR1_RECEIVE | CR1_TRANSMIT | CR1_RECEIVED_INTERRUPT;
}

/* Reading the status and then the data clears the error flags (RM0090 30.6.1). */
void usart_interrupt(void) {
  for (;;) {
    const uint32_t status = USART_SR;
    if ((status & (SR_RECEIVED | SR_OVERRUN)) == 0) return;
    const uint8_t byte = (uint8_t)USART_DR;
    if ((status & SR_OVERRUN) != 0) serial_lost();
    if ((status & (SR_RECEIVED | SR_BROKEN)) == SR_RECEIVED) serial_received(byte);
  }
}

void uart_put(uint8_t byte) {
  while ((USART_SR & SR_TX_EMPTY) == 0) continue;
  USART_DR = byte;
}

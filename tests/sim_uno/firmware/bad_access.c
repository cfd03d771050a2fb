// SPDX-License-Identifier: MIT
// One access that a real chip would swallow: ACCESS is an expression.
#include "mark.h"

#define BYTE_AT(address) (*(volatile uint8_t*)(address))

int main(void) {
  ACCESS;
  finish();
}

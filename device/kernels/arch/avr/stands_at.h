/* SPDX-License-Identifier: MIT */
/* Assembly names the fields of C's structs by numbers of its own: the compiler holds them to the structs. */
#ifndef KERNELS_ARCH_AVR_STANDS_AT_H
#define KERNELS_ARCH_AVR_STANDS_AT_H

#include <stddef.h>

#define STANDS_AT(type, field, offset) \
  _Static_assert(offsetof(type, field) == (offset), #type "." #field " is elsewhere in assembly")

#endif

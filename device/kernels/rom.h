/* SPDX-License-Identifier: MIT */
/* Constants that stay where the program is. An AVR would copy plain const data to its RAM. */
#ifndef KERNELS_ROM_H
#define KERNELS_ROM_H

#ifdef __AVR__
#define ROM const __flash
#else
#define ROM const
#endif

#endif

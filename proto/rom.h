/* SPDX-License-Identifier: MIT */
/* Constants that stay where the program is. An AVR would copy plain const data to its RAM. */
#ifndef MCL_ROM_H
#define MCL_ROM_H

#ifdef __AVR__
#define MCL_ROM const __flash
#else
#define MCL_ROM const
#endif

#endif

/* SPDX-License-Identifier: MIT */
/* 5.9: the block in the first 4 KiB of the flash by which the boot ROM knows a program: for the Arm cores,
 * secure. Its vector table is at the image's start, where nothing else is said. */
#include <stdint.h>

#define BLOCK_START 0xFFFFDED3u
#define BLOCK_END 0xAB123579u
#define ITEM_IMAGE_TYPE 0x42u
#define ITEM_LAST 0xFFu
#define WORDS(n) ((uint32_t)(n) << 8)
#define IMAGE_EXECUTABLE_SECURE_ARM_RP2350 0x1021u

__attribute__((section(".image_def"), used)) const uint32_t image_def[5] = {
    BLOCK_START,
    IMAGE_EXECUTABLE_SECURE_ARM_RP2350 << 16 | WORDS(1) | ITEM_IMAGE_TYPE,
    WORDS(1) | ITEM_LAST, /* one word of items */
    0,                    /* the only block: the next one is itself */
    BLOCK_END,
};

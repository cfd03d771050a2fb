/* SPDX-License-Identifier: MIT */
/* dot_words.h. Registers of the loop:
 *   r0..r3  y of four columns       r4 a word of weights     r5 work
 *   r6      first row's next word   r7 next y
 *   r8, r9  sums of the two rows    r10 from r6 to the second row's word    r11 sign bits    r12 end of y */
    .syntax unified
    .cpu cortex-m0plus
    .thumb
    .section .text.dot_words, "ax"

    .equ ACC, 0                   /* on the stack */
    .equ Y, 4
    .equ ROW_BYTES, 8
    .equ BLOCKS, 12
    .equ FIRST, 16                /* first row of the block */
    .equ LOCALS, 20

/* sum += (r4 >> bits) * y */
    .macro ADD_PRODUCT sum, bits, y
    asrs r5, r4, #\bits
    muls r5, \y, r5
    add \sum, r5
    .endm

/* the same with r4 as it is, for which there is no shift */
    .macro ADD_WHOLE sum, y
    mov r5, r4
    muls r5, \y, r5
    add \sum, r5
    .endm

/* unless that was done when the weights were copied */
    .macro FLIP_SIGNS
    .if !FLIPPED
    mov r5, r11
    eors r4, r5
    .endif
    .endm

    .macro FOUR_BYTES sum
    FLIP_SIGNS
    ADD_PRODUCT \sum, 24, r3
    ADD_PRODUCT \sum, 16, r2
    ADD_PRODUCT \sum, 8, r1
    muls r4, r0, r4
    add \sum, r4
    .endm

/* a word of each row */
    .macro WORDS_S8
    ldmia r7!, {r0-r3}
    ldmia r6!, {r4}
    FOUR_BYTES r8
    mov r5, r10
    ldr r4, [r6, r5]
    FOUR_BYTES r9
    .endm

    .macro LOW_NIBBLES sum
    ADD_WHOLE \sum, r0
    ADD_PRODUCT \sum, 4, r1
    ADD_PRODUCT \sum, 8, r2
    ADD_PRODUCT \sum, 12, r3
    .endm

    .macro HIGH_NIBBLES sum
    ADD_PRODUCT \sum, 16, r0
    ADD_PRODUCT \sum, 20, r1
    ADD_PRODUCT \sum, 24, r2
    asrs r4, r4, #28
    muls r4, r3, r4
    add \sum, r4
    .endm

    .macro WORDS_S4
    ldmia r7!, {r0-r3}
    ldmia r6!, {r4}
    FLIP_SIGNS
    LOW_NIBBLES r8
    mov lr, r4
    mov r5, r10
    ldr r4, [r6, r5]
    FLIP_SIGNS
    LOW_NIBBLES r9
    ldmia r7!, {r0-r3}
    HIGH_NIBBLES r9
    mov r4, lr
    HIGH_NIBBLES r8
    .endm

/* y_shift: log2 of the bytes of y to a word */
    .macro DOT_WORDS name, words, signs, y_shift
    .global \name
    .thumb_func
\name:
    push {r4-r7, lr}
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    sub sp, #LOCALS
    ldmia r3!, {r4-r6}            /* words, row_bytes, blocks */
    str r0, [sp, #ACC]
    str r2, [sp, #Y]
    str r5, [sp, #ROW_BYTES]
    str r6, [sp, #BLOCKS]
    lsls r4, r4, #\y_shift
    adds r4, r4, r2
    mov r12, r4
    subs r5, #4                   /* r6 has gone on by a word when the second row is read */
    mov r10, r5
    ldr r4, =\signs
    mov r11, r4
    mov r6, r1
1:                                /* the next block */
    str r6, [sp, #FIRST]
    ldr r0, [sp, #ACC]
    ldmia r0!, {r1, r2}
    mov r8, r1
    mov r9, r2
    ldr r7, [sp, #Y]
    mov r0, r12
    subs r0, r0, r7
    lsls r0, r0, #(31 - \y_shift) /* is the number of words odd? */
    bmi 3f
2:
    \words
3:
    \words
    cmp r7, r12
    beq 4f
    b 2b                          /* bne does not reach that far */
4:
    ldr r0, [sp, #ACC]
    mov r1, r8
    mov r2, r9
    stmia r0!, {r1, r2}
    str r0, [sp, #ACC]
    ldr r6, [sp, #FIRST]
    ldr r1, [sp, #ROW_BYTES]
    adds r6, r6, r1
    adds r6, r6, r1
    adds r6, #4
    ldr r1, [sp, #BLOCKS]
    subs r1, #1
    str r1, [sp, #BLOCKS]
    beq 5f
    b 1b
5:
    add sp, #LOCALS
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r4-r7, pc}
    .ltorg
    .endm

    .set FLIPPED, 0
    .balign 4
    DOT_WORDS dot_words_s8, WORDS_S8, 0x00808080, 4
    .balign 4
    DOT_WORDS dot_words_s4, WORDS_S4, 0x08888888, 5
    .set FLIPPED, 1
    .balign 4
    DOT_WORDS dot_flipped_s8, WORDS_S8, 0, 4
    .balign 4
    DOT_WORDS dot_flipped_s4, WORDS_S4, 0, 5

/* SPDX-License-Identifier: MIT */
/* attention_words.h, dot_words.h. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb
    .section .text.attention_words, "ax"

    .macro SAVE
    push {r4-r7, lr}
    mov r4, r8
    mov r5, r9
    mov r6, r10
    mov r7, r11
    push {r4-r7}
    .endm

    .macro RESTORE_AND_RETURN
    pop {r4-r7}
    mov r8, r4
    mov r9, r5
    mov r10, r6
    mov r11, r7
    pop {r4-r7, pc}
    .endm

/* r7 scores, r6 keys, r0..r3 y, r10 stride, r11 sign bits, r12 end of scores */
    .macro SCORE_ARGUMENTS signs
    mov r7, r0
    mov r6, r1
    ldmia r3!, {r4, r5}
    mov r10, r4
    lsls r5, r5, #2
    adds r5, r5, r0
    mov r12, r5
    ldr r4, =\signs
    mov r11, r4
    ldmia r2!, {r0, r1, r3, r4}
    mov r2, r3
    mov r3, r4
    .endm

    .balign 4
    .global score_words_s8
    .thumb_func
score_words_s8:
    SAVE
    SCORE_ARGUMENTS 0x00808080
1:
    ldr r4, [r6]
    add r6, r10
    mov r5, r11
    eors r4, r5
    ldr r5, [r7]
    mov r8, r5
    asrs r5, r4, #24
    muls r5, r3, r5
    add r8, r5
    asrs r5, r4, #16
    muls r5, r2, r5
    add r8, r5
    asrs r5, r4, #8
    muls r5, r1, r5
    add r8, r5
    muls r4, r0, r4
    add r4, r8
    stmia r7!, {r4}
    cmp r7, r12
    bne 1b
    RESTORE_AND_RETURN
    .ltorg

    .balign 4
    .global score_words_s16
    .thumb_func
score_words_s16:
    SAVE
    SCORE_ARGUMENTS 0x00008000
1:
    ldr r4, [r6]
    mov r5, r11
    eors r4, r5
    ldr r5, [r7]
    mov r8, r5
    asrs r5, r4, #16
    muls r5, r1, r5
    add r8, r5
    muls r4, r0, r4
    add r8, r4
    ldr r4, [r6, #4]
    add r6, r10
    mov r5, r11
    eors r4, r5
    asrs r5, r4, #16
    muls r5, r3, r5
    add r8, r5
    muls r4, r2, r4
    add r4, r8
    stmia r7!, {r4}
    cmp r7, r12
    bne 1b
    RESTORE_AND_RETURN
    .ltorg

/* All four elements of a record have the same factor, its weight p: the sums over (V >> 8j) * p are mixed as the words
 * are, and are taken apart once, at the end of each word's walk over the records. r0 word, r1 work, r2 p, r3 sign bits,
 * r4 values, r5 weights, r6 stride, r7 end of weights; r8..r11 sums of V, V >> 8, V >> 16, V >> 24; r12 where the sums
 * go; lr weight_sum. On the stack: values, weights, records, and above the saved registers weight_sum, words. */
    .equ SAVED, 3 * 4 + 9 * 4

    .balign 4
    .global value_words_s8
    .thumb_func
value_words_s8:
    SAVE
    push {r1, r2, r3}
    mov r12, r0
    ldr r0, [sp, #SAVED]
    mov lr, r0
next_word:
    pop {r4, r5, r6}
    push {r4, r5, r6}
    ldr r7, [r6, #4]
    ldr r6, [r6]
    lsls r7, r7, #1
    adds r7, r7, r5
    movs r0, #0
    mov r8, r0
    mov r9, r0
    mov r10, r0
    mov r11, r0
    ldr r3, =0x00808080
1:
    ldrh r2, [r5]
    adds r5, #2
    ldr r0, [r4]
    adds r4, r4, r6
    eors r0, r3
    asrs r1, r0, #24
    muls r1, r2, r1
    add r11, r1
    asrs r1, r0, #16
    muls r1, r2, r1
    add r10, r1
    asrs r1, r0, #8
    muls r1, r2, r1
    add r9, r1
    muls r0, r2, r0
    add r8, r0
    cmp r5, r7
    bne 1b

    mov r4, r12
    mov r7, lr
    lsls r7, r7, #7               /* what the flipped signs have added */
    mov r0, r8
    mov r1, r9
    mov r2, r10
    mov r3, r11
    lsls r5, r1, #8
    subs r0, r0, r5
    subs r0, r0, r7
    lsls r5, r2, #8
    subs r1, r1, r5
    subs r1, r1, r7
    lsls r5, r3, #8
    subs r2, r2, r5
    subs r2, r2, r7
    ldr r5, [r4]
    adds r0, r0, r5
    ldr r5, [r4, #4]
    adds r1, r1, r5
    ldr r5, [r4, #8]
    adds r2, r2, r5
    ldr r5, [r4, #12]
    adds r3, r3, r5
    stmia r4!, {r0-r3}
    mov r12, r4
    ldr r0, [sp]
    adds r0, #4
    str r0, [sp]
    ldr r0, [sp, #SAVED + 4]
    subs r0, #1
    str r0, [sp, #SAVED + 4]
    bne next_word
    add sp, #12
    RESTORE_AND_RETURN
    .ltorg

/* SPDX-License-Identifier: MIT */
/* attention_words.h. Per key: s = rsh(score, shift), d = 256 max - s, weight = rsh(octave[d % 256], d / 256 + 3); the
 * bit that a shift drops last is the carry, which rounds. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb
    .section .text.attention_softmax_run, "ax"

/* r0 scores, r1 weights, r2 zero, r3 256 max, r4 octave, r5 shift, r6 r7 work, r8 sum of weights, r9 where it goes, r12
 * end of scores */
    .balign 4
    .global softmax_run
    .thumb_func
softmax_run:
    push {r4-r7, lr}
    mov r4, r8
    mov r5, r9
    push {r0, r4, r5}
    mov r9, r3
    lsls r4, r2, #2
    adds r4, r4, r0
    mov r12, r4
    ldr r3, [r3]                  /* softmax_run_t: max, shift */
    mov r4, r9
    ldr r5, [r4, #4]
    lsls r3, r3, #8
    ldr r4, =exp2_octave
    movs r2, #0
    mov r8, r2
1:
    ldmia r0!, {r6}
    asrs r6, r5
    adcs r6, r2
    subs r6, r3, r6
    blt rises
    lsrs r7, r6, #8
    cmp r7, #16
    bhs forgotten
    adds r7, #3
    uxtb r6, r6
    lsls r6, r6, #1
    ldrh r6, [r4, r6]
    lsrs r6, r7
    adcs r6, r2
    strh r6, [r1]
    adds r1, #2
    add r8, r6
    cmp r0, r12
    bne 1b
done:
    mov r4, r9
    mov r5, r8
    str r5, [r4, #8]
    mov r1, r0
    pop {r0, r4, r5}
    mov r8, r4
    mov r9, r5
    subs r0, r1, r0
    lsrs r0, r0, #2
    pop {r4-r7, pc}

forgotten:
    strh r2, [r1]
    adds r1, #2
    cmp r0, r12
    bne 1b
    b done

rises:
    subs r0, #4
    b done
    .ltorg

/* SPDX-License-Identifier: MIT */
/* The second stage of the boot (2.8.1.3.1): the ROM copies these 256 bytes to SRAM and calls them. They make the flash
 * readable in place the fast way: address and data on four wires, no command byte (2.6.3, 4.10; W25Q16JV 8.2.11 "Fast
 * Read Quad I/O"). Called again by the agent after it wrote to the flash; then there is a place to return to. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .equ SSI, 0x18000000          /* 4.10.13 */
    .equ CTRLR0, 0x00
    .equ CTRLR1, 0x04
    .equ SSIENR, 0x08
    .equ BAUDR, 0x14
    .equ SR, 0x28
    .equ DR0, 0x60
    .equ RX_SAMPLE_DLY, 0xf0 - 0x60
    .equ SPI_CTRLR0, 0xf4 - 0x60  /* from r6 */
    .equ SR_BUSY, 1 << 0
    .equ SR_SENT, 1 << 2

    .equ ONE_WIRE_8BITS, 7 << 16                      /* frames of 8 bits, write and read */
    .equ FOUR_WIRES_READ, (2 << 21) | (31 << 16) | (3 << 8) /* frames of 32 bits, command then read */
    /* first read: command on one wire; address and mode bits (32 together) on four; 4 clocks of waiting */
    .equ WITH_COMMAND, (4 << 11) | (2 << 8) | (8 << 2) | 1
    /* all later ones: no command, the mode bits stand in its place and say that there is none next time either */
    .equ WITHOUT_COMMAND, (0xa0 << 24) | (4 << 11) | (8 << 2) | 2

    .equ VECTORS, 0x10000100
    .equ VTOR, 0xe000ed08

    .section .boot2, "ax"
    .thumb_func
    .global boot2_entry
boot2_entry:
    push {r4, r5, r6, lr}
    ldr r4, =SSI
    movs r6, #DR0
    adds r6, r4
    movs r0, #0
    str r0, [r4, #SSIENR]
    movs r0, #2                   /* 66.5 MHz */
    str r0, [r4, #BAUDR]
    movs r0, #1                   /* the answer is sampled a clock later: it is on its way for that long */
    movs r1, #RX_SAMPLE_DLY
    str r0, [r6, r1]

    /* four wires need the flash's permission: bit QE of its second status register, which it keeps */
    ldr r0, =ONE_WIRE_8BITS
    str r0, [r4, #CTRLR0]
    movs r0, #1
    str r0, [r4, #SSIENR]
    movs r0, #0x35                /* read status register 2 */
    bl exchange
    movs r1, #2
    tst r0, r1
    bne quad_enabled
    movs r0, #0x06                /* write enable */
    str r0, [r6]
    bl drain
    movs r0, #0x31                /* write status register 2 */
    str r0, [r6]
    movs r0, #2
    str r0, [r6]
    bl drain
    ldr r0, [r6]                  /* what came in meanwhile */
    ldr r0, [r6]
    ldr r0, [r6]
still_writing:
    movs r0, #0x05                /* read status register 1 */
    bl exchange
    movs r1, #1
    tst r0, r1
    bne still_writing
quad_enabled:
    movs r0, #0
    str r0, [r4, #SSIENR]
    ldr r0, =FOUR_WIRES_READ
    str r0, [r4, #CTRLR0]
    movs r0, #0
    str r0, [r4, #CTRLR1]
    ldr r0, =WITH_COMMAND
    movs r1, #SPI_CTRLR0
    str r0, [r6, r1]
    movs r0, #1
    str r0, [r4, #SSIENR]
    movs r0, #0xeb                /* the last command that it hears: fast read quad I/O */
    str r0, [r6]
    movs r0, #0xa0                /* of address 0, with mode bits that mean "again, without a command" */
    str r0, [r6]
    bl drain
    movs r0, #0
    str r0, [r4, #SSIENR]
    ldr r0, =WITHOUT_COMMAND
    movs r1, #SPI_CTRLR0
    str r0, [r6, r1]
    movs r0, #1
    str r0, [r4, #SSIENR]

    pop {r4, r5, r6}
    pop {r0}
    cmp r0, #0
    beq enter_program
    bx r0
enter_program:
    ldr r0, =VECTORS
    ldr r1, =VTOR
    str r0, [r1]
    ldmia r0!, {r1, r2}
    msr msp, r1
    bx r2

/* Sends the command in r0, and a byte for it to answer into; the answer to r0. */
    .thumb_func
exchange:
    str r0, [r6]
    str r0, [r6]
    mov r5, lr
    bl drain
    ldr r0, [r6]
    ldr r0, [r6]
    bx r5

/* Until all is sent. */
    .thumb_func
drain:
    ldr r1, [r4, #SR]
    movs r2, #SR_SENT
    tst r1, r2
    beq drain
    movs r2, #SR_BUSY
    tst r1, r2
    bne drain
    bx lr

    .ltorg

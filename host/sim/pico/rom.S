/* SPDX-License-Identifier: MIT */
/* The boot ROM of the simulated chip: as much of the real one's contract (RP2040 datasheet 2.8) as programs rely on.
 * What reaches the flash chip, which the simulator has no model of, is a BKPT that the simulator carries out. */
    .syntax unified
    .cpu cortex-m0plus
    .thumb

    .equ FLASH, 0x10000000
    .equ BOOT2_AT, 0x20041f00     /* where boot2 is copied to: the end of SRAM */
    .equ SIO, 0xd0000000
    .equ FIFO_STATUS, 0x50
    .equ FIFO_WRITE, 0x54
    .equ FIFO_READ, 0x58
    .equ VTOR, 0xe000ed08

    .section .text
    .word BOOT2_AT
    .word reset + 1
    .word stop + 1                /* NMI */
    .word stop + 1                /* HardFault */
    .byte 'M', 'u', 1, 3          /* 2.8.3: magic, version */
    .hword functions
    .hword data
    .hword lookup + 1

    .align 2
    .thumb_func
reset:
    ldr r0, =SIO
    ldr r0, [r0]                  /* which core is this? */
    cmp r0, #0
    bne wait_for_start

/* Core 0, 2.8.1: the first 256 bytes of the flash go to SRAM and run, if their checksum is right. */
    ldr r0, =FLASH
    ldr r1, =BOOT2_AT
    movs r2, #64
copy:
    ldmia r0!, {r3}
    stmia r1!, {r3}
    subs r2, #1
    bne copy
    ldr r0, =BOOT2_AT
    movs r1, #252
    bl checksum
    ldr r1, =BOOT2_AT + 252
    ldr r1, [r1]
    cmp r0, r1
    bne boot_loader
    movs r0, #0                   /* nobody to return to */
    mov lr, r0
    ldr r0, =BOOT2_AT + 1
    bx r0

/* CRC-32 of the r1 bytes at r0: polynomial 0x04c11db7, most significant bit first, from all ones. */
    .thumb_func
checksum:
    push {r4, r5, lr}
    movs r2, #0
    mvns r2, r2
    ldr r5, =0x04c11db7
next_byte:
    ldrb r3, [r0]
    lsls r3, r3, #24
    eors r2, r3
    movs r4, #8
next_bit:
    lsls r2, r2, #1
    bcc no_carry
    eors r2, r5
no_carry:
    subs r4, #1
    bne next_bit
    adds r0, #1
    subs r1, #1
    bne next_byte
    mov r0, r2
    pop {r4, r5, pc}

/* Core 1, 2.8.2: six words come from core 0, each is sent back: 0, 0, 1, vector table, stack, entry. Anything else in
 * place of the first three begins again. */
wait_for_start:
    ldr r7, =SIO
restart:
    bl answer
    cmp r0, #0
    bne restart
second_zero:
    bl answer
    cmp r0, #0
    beq second_zero
    cmp r0, #1
    bne restart
    bl answer
    mov r4, r0
    bl answer
    mov r5, r0
    bl answer
    mov r6, r0
    ldr r0, =VTOR
    str r4, [r0]
    msr msp, r5
    blx r6
    b stop

    .thumb_func
answer:
    ldr r0, [r7, #FIFO_STATUS]
    movs r1, #1
    tst r0, r1
    bne arrived
    wfe
    b answer
arrived:
    ldr r0, [r7, #FIFO_READ]
    str r0, [r7, #FIFO_WRITE]
    sev
    bx lr

stop:
    bkpt #0xff
    b stop

/* r0: table, r1: code of two letters. Gives the address, or 0. */
    .thumb_func
lookup:
    ldrh r2, [r0]
    cmp r2, #0
    beq missing
    cmp r2, r1
    beq found
    adds r0, #4
    b lookup
found:
    ldrh r0, [r0, #2]
    bx lr
missing:
    movs r0, #0
    bx lr

    .thumb_func
connect_flash:
    bkpt #0xe0
    bx lr
    .thumb_func
exit_xip:
    bkpt #0xe1
    bx lr
    .thumb_func
flash_erase:                      /* r0: offset, r1: bytes */
    bkpt #0xe2
    bx lr
    .thumb_func
flash_program:                    /* r0: offset, r1: from, r2: bytes */
    bkpt #0xe3
    bx lr
    .thumb_func
flush_cache:
    bkpt #0xe4
    bx lr
    .thumb_func
enter_xip:
    bkpt #0xe5
    bx lr
    .thumb_func
boot_loader:                      /* r0: mask of the activity light, r1: interfaces to leave out */
    bkpt #0xe6
    b stop

    .align 2
functions:
    .ascii "IF"
    .hword connect_flash + 1
    .ascii "EX"
    .hword exit_xip + 1
    .ascii "RE"
    .hword flash_erase + 1
    .ascii "RP"
    .hword flash_program + 1
    .ascii "FC"
    .hword flush_cache + 1
    .ascii "CX"
    .hword enter_xip + 1
    .ascii "UB"
    .hword boot_loader + 1
data:
    .hword 0, 0
    .align 2
    .ltorg

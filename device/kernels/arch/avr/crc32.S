; SPDX-License-Identifier: MIT
; mcl_crc32 of proto/crc32.h and crc32_s32 of kernels.h, a byte at a time

.section .text.crc32

#define CRC0 r22
#define CRC1 r23
#define CRC2 r24
#define CRC3 r25

; xors the entry at Z to the crc
.macro look_up
  .irp byte, CRC0, CRC1, CRC2, CRC3
  lpm r0, Z+
  eor \byte, r0
  .endr
.endm

; crc r25:r22, v r21:r20, n r19:r18: its memory is little-endian
.global crc32_s32
.type crc32_s32, @function
crc32_s32:
  lsl r18
  rol r19
  lsl r18
  rol r19
  ; on to mcl_crc32

; crc r25:r22, data r21:r20, n r19:r18
.global mcl_crc32
.type mcl_crc32, @function
mcl_crc32:
  movw r26, r20
  com CRC0
  com CRC1
  com CRC2
  com CRC3
  subi r18, 0
  sbci r19, 0
  breq 2f
  ldi r31, hi8(crc32_of_halves)
1:
  ld r21, X+
  eor r21, CRC0
  mov CRC0, CRC1
  mov CRC1, CRC2
  mov CRC2, CRC3
  clr CRC3
  mov r30, r21
  andi r30, 0x0f
  lsl r30
  lsl r30
  ori r30, lo8(crc32_of_halves)
  look_up
  andi r21, 0xf0
  lsr r21
  lsr r21
  ori r21, lo8(crc32_of_halves + 64)
  mov r30, r21
  look_up
  subi r18, 1
  sbci r19, 0
  brne 1b
2:
  com CRC0
  com CRC1
  com CRC2
  com CRC3
  ret

; SPDX-License-Identifier: MIT
; sampler_choose of engine/sampler.h, step by step as in engine/sampler.c, which the compiler makes twice as long.
#include "kernels/arch/avr/save_all.inc"
#include "kernels/arch/avr/offsets.inc"
#include "port/atmega328p/offsets.inc"

#define SUM_BYTES 8

; kept all the time: the addresses of the sampler, of the logits, of the working memory
#define SAMPLER r2         /* and r3 */
#define LOGITS r4          /* and r5 */
#define WORK r6            /* and r7 */
; of a pass: the least distance, the greatest less the least, the bits of a distance that do not tell bins apart
#define FIRST r10          /* and r11 */
#define MOST r12           /* and r13 */
#define BITS r14
#define COARSE 6
#define FINE 0
#define TO_ONE 15          /* the only one with bit 3 */
#define BIN r15            /* the last bin that reach needed, whose address is in r17:r16 */

.section .text.sampler

; sampler r25:r24, logits r23:r22, work r21:r20
.global sampler_choose
.type sampler_choose, @function
sampler_choose:
  save_all
  movw SAMPLER, r24
  movw LOGITS, r22
  movw WORK, r20
  clr FIRST
  clr r11
  ldi r24, lo8(FARTHEST - 1)
  ldi r25, hi8(FARTHEST - 1)
  movw MOST, r24
  ldi r24, COARSE
  mov BITS, r24
  rcall pass
  ; all bins together, because more than all are wanted
  movw r30, WORK
  ldi r24, 0xff
  ldi r25, SUM_BYTES
1:
  std Z+WORK_WANTED, r24
  st Z+, r1
  dec r25
  brne 1b
  rcall reach
  movw r30, SAMPLER
  ldd r18, Z+SAMPLER_TOP_P+2
  cpse r18, r1
  rjmp 2f                ; 65536: every token stays
  ldd r19, Z+SAMPLER_TOP_P
  ldd r20, Z+SAMPLER_TOP_P+1
  movw r24, WORK
  movw r22, WORK
  adiw r24, WORK_WANTED
  call sampling_scale
  ; the bin, then the distance at which enough have come together
  movw r24, WORK
  movw r22, WORK
  call sampling_subtract
  rcall reach
  movw r24, WORK
  movw r22, r16
  call sampling_subtract
  ldi r18, 1 << COARSE
  mul BIN, r18
  movw FIRST, r0
  clr r1
  dec r18
  mov MOST, r18
  clr r13
  clr BITS
  rcall pass
  rcall reach
  movw MOST, FIRST
  add MOST, BIN
  adc r13, r1
2:
  movw r24, SAMPLER
  adiw r24, SAMPLER_STATE
  call sampling_random
  movw r18, r22
  movw r20, r24
  movw r24, WORK
  movw r22, WORK
  call sampling_scale
  clr FIRST
  clr r11
  ldi r24, TO_ONE
  mov BITS, r24
  rcall pass
  restore_all_and_return

; Sums the probabilities of the distances that count to their bins. Returns the last token, or the one at which the
; sum of TO_ONE exceeds the mass.
pass:
  movw r26, WORK
  adiw r26, WORK_BINS
  ldi r24, lo8(SUM_BYTES * WORK_BIN_COUNT)
  ldi r25, hi8(SUM_BYTES * WORK_BIN_COUNT)
1:
  st X+, r1
  sbiw r24, 1
  brne 1b
  movw r24, LOGITS
  call logits_begin_reading
  ldi r16, 0xff          ; the token before the first
  ldi r17, 0xff
2:
  subi r16, 0xff
  sbci r17, 0xff
  movw r24, LOGITS
  call logits_next
  movw r20, r22
  movw r22, r24
  movw r24, SAMPLER
  call sampling_distance
  movw r22, r24
  sub r24, FIRST
  sbc r25, r11
  cp MOST, r24
  cpc r13, r25
  brlo 5f
  mov r18, BITS
  rjmp 4f
3:
  lsr r25
  ror r24
4:
  dec r18
  brpl 3b
  ldi r18, SUM_BYTES
  mul r24, r18
  movw r24, r0
  clr r1
  add r24, r6
  adc r25, r7
  adiw r24, WORK_BINS
  call sampling_add_probability
  sbrs BITS, 3
  rjmp 5f
  movw r24, WORK
  adiw r24, WORK_BINS
  movw r22, WORK
  call sampling_exceeds
  cpse r24, r1
  rjmp 6f
5:
  movw r30, LOGITS
  ldd r24, Z+LOGITS_COUNT
  ldd r25, Z+LOGITS_COUNT+1
  sbiw r24, 1
  cp r16, r24
  cpc r17, r25
  brne 2b
6:
  movw r24, r16
  ret

; The mass grows by bins until it reaches what is wanted.
reach:
  clr BIN
  movw r16, WORK
  subi r16, -WORK_BINS
  sbci r17, 0xff
1:
  movw r24, WORK
  movw r22, r16
  call sampling_add
  movw r24, WORK
  adiw r24, WORK_WANTED
  movw r22, WORK
  call sampling_exceeds
  tst r24
  breq 2f
  ldi r24, WORK_BIN_COUNT - 1
  cp BIN, r24
  breq 2f
  inc BIN
  subi r16, -SUM_BYTES
  sbci r17, 0xff
  rjmp 1b
2:
  ret

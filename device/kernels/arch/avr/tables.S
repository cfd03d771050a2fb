; SPDX-License-Identifier: MIT
; Tables whose index is the lower byte of an address, and what fills the page between the vectors and them.

; the linker puts .progmem.gcc first, section after section
.section .progmem.gcc.sigmoid, "a"

; round(32768 / (1 + e^(-k/8)))
.global sigmoid_positive
sigmoid_positive:
  .word 16384, 17407, 18421, 19420, 20397, 21344, 22255, 23127, 23955, 24737, 25471, 26155, 26790
  .word 27377, 27917, 28411, 28862, 29272, 29644, 29979, 30282, 30555, 30799, 31018, 31214, 31389
  .word 31545, 31684, 31807, 31917, 32015, 32102, 32179, 32247, 32307, 32361, 32408, 32450, 32487
  .word 32520, 32549, 32574, 32597, 32617, 32635, 32650, 32664, 32676, 32687, 32696, 32705, 32712
  .word 32719, 32725, 32730, 32734, 32738, 32742, 32745, 32747, 32750, 32752, 32754, 32756, 32757

.macro bytes shift, values:vararg
  .irp value, \values
  .byte (\value >> \shift) & 0xff
  .endr
.endm

; round(32768 * 2^(-f/256))
.macro octave shift
  bytes \shift, 32768, 32679, 32591, 32503, 32415, 32327, 32240, 32153, 32066, 31979, 31893, 31806
  bytes \shift, 31720, 31635, 31549, 31464, 31379, 31294, 31209, 31125, 31041, 30957, 30873, 30790
  bytes \shift, 30706, 30623, 30541, 30458, 30376, 30293, 30212, 30130, 30048, 29967, 29886, 29805
  bytes \shift, 29725, 29644, 29564, 29484, 29405, 29325, 29246, 29167, 29088, 29009, 28931, 28852
  bytes \shift, 28774, 28697, 28619, 28542, 28464, 28388, 28311, 28234, 28158, 28082, 28006, 27930
  bytes \shift, 27855, 27779, 27704, 27629, 27554, 27480, 27406, 27332, 27258, 27184, 27110, 27037
  bytes \shift, 26964, 26891, 26818, 26746, 26674, 26601, 26530, 26458, 26386, 26315, 26244, 26173
  bytes \shift, 26102, 26031, 25961, 25891, 25821, 25751, 25681, 25612, 25543, 25474, 25405, 25336
  bytes \shift, 25268, 25199, 25131, 25063, 24995, 24928, 24860, 24793, 24726, 24659, 24593, 24526
  bytes \shift, 24460, 24394, 24328, 24262, 24196, 24131, 24066, 24001, 23936, 23871, 23806, 23742
  bytes \shift, 23678, 23614, 23550, 23486, 23423, 23359, 23296, 23233, 23170, 23108, 23045, 22983
  bytes \shift, 22921, 22859, 22797, 22735, 22674, 22613, 22552, 22491, 22430, 22369, 22309, 22248
  bytes \shift, 22188, 22128, 22068, 22009, 21949, 21890, 21831, 21772, 21713, 21654, 21595, 21537
  bytes \shift, 21479, 21421, 21363, 21305, 21247, 21190, 21133, 21076, 21019, 20962, 20905, 20849
  bytes \shift, 20792, 20736, 20680, 20624, 20568, 20513, 20457, 20402, 20347, 20292, 20237, 20182
  bytes \shift, 20127, 20073, 20019, 19965, 19911, 19857, 19803, 19750, 19696, 19643, 19590, 19537
  bytes \shift, 19484, 19431, 19379, 19326, 19274, 19222, 19170, 19118, 19066, 19015, 18963, 18912
  bytes \shift, 18861, 18810, 18759, 18708, 18658, 18607, 18557, 18507, 18457, 18407, 18357, 18308
  bytes \shift, 18258, 18209, 18160, 18110, 18061, 18013, 17964, 17915, 17867, 17819, 17770, 17722
  bytes \shift, 17674, 17627, 17579, 17531, 17484, 17437, 17390, 17343, 17296, 17249, 17202, 17156
  bytes \shift, 17109, 17063, 17017, 16971, 16925, 16879, 16834, 16788, 16743, 16697, 16652, 16607
  bytes \shift, 16562, 16518, 16473, 16428
.endm

.section .progmem.gcc.tables, "a"

; All lower bytes, then all upper ones, so that f alone is the lower byte of an address.
.balign 256
.global exp2_octave
exp2_octave:
  octave 0
  octave 8

.macro entries step
  .set byte, 0
  .rept 16
    .set value, byte
    .rept 8
      .set value, (value >> 1) ^ (0xEDB88320 & -(value & 1))
    .endr
    .long value
    .set byte, byte + \step
  .endr
.endm

.section .progmem.gcc.crc32, "a"

; The CRC of a byte is that of its low half xor that of its high half: two tables of 16 entries do the work of one of
; 256.
.balign 128
.global crc32_of_halves
crc32_of_halves:
  entries 0x01
  entries 0x10

/* SPDX-License-Identifier: MIT */
/* Build tool: prints boot2 as a source of 256 bytes, the last word being what the boot ROM checks
 * (2.8.1.3.1): the CRC-32 of the 252 bytes before, polynomial 0x04C11DB7, not reflected, from 0xFFFFFFFF.
 * boot2_checksum BOOT2.bin */
#include <stdint.h>
#include <stdio.h>

enum { CODE_BYTES = 252, BITS = 8 };

static uint32_t checksum(const uint8_t* bytes) {
  uint32_t crc = 0xFFFFFFFFu;
  for (int i = 0; i < CODE_BYTES; i++) {
    crc ^= (uint32_t)bytes[i] << 24;
    for (int bit = 0; bit < BITS; bit++) crc = crc << 1 ^ ((crc >> 31) != 0 ? 0x04C11DB7u : 0u);
  }
  return crc;
}

int main(int argc, char** argv) {
  uint8_t code[CODE_BYTES + 1] = {0};
  FILE* file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (file == NULL) {
    perror(argc == 2 ? argv[1] : "boot2_checksum BOOT2.bin");
    return 1;
  }
  const size_t n = fread(code, 1, sizeof code, file);
  fclose(file);
  if (n > CODE_BYTES) {
    fprintf(stderr, "boot2_checksum: %s does not fit %d bytes\n", argv[1], CODE_BYTES);
    return 1;
  }
  printf(
      "/* generated */\n#include <stdint.h>\n__attribute__((section(\".boot2\"), used)) const uint32_t "
      "boot2[64] = {");
  for (int i = 0; i < CODE_BYTES; i += 4) {
    const uint32_t word = (uint32_t)code[i] | (uint32_t)code[i + 1] << 8 | (uint32_t)code[i + 2] << 16 |
                          (uint32_t)code[i + 3] << 24;
    printf("0x%08Xu,", (unsigned)word);
  }
  printf("0x%08Xu};\n", (unsigned)checksum(code));
  return 0;
}

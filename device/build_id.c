/* SPDX-License-Identifier: MIT */
/* Build tool: prints a header with the CRC-32 of a version string and of the contents of files, by which
 * HELLO tells one agent build from another.  build_id VERSION FILE... */
#include <stdio.h>
#include <string.h>

#include "proto/crc32.h"

int main(int argc, char** argv) {
  unsigned char piece[4096];
  if (argc < 2) return 2;
  uint32_t crc = mcl_crc32(0, argv[1], strlen(argv[1]));
  for (int i = 2; i < argc; i++) {
    FILE* file = fopen(argv[i], "rb");
    if (file == NULL) {
      perror(argv[i]);
      return 1;
    }
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) != 0;) crc = mcl_crc32(crc, piece, n);
    fclose(file);
  }
  printf("/* generated */\n#define AGENT_BUILD 0x%08Xu\n", (unsigned)crc);
  return 0;
}

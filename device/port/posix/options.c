/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "port/posix/posix.h"
#include "proto/frame.h"

static const char usage[] =
    "usage: mcullm-agent-posix [options]\n"
    "The mcullm device agent, speaking on its standard input and output.\n"
    "  --store FILE        flash memory, created when missing (default: forgotten at exit)\n"
    "  --store-bytes N     size of a new flash memory (default 16777216)\n"
    "  --arena BYTES       memory for the model (default 67108864)\n"
    "  --max-payload N     largest frame payload, 96 to 1024 (default 1024)\n";

static bool parse_number(const char* option, const char* text, uint32_t least, uint32_t most,
                         uint32_t* value) {
  char* end;
  errno = 0;
  const unsigned long long v = strtoull(text, &end, 10);
  if (errno != 0 || end == text || *end != 0 || text[0] == '-' || v < least || v > most) {
    fprintf(stderr, "mcullm-agent-posix: --%s %s: expected a number from %u to %u\n", option, text, least,
            most);
    return false;
  }
  *value = (uint32_t)v;
  return true;
}

bool posix_options_parse(posix_options_t* options, int argc, char** argv) {
  enum { STORE, STORE_BYTES, ARENA, MAX_PAYLOAD, HELP };
  static const struct option known[] = {
      {"store", required_argument, NULL, STORE}, {"store-bytes", required_argument, NULL, STORE_BYTES},
      {"arena", required_argument, NULL, ARENA}, {"max-payload", required_argument, NULL, MAX_PAYLOAD},
      {"help", no_argument, NULL, HELP},         {NULL, 0, NULL, 0}};
  uint32_t payload = MCL_PAYLOAD_MAX;
  bool good = true;
  *options = (posix_options_t){.store_bytes = 16u << 20, .arena_bytes = 64u << 20};
  for (int chosen; good && (chosen = getopt_long(argc, argv, "", known, NULL)) != -1;) {
    switch (chosen) {
      case STORE:
        options->store_path = optarg;
        break;
      case STORE_BYTES:
        good = parse_number("store-bytes", optarg, POSIX_ERASE_BYTES, 1u << 30, &options->store_bytes);
        break;
      case ARENA:
        good = parse_number("arena", optarg, 0, 1u << 30, &options->arena_bytes);
        break;
      case MAX_PAYLOAD:
        good = parse_number("max-payload", optarg, MCL_HELLO_MAX, MCL_PAYLOAD_MAX, &payload);
        break;
      case HELP:
        fputs(usage, stdout);
        exit(0);
      default:
        good = false;
    }
  }
  if (good && optind < argc) {
    fprintf(stderr, "mcullm-agent-posix: unexpected argument '%s'\n%s", argv[optind], usage);
    good = false;
  }
  options->max_payload = (uint16_t)payload;
  return good;
}

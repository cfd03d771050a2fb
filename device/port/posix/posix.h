/* SPDX-License-Identifier: MIT */
/* The agent as a program on this computer: the parts of its port. */
#ifndef PORT_POSIX_H
#define PORT_POSIX_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const char* store_path; /* NULL: the storage is forgotten at exit */
  uint32_t store_bytes;
  uint32_t arena_bytes;
  uint16_t max_payload;
} posix_options_t;

enum { POSIX_ERASE_BYTES = 4096 };

/* Fills *options from the command line. false: a message is on stderr. */
bool posix_options_parse(posix_options_t* options, int argc, char** argv);

/* Remembers what hal_board tells and what hal_reset starts again. */
void posix_board_open(const posix_options_t* options, char** argv);

/* Opens file descriptors 0 and 1 as the link; a terminal is set raw. */
void posix_link_open(void);
/* Sends what waits to be sent. */
void posix_link_flush(void);
/* Sleeps until something arrives. Ends the program when nothing ever will. */
void posix_link_wait(void);

/* Opens or creates the file. false: a message is on stderr. */
bool posix_store_open(const posix_options_t* options);
uint32_t posix_store_bytes(void);

#endif

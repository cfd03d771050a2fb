/* SPDX-License-Identifier: MIT */
/* The link: bytes on standard input and output, which may be a pipe, a socket or a pty. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "hal/hal.h"
#include "port/posix/posix.h"

static struct {
  uint8_t bytes[4096];
  size_t at, end;
} input;

static struct {
  uint8_t bytes[4096];
  size_t used;
} output;

void posix_link_open(void) {
  struct termios mode;
  signal(SIGPIPE, SIG_IGN);
  if (tcgetattr(STDIN_FILENO, &mode) != 0) return;
  cfmakeraw(&mode);
  tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

void posix_link_flush(void) {
  for (size_t sent = 0; sent < output.used;) {
    const ssize_t n = write(STDOUT_FILENO, output.bytes + sent, output.used - sent);
    if (n < 0 && errno != EINTR && errno != EAGAIN) exit(0); /* nobody listens any more */
    if (n > 0) sent += (size_t)n;
  }
  output.used = 0;
}

/* Waits up to timeout_ms (-1: for ever) for input. */
static bool readable(int timeout_ms) {
  struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
  return poll(&fd, 1, timeout_ms) > 0;
}

void posix_link_wait(void) {
  posix_link_flush();
  (void)readable(-1);
}

uint16_t hal_link_read(uint8_t* buf, uint16_t n) {
  if (input.at == input.end) {
    posix_link_flush();
    if (!readable(0)) return 0;
    const ssize_t got = read(STDIN_FILENO, input.bytes, sizeof input.bytes);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return 0;
    if (got <= 0) exit(0); /* the other end is closed */
    input.at = 0;
    input.end = (size_t)got;
  }
  const size_t left = input.end - input.at;
  const size_t taken = n < left ? n : left;
  memcpy(buf, input.bytes + input.at, taken);
  input.at += taken;
  return (uint16_t)taken;
}

void hal_link_write(const uint8_t* buf, uint16_t n) {
  for (uint16_t i = 0; i < n; i++) {
    if (output.used == sizeof output.bytes) posix_link_flush();
    output.bytes[output.used++] = buf[i];
  }
}

uint32_t hal_link_overruns(void) { return 0; }

/* SPDX-License-Identifier: MIT */
/* Flash memory in a file: erasing sets all bits of 4096 bytes, programming only clears bits. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hal/hal.h"
#include "port/posix/posix.h"

enum { ERASED = 0xFF };

static uint8_t* flash;
static uint32_t flash_bytes;

static bool complain(const char* path, const char* what) {
  fprintf(stderr, "mcullm-agent-posix: store %s: %s: %s\n", path, what, strerror(errno));
  return false;
}

static bool map(const char* path, int fd, int flags) {
  void* memory = mmap(NULL, flash_bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (memory == MAP_FAILED) return complain(path, "cannot be mapped");
  flash = memory;
  return true;
}

/* A file that exists keeps its size, rounded up to whole erase blocks; what it gains is erased. */
static bool open_file(const posix_options_t* options, int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0) return complain(options->store_path, "cannot be examined");
  const uint64_t wanted =
      status.st_size > options->store_bytes ? (uint64_t)status.st_size : options->store_bytes;
  if (wanted > 1u << 30) {
    errno = EFBIG;
    return complain(options->store_path, "is longer than 1 GiB");
  }
  flash_bytes = (uint32_t)(wanted + POSIX_ERASE_BYTES - 1) / POSIX_ERASE_BYTES * POSIX_ERASE_BYTES;
  if (ftruncate(fd, (off_t)flash_bytes) != 0) return complain(options->store_path, "cannot be extended");
  if (!map(options->store_path, fd, MAP_SHARED)) return false;
  memset(flash + status.st_size, ERASED, flash_bytes - (size_t)status.st_size);
  return true;
}

bool posix_store_open(const posix_options_t* options) {
  if (options->store_path == NULL) {
    flash_bytes = options->store_bytes / POSIX_ERASE_BYTES * POSIX_ERASE_BYTES;
    if (!map("in memory", -1, MAP_PRIVATE | MAP_ANONYMOUS)) return false;
    memset(flash, ERASED, flash_bytes);
    return true;
  }
  const int fd = open(options->store_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return complain(options->store_path, "cannot be opened");
  const bool opened = open_file(options, fd);
  close(fd);
  return opened;
}

uint32_t posix_store_bytes(void) { return flash_bytes; }

const uint8_t* hal_store_map(void) { return flash; }

bool hal_store_read(uint32_t offset, uint8_t* to, uint16_t n) {
  if (offset > flash_bytes || n > flash_bytes - offset) return false;
  memcpy(to, flash + offset, n);
  return true;
}

bool hal_store_erase(uint32_t offset) {
  if (offset % POSIX_ERASE_BYTES != 0 || offset >= flash_bytes) return false;
  memset(flash + offset, ERASED, POSIX_ERASE_BYTES);
  return true;
}

bool hal_store_program(uint32_t offset, const uint8_t* block) {
  if (offset % HAL_BLOCK_BYTES != 0 || offset >= flash_bytes) return false;
  for (uint32_t i = 0; i < HAL_BLOCK_BYTES; i++) flash[offset + i] &= block[i];
  return true;
}

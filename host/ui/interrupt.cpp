// SPDX-License-Identifier: MIT
#include "ui/interrupt.hpp"

#include <unistd.h>

#include <csignal>

#include "base/result.hpp"

namespace mcullm::ui {
namespace {

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch it");

void on_interrupt(int) {
  if (interrupted.exchange(true)) _exit(static_cast<int>(Exit::cancelled));
}

}  // namespace

auto catch_interrupts() -> std::atomic<bool>& {
  // without SA_RESTART: a read that waits for the user comes back at once
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  return interrupted;
}

}  // namespace mcullm::ui

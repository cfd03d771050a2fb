// SPDX-License-Identifier: MIT
#include "ui/interrupt.hpp"

#include <unistd.h>

#include <csignal>

#include "base/result.hpp"

namespace mcullm::ui {
namespace {

constexpr int patience = 3;
std::atomic<bool> interrupted = false;
std::atomic<int> presses = 0;  // since the flag was taken back
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "a signal handler may touch them");

void on_interrupt(int) {
  if (!interrupted.exchange(true)) presses = 0;
  if (++presses >= patience) _exit(static_cast<int>(Exit::cancelled));
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

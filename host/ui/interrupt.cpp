// SPDX-License-Identifier: MIT
#include "ui/interrupt.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "base/result.hpp"

namespace mcullm::ui {
namespace {

constexpr int patience = 3;
std::atomic<bool> interrupted = false;
std::atomic<int> presses = 0;  // since the flag was taken back
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "a signal handler may touch them");

int wake_up = -1;  // an eventfd: readable after each Ctrl-C, so that none is missed between a look and a wait

void on_interrupt(int) {
  const int saved_errno = errno;
  if (!interrupted.exchange(true)) presses = 0;
  if (++presses >= patience) _exit(static_cast<int>(Exit::cancelled));
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_up, &one, sizeof one);
  errno = saved_errno;
}

}  // namespace

auto catch_interrupts() -> std::atomic<bool>& {
  if (wake_up < 0) wake_up = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  // without SA_RESTART: a call that waits comes back at once
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  return interrupted;
}

auto wait_for_input(int descriptor) -> bool {
  for (;;) {
    if (interrupted) return false;
    pollfd waiting[] = {{descriptor, POLLIN, 0}, {wake_up, POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return true;  // the read will say what is wrong
    std::uint64_t presses_seen = 0;  // old ones too, whose flag was taken back meanwhile
    if (waiting[1].revents != 0) [[maybe_unused]]
      const auto drained = ::read(wake_up, &presses_seen, sizeof presses_seen);
    if (!interrupted && waiting[0].revents != 0) return true;
  }
}

}  // namespace mcullm::ui

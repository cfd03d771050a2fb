// SPDX-License-Identifier: MIT
// Ctrl-C asks, whoever is at work looks: one flag for the whole process.
#pragma once

#include <atomic>

namespace mcullm::ui {

// Catches SIGINT from now on and returns the flag that it sets; whoever obeys takes it back. The third Ctrl-C
// that nobody obeys ends the process at once, with the exit code of an interruption.
auto catch_interrupts() -> std::atomic<bool>&;

// Waits until `descriptor` has something to read (or has ended): true. False when the flag is set, be it
// before, at the very moment, or while waiting, and whichever thread the signal went to.
auto wait_for_input(int descriptor) -> bool;

}  // namespace mcullm::ui

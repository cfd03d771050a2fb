// SPDX-License-Identifier: MIT
// mcullm-sim-uno: an Arduino Uno with an SD card, simulated.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <string>

#include "sim/uno/options.hpp"
#include "sim/uno/simulation.hpp"

namespace {

using mcullm::Exit;
using mcullm::uno::Options;
using mcullm::uno::Simulation;

constexpr int exit_violation = 9;  // the program did what a real chip would not survive

// stdout belongs to the serial line
void say(const std::string& text) {
  for (std::size_t written = 0; written < text.size();) {
    const auto count = ::write(STDERR_FILENO, text.data() + written, text.size() - written);
    if (count <= 0) return;
    written += static_cast<std::size_t>(count);
  }
}

void listen_to_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGTERM, [](int) { Simulation::request_stop(); });
  std::signal(SIGINT, [](int) { Simulation::request_stop(); });
  std::signal(SIGHUP, [](int) { Simulation::request_reset(); });
  std::signal(SIGUSR1, [](int) { Simulation::request_report(); });
  std::signal(SIGUSR2, [](int) { Simulation::request_card_change(); });
}

auto failed(const mcullm::Error& error) -> int {
  say("mcullm-sim-uno: " + error.what + (error.hint.empty() ? "" : "\n  " + error.hint) + "\n");
  return static_cast<int>(error.exit);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "A simulated Arduino Uno: ATmega328P at 16 MHz, serial line on stdin and stdout, SD card on D10-D13.");
  app.footer(
      "SIGHUP presses reset, SIGUSR1 writes the report, SIGUSR2 pulls the card or pushes it back.\n"
      "Exit code 9: collision, overrun, or an access that a real chip would not forgive; see the report.");
  Options options;
  add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::usage);
  }
  listen_to_signals();
  auto simulation = Simulation::create(options, say);
  if (!simulation) return failed(simulation.error());
  const auto clean = (*simulation)->run();
  if (!clean) return failed(clean.error());
  return *clean ? 0 : exit_violation;
}

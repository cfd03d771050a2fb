// SPDX-License-Identifier: MIT
#include "sim/uno/options.hpp"

namespace mcullm::uno {

namespace {

void add_program_options(CLI::App& app, Options& o) {
  app.add_option("--firmware", o.firmware, "Program to load, ELF or Intel HEX")->check(CLI::ExistingFile);
  app.add_option("--boot", o.boot, "Boot loader (HEX or ELF); resets start it")->check(CLI::ExistingFile);
  app.add_option("--flash", o.flash, "File that keeps the 32 KB of flash from run to run");
  app.add_option("--static-end", o.static_end, "First RAM address after .bss (an ELF file tells it)");
  app.add_option("--ram-seed", o.ram_seed, "What the RAM holds at power-on; 0: something else each time")
      ->capture_default_str();
  app.add_option("--spi-overhead", o.spi_overhead, "Cycles per SPI byte beyond its eight bit times")
      ->capture_default_str();
}

void add_run_options(CLI::App& app, Options& o) {
  app.add_flag("--pty", o.pty,
               "Serial line on a new pseudo terminal, whose path is printed; opening it resets");
  app.add_option("--line-baud", o.line_baud,
                 "Speed of the host: a number, 'auto' (the chip's own), or 'terminal' "
                 "(what the host has set on the terminal)")
      ->capture_default_str();
  app.add_flag("--realtime", o.realtime, "No faster than 16 MHz");
  app.add_option("--max-cycles", o.max_cycles, "End after that many cycles; 0: never")->capture_default_str();
  app.add_option("--report", o.report, "Write the report here instead of to stderr");
  app.add_option("--marks", o.marks, "Write a line 'cycle value' here for each write to GPIOR0");
}

void add_card_options(CLI::App& app, Options& o) {
  auto& t = o.card_timing;
  app.add_option("--sd", o.card, "Card image; without it the slot is empty");
  app.add_option("--sd-create-mib", o.card_create_mib, "Create a missing card image of that many MiB");
  app.add_option("--sd-type", o.card_type, "Addressing of the card")
      ->check(CLI::IsMember({"sdhc", "sdsc"}))
      ->capture_default_str();
  app.add_option("--sd-access-us", t.access_us, "From a read command to its data")->capture_default_str();
  app.add_option("--sd-gap-us", t.gap_us, "Between the blocks of one read")->capture_default_str();
  app.add_option("--sd-write-us", t.write_us, "Busy after a written block")->capture_default_str();
  app.add_option("--sd-slow-every", t.slow_every, "Every N-th written block is slow; 0: none")
      ->capture_default_str();
  app.add_option("--sd-slow-us", t.slow_us, "Busy after a slow block")->capture_default_str();
}

void add_fault_options(CLI::App& app, Options& o) {
  auto& f = o.card_faults;
  app.add_option("--sd-remove-at-cycle", f.remove_at_cycle, "Pull the card at this cycle");
  app.add_option("--sd-remove-after-blocks", f.remove_after_blocks,
                 "Pull it after N blocks, read or written");
  app.add_option("--sd-read-error-at", f.read_error_at, "Error token in place of this block");
  app.add_option("--sd-bad-crc-at", f.bad_crc_at, "Flip a bit of this block on its way to the chip");
  app.add_option("--sd-write-error-at", f.write_error_at, "Answer a write of this block with 'write error'");
  app.add_option("--sd-write-crc-error-at", f.write_crc_error_at, "... with 'CRC error'");
  app.add_option("--sd-busy-at", f.busy_at, "A write of this block stays busy ...");
  app.add_option("--sd-busy-ms", f.busy_ms, "... that long")->capture_default_str();
  app.add_option("--sd-fault-times", f.times, "How often the fault at a block happens; 0: always")
      ->capture_default_str();
}

}  // namespace

void add_options(CLI::App& app, Options& options) {
  add_program_options(app, options);
  add_run_options(app, options);
  add_card_options(app, options);
  add_fault_options(app, options);
}

}  // namespace mcullm::uno

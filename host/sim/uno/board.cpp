// SPDX-License-Identifier: MIT
#include "sim/uno/board.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <random>
#include <utility>

namespace mcullm::uno {

namespace {

constexpr std::uint8_t external_reset = 0x02;  // EXTRF in MCUSR
constexpr std::uint8_t pin_select = 1 << 2, pin_mosi = 1 << 3, pin_clock = 1 << 5;
constexpr std::uint8_t interrupt_flag = 7;
constexpr Cycles interrupt_entry_cycles = 4;  // missing in libsimavr 1.6
constexpr Cycles run_limit = 1000;            // instructions between looks at timers and interrupts

// libsimavr cannot give all of a chip back, so it stays, and stays reachable, until the process ends.
[[gnu::used]] avr_t* the_chip = nullptr;

auto make_chip(const BoardSetup& setup) -> avr_t* {
  avr_t* avr = avr_make_mcu_by_name("atmega328p");
  avr_init(avr);
  avr->frequency = clock_hz;
  avr->log = LOG_ERROR;
  // the library reports an access outside the memory, but then makes it: room for every 16-bit address
  avr->data = static_cast<std::uint8_t*>(std::realloc(avr->data, 0x10000));
  std::fill(avr->data + ram_end + 1, avr->data + 0x10000, std::uint8_t{0});
  // no chip wakes with zeros in its RAM
  std::mt19937 random(setup.ram_seed);
  std::generate(avr->data + ram_start, avr->data + ram_end + 1,
                [&] { return static_cast<std::uint8_t>(random()); });
  for (const auto& program : setup.programs) {
    for (const auto& segment : program.segments)
      std::memcpy(avr->flash + segment.address, segment.bytes.data(), segment.bytes.size());
  }
  avr->reset_pc = avr->pc = setup.boot_start.value_or(0);
  avr->run_cycle_limit = run_limit;
  return the_chip = avr;
}

}  // namespace

Board::Board(const BoardSetup& setup, ByteStream& stream, std::optional<SdCard> card, Mark mark)
    : avr_(make_chip(setup)),
      boot_start_(setup.boot_start.value_or(flash_bytes)),
      card_(std::move(card)),
      mark_(std::move(mark)),
      watch_(std::make_unique<Watch>(*avr_, boot_start_, setup.static_end)),
      line_(*avr_, stream, setup.line_speed) {
  uart_ = std::make_unique<Uart>(*avr_, *watch_, [this](std::uint8_t byte) { line_.deliver(byte); });
  line_.connect(*uart_);
  connect_card(setup.spi_overhead);
  on_write<&Board::write_mark>(*avr_, reg::gpior0, this);
}

void Board::connect_card(unsigned spi_overhead) {
  spi_ = std::make_unique<SpiMaster>(*avr_, *watch_, spi_overhead,
                                     [this](std::uint8_t mosi, Cycles now) { return exchange(mosi, now); });
  const auto changed = [](avr_irq_t*, std::uint32_t, void* self) {
    auto& board = *static_cast<Board*>(self);
    board.last_pin_change_ = board.avr_->cycle;
    const auto* data = board.avr_->data;
    // as an input the pin is pulled high by the card's socket
    if (board.card_) board.card_->select((data[reg::ddrb] & pin_select) && !(data[reg::portb] & pin_select));
  };
  for (const char port : {'B', 'C', 'D'})
    avr_irq_register_notify(
        avr_io_getirq(avr_, static_cast<std::uint32_t>(AVR_IOCTL_IOPORT_GETIRQ(port)), IOPORT_IRQ_PIN_ALL),
        changed, this);
}

auto Board::exchange(std::uint8_t mosi, Cycles now) -> std::uint8_t {
  const std::uint8_t outputs = avr_->data[reg::ddrb];
  if (!card_ || !(outputs & pin_clock)) return 0xff;
  return card_->exchange(outputs & pin_mosi ? mosi : 0xff, now);
}

void Board::write_mark(Address address, std::uint8_t value) {
  avr_->data[address] = value;
  last_pin_change_ = avr_->cycle;
  if (mark_) mark_(avr_->cycle, value);
}

auto Board::last_activity() const -> Cycles {
  return std::max({uart_->last_activity(), spi_->last_activity(), last_pin_change_});
}

auto Board::run(Cycles cycles) -> CpuState {
  const Cycles until = avr_->cycle + cycles;
  while (avr_->cycle < until) {
    if (avr_->state == cpu_Crashed) return CpuState::crashed;
    if (avr_->state == cpu_Done) return CpuState::finished;
    step(until);
  }
  return CpuState::running;
}

void Board::step(Cycles until) {
  auto* const usual_run = avr_->run;
  auto next_pc = avr_->pc;
  if (avr_->state == cpu_Running) next_pc = avr_run_one(avr_);
  const Cycles to_next_timer = avr_cycle_timer_process(avr_);
  avr_->pc = next_pc;
  if (avr_->run != usual_run) {  // the watchdog asks for a reset in this way
    avr_->run(avr_);
    after_reset();
    return;
  }
  if (avr_->state == cpu_Sleeping) {
    if (!avr_->sreg[interrupt_flag]) {
      avr_->state = cpu_Done;
      return;
    }
    const Cycles left = until > avr_->cycle ? until - avr_->cycle : 1;
    avr_->cycle += std::clamp<Cycles>(to_next_timer, 1, left);
  }
  if (avr_->interrupt_state && avr_->state != cpu_Crashed) serve_interrupt();
}

void Board::serve_interrupt() {
  const bool were_on = avr_->sreg[interrupt_flag];
  avr_service_interrupts(avr_);
  if (were_on && !avr_->sreg[interrupt_flag]) avr_->cycle += interrupt_entry_cycles;
}

void Board::press_reset() {
  avr_reset(avr_);
  after_reset();
  avr_->data[reg::mcusr] |= external_reset;
}

void Board::after_reset() {
  resets_++;
  avr_->run_cycle_limit = run_limit;
  last_pin_change_ = avr_->cycle;
  watch_->after_reset();
  uart_->after_reset();
  spi_->after_reset();
  line_.after_reset();
  if (card_) card_->select(false);
}

}  // namespace mcullm::uno

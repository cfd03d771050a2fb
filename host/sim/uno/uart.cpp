// SPDX-License-Identifier: MIT
#include "sim/uno/uart.hpp"

#include <fmt/format.h>

#include <utility>

namespace mcullm::uno {

namespace {

constexpr std::uint8_t rxc = 0x80, txc = 0x40, udre = 0x20, fe = 0x10, dor = 0x08, u2x = 0x02, mpcm = 0x01;
constexpr std::uint8_t rxcie = 0x80, txcie = 0x40, udrie = 0x20, rxen = 0x10, txen = 0x08, ucsz2 = 0x04;
constexpr std::uint8_t format_8n1 = 0x06;
constexpr std::uint8_t receive_vector = 18, data_empty_vector = 19, transmit_vector = 20;
constexpr std::size_t buffer_size = 2;

auto find_vector(avr_t& avr, std::uint8_t number) -> avr_int_vector_t* {
  for (unsigned i = 0; i < avr.interrupts.vector_count; i++) {
    if (avr.interrupts.vector[i]->vector == number) return avr.interrupts.vector[i];
  }
  return nullptr;
}

// Takes a request back. libsimavr leaves it in its queue, where requests that come and go while interrupts
// are off would pile up until the queue wraps.
void withdraw(avr_t& avr, avr_int_vector_t& vector) {
  auto& queue = avr.interrupts.pending;
  constexpr unsigned size = avr_int_pending_fifo_size;
  unsigned kept = queue.read;
  for (unsigned at = queue.read; at != queue.write; at = (at + 1) % size) {
    if (queue.buffer[at] == &vector) continue;
    queue.buffer[kept] = queue.buffer[at];
    kept = (kept + 1) % size;
  }
  queue.write = static_cast<std::uint16_t>(kept);
  vector.pending = 0;
  if (queue.read == queue.write && avr.interrupt_state > 0) avr.interrupt_state = 0;
}

}  // namespace

Uart::Uart(avr_t& avr, Watch& watch, Send send) : avr_(avr), watch_(watch), send_(std::move(send)) {
  on_read<&Uart::read_status>(avr_, reg::ucsr0a, this);
  on_write<&Uart::write_status>(avr_, reg::ucsr0a, this);
  on_write<&Uart::write_enables>(avr_, reg::ucsr0b, this);
  on_write<&Uart::write_format>(avr_, reg::ucsr0c, this);
  on_read<&Uart::read_data>(avr_, reg::udr0, this);
  on_write<&Uart::write_data>(avr_, reg::udr0, this);
  // these two and the control registers only hold their bits
  for (const auto address : {reg::ucsr0b, reg::ucsr0c, reg::ubrr0l, reg::ubrr0h})
    avr_.io[AVR_DATA_TO_IO(address)].r = {};
  for (const auto address : {reg::ubrr0l, reg::ubrr0h}) avr_.io[AVR_DATA_TO_IO(address)].w = {};
  hook_interrupts();
  after_reset();
}

void Uart::hook_interrupts() {
  receive_complete_ = find_vector(avr_, receive_vector);
  data_empty_ = find_vector(avr_, data_empty_vector);
  transmit_complete_ = find_vector(avr_, transmit_vector);
  const auto on_running = [](avr_irq_t*, std::uint32_t running, void* self) {
    if (!running) static_cast<Uart*>(self)->update_interrupts();
  };
  for (auto* vector : {receive_complete_, data_empty_})
    avr_irq_register_notify(vector->irq + AVR_INT_IRQ_RUNNING, on_running, this);
  const auto on_transmit = [](avr_irq_t*, std::uint32_t running, void* self) {
    if (running) static_cast<Uart*>(self)->sent_all_ = false;
  };
  avr_irq_register_notify(transmit_complete_->irq + AVR_INT_IRQ_RUNNING, on_transmit, this);
}

void Uart::after_reset() {
  buffer_.clear();
  held_.reset();
  to_send_.reset();
  shifting_out_.reset();
  overrun_ = sent_all_ = false;
  avr_.data[reg::ucsr0a] = 0;
  avr_.data[reg::ucsr0b] = 0;
  avr_.data[reg::ucsr0c] = format_8n1;
}

auto Uart::bit_cycles() const -> std::uint32_t {
  const std::uint32_t divisor = (avr_.data[reg::ubrr0l] | (avr_.data[reg::ubrr0h] & 0x0fu) << 8) + 1;
  return divisor * (avr_.data[reg::ucsr0a] & u2x ? 8 : 16);
}

void Uart::start_bit() {
  if (!held_) return;
  held_.reset();
  overrun_ = true;
  counts_.overruns++;
  watch_.violate("uart-overrun", "a byte was lost: two were waiting unread and a fourth began");
}

void Uart::receive(std::uint8_t byte, bool stop_bit_seen) {
  last_activity_ = avr_.cycle;
  if (!enabled(rxen)) {
    counts_.ignored++;
    return;
  }
  counts_.received++;
  if (!stop_bit_seen) counts_.framing_errors++;
  if (buffer_.size() < buffer_size) {
    buffer_.push_back({byte, stop_bit_seen});
  } else {
    held_ = Received{byte, stop_bit_seen};
  }
  update_interrupts();
}

auto Uart::read_status(Address address) -> std::uint8_t {
  unsigned status = avr_.data[address] & (u2x | mpcm);
  if (!buffer_.empty()) status |= rxc | (buffer_.front().stop_bit_seen ? 0 : fe);
  if (overrun_) status |= dor;
  if (sent_all_) status |= txc;
  if (!to_send_) status |= udre;
  return static_cast<std::uint8_t>(status);
}

void Uart::write_status(Address address, std::uint8_t value) {
  avr_.data[address] = value & (u2x | mpcm);
  if (value & txc) sent_all_ = false;
  update_interrupts();
}

void Uart::write_enables(Address address, std::uint8_t value) {
  avr_.data[address] = value;
  if (value & ucsz2) watch_.violate("uart-format", "9 data bits are not simulated, only 8N1");
  if (!(value & rxen)) {
    buffer_.clear();
    held_.reset();
    overrun_ = false;
  }
  update_interrupts();
}

void Uart::write_format(Address address, std::uint8_t value) {
  avr_.data[address] = value;
  if (value != format_8n1) watch_.violate("uart-format", fmt::format("UCSR0C {:#04x} is not 8N1", value));
}

auto Uart::read_data(Address) -> std::uint8_t {
  overrun_ = false;
  if (buffer_.empty()) return 0;
  const std::uint8_t byte = buffer_.front().byte;
  buffer_.pop_front();
  if (held_) buffer_.push_back(*std::exchange(held_, std::nullopt));
  update_interrupts();
  return byte;
}

void Uart::write_data(Address, std::uint8_t value) {
  if (!enabled(txen)) return;
  last_activity_ = avr_.cycle;
  if (to_send_) {
    watch_.violate("uart-send", "UDR0 was written while UDRE0 was clear: a byte was lost");
  } else if (shifting_out_) {
    to_send_ = value;
    update_interrupts();
  } else {
    begin_sending(value);
    const auto done = [](avr_t*, avr_cycle_count_t when, void* self) {
      return static_cast<Uart*>(self)->finish_sending(when);
    };
    avr_cycle_timer_register(&avr_, frame_cycles(), done, this);
  }
}

void Uart::begin_sending(std::uint8_t byte) {
  shifting_out_ = byte;
  sent_all_ = false;
}

auto Uart::finish_sending(Cycles when) -> Cycles {
  send_(*shifting_out_);
  counts_.sent++;
  last_activity_ = avr_.cycle;
  shifting_out_.reset();
  if (to_send_) {
    begin_sending(*std::exchange(to_send_, std::nullopt));
  } else {
    sent_all_ = true;
  }
  update_interrupts();
  return shifting_out_ ? when + frame_cycles() : 0;
}

void Uart::update_interrupts() {
  follow(*receive_complete_, enabled(rxcie) && !buffer_.empty());
  follow(*data_empty_, enabled(udrie) && !to_send_);
  follow(*transmit_complete_, enabled(txcie) && sent_all_);
}

void Uart::follow(avr_int_vector_t& vector, bool wanted) {
  if (wanted && !vector.pending) avr_raise_interrupt(&avr_, &vector);
  if (!wanted && vector.pending) withdraw(avr_, vector);
}

}  // namespace mcullm::uno

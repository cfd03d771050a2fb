// SPDX-License-Identifier: MIT
// USART0 of the chip, 8N1, as its data sheet describes it: two bytes of receive buffer behind the shift
// register, overrun, double-buffered transmitter, level-triggered interrupts.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "sim/uno/simavr.hpp"
#include "sim/uno/watch.hpp"

namespace mcullm::uno {

struct UartCounts {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::uint64_t overruns = 0;        // bytes lost because the program did not read
  std::uint64_t framing_errors = 0;  // stop bit was not there: the speeds differ
  std::uint64_t ignored = 0;         // arrived while the receiver was off
};

class Uart {
 public:
  using Send = std::function<void(std::uint8_t)>;  // called when the last bit has left

  Uart(avr_t& avr, Watch& watch, Send send);
  void after_reset();

  // The line: a frame begins, and its byte is complete.
  void start_bit();
  void receive(std::uint8_t byte, bool stop_bit_seen);

  auto bit_cycles() const -> std::uint32_t;
  auto counts() const -> const UartCounts& { return counts_; }
  auto last_activity() const -> Cycles { return last_activity_; }
  auto sending() const -> bool { return shifting_out_.has_value(); }

 private:
  struct Received {
    std::uint8_t byte;
    bool stop_bit_seen;
  };

  auto read_status(Address address) -> std::uint8_t;
  void write_status(Address address, std::uint8_t value);
  void write_enables(Address address, std::uint8_t value);
  void write_format(Address address, std::uint8_t value);
  auto read_data(Address address) -> std::uint8_t;
  void write_data(Address address, std::uint8_t value);

  auto enabled(std::uint8_t bit) const -> bool { return avr_.data[reg::ucsr0b] & bit; }
  auto frame_cycles() const -> Cycles { return Cycles{10} * bit_cycles(); }
  void begin_sending(std::uint8_t byte);
  auto finish_sending(Cycles when) -> Cycles;
  // The interrupts follow their flags for as long as those are set.
  void update_interrupts();
  void follow(avr_int_vector_t& vector, bool wanted);
  void hook_interrupts();

  avr_t& avr_;
  Watch& watch_;
  Send send_;
  avr_int_vector_t* receive_complete_ = nullptr;
  avr_int_vector_t* data_empty_ = nullptr;
  avr_int_vector_t* transmit_complete_ = nullptr;

  std::deque<Received> buffer_;          // at most two
  std::optional<Received> held_;         // a third, still in the shift register
  bool overrun_ = false;                 // until the next read of the data
  std::optional<std::uint8_t> to_send_;  // written, waiting for the shift register
  std::optional<std::uint8_t> shifting_out_;
  bool sent_all_ = false;  // TXC
  UartCounts counts_;
  Cycles last_activity_ = 0;
};

}  // namespace mcullm::uno

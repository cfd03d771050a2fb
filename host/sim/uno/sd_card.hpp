// SPDX-License-Identifier: MIT
// An SD card in SPI mode, byte by byte, with the patience and the faults of a real one.
//
//              CMD17 CMD18                      token             512 bytes + CRC
//   [reading] <----------- [idle] -----> [await_token] ---> [receiving] --+
//       |  last block,       ^    CMD24        ^                          |  CMD24: idle
//       +--CMD12, deselect --+    CMD25        +--------------------------+  CMD25: until token FD
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/uno/card_image.hpp"
#include "sim/uno/simavr.hpp"

namespace mcullm::uno {

struct CardTiming {
  std::uint64_t access_us = 300;  // command to first data token
  std::uint64_t gap_us = 5;       // end of a block to the next token
  std::uint64_t write_us = 1500;  // busy after each written block
  std::uint64_t slow_every = 0;   // every N-th write is slow; 0: none
  std::uint64_t slow_us = 100'000;
};

// A fault at a block happens the first `times` times that the block is touched; 0: every time.
struct CardFaults {
  std::optional<std::uint64_t> remove_at_cycle;
  std::optional<std::uint64_t> remove_after_blocks;  // read or written
  std::optional<std::uint32_t> read_error_at;        // error token in place of the data
  std::optional<std::uint32_t> bad_crc_at;           // one bit of the data flips on its way
  std::optional<std::uint32_t> write_error_at;       // data response: write error
  std::optional<std::uint32_t> write_crc_error_at;   // data response: CRC error
  std::optional<std::uint32_t> busy_at;              // this write stays busy for busy_ms
  std::uint64_t busy_ms = 500;
  std::uint64_t times = 0;
};

struct CardCounts {
  std::uint64_t commands = 0;
  std::uint64_t illegal_commands = 0;
  std::uint64_t crc_errors = 0;  // commands and written blocks that came with a wrong CRC
  std::uint64_t blocks_read = 0;
  std::uint64_t blocks_written = 0;
  std::uint64_t bytes = 0;          // exchanged while selected
  std::uint64_t waiting_bytes = 0;  // of these: answered with "not yet" or "busy"
};

class SdCard {
 public:
  SdCard(CardImage image, bool high_capacity, const CardTiming& timing, const CardFaults& faults);

  void select(bool selected);
  // Eight clocks: takes the byte on MOSI, returns the byte on MISO (FF where nothing drives the line).
  auto exchange(std::uint8_t mosi, Cycles now) -> std::uint8_t;

  // Pulls the card, or pushes it back: it then waits to be initialised, as after power-on.
  void pull_or_insert();

  auto counts() const -> const CardCounts& { return counts_; }

 private:
  enum class Phase { idle, reading, await_token, receiving };

  // Where the bus stands. Lost with the power.
  struct State {
    Phase phase = Phase::idle;
    bool spi_mode = false;      // CMD0 was accepted
    bool initialising = true;   // the idle bit of R1
    bool interface_ok = false;  // CMD8 was seen
    bool check_crc = false;
    bool app_command = false;
    bool multiple = false;
    std::uint32_t wake_clocks = 0;
    std::uint32_t init_polls = 0;
    std::uint32_t block = 0;
    std::uint32_t blocks_left = 0;  // from CMD23; 0: open ended
    Cycles data_ready = 0;
    Cycles busy_until = 0;
    std::vector<std::uint8_t> command{};
    std::vector<std::uint8_t> answer{};  // in reverse, so that the next byte is the last
    std::vector<std::uint8_t> out{};     // token, data, CRC of the block being read
    std::size_t out_at = 0;
    std::vector<std::uint8_t> in{};  // data and CRC of the block being written
  };

  struct Command {
    std::uint8_t index;
    bool app;         // follows CMD55
    bool while_init;  // allowed before initialisation is over
    void (SdCard::*run)(std::uint32_t argument, Cycles now);
  };
  static const std::array<Command, 18> commands;

  auto present(Cycles now) const -> bool;
  auto drive(Cycles now) -> std::uint8_t;
  void take(std::uint8_t mosi, Cycles now);
  void take_command_byte(std::uint8_t mosi, Cycles now);
  void run_command(Cycles now);
  void reply(std::initializer_list<std::uint8_t> bytes);
  auto r1(std::uint8_t errors = 0) const -> std::uint8_t;

  void go_idle(std::uint32_t argument, Cycles now);
  void interface_condition(std::uint32_t argument, Cycles now);
  void send_csd(std::uint32_t argument, Cycles now);
  void send_cid(std::uint32_t argument, Cycles now);
  void stop_transmission(std::uint32_t argument, Cycles now);
  void send_status(std::uint32_t argument, Cycles now);
  void set_block_length(std::uint32_t argument, Cycles now);
  void read_single(std::uint32_t argument, Cycles now);
  void read_multiple(std::uint32_t argument, Cycles now);
  void set_block_count(std::uint32_t argument, Cycles now);
  void accept(std::uint32_t argument, Cycles now);
  void write_single(std::uint32_t argument, Cycles now);
  void write_multiple(std::uint32_t argument, Cycles now);
  void app_prefix(std::uint32_t argument, Cycles now);
  void initialise(std::uint32_t argument, Cycles now);
  void read_ocr(std::uint32_t argument, Cycles now);
  void crc_on_off(std::uint32_t argument, Cycles now);

  // Turns the argument into state_.block, or answers with the error.
  auto address(std::uint32_t argument) -> bool;
  void begin_read(std::uint32_t argument, Cycles now, bool multiple);
  void begin_write(std::uint32_t argument, bool multiple);
  void load_block(Cycles ready);
  void send_register(const std::array<std::uint8_t, 16>& bytes, Cycles now);
  void finish_read_block(Cycles now);
  void finish_written_block(Cycles now);
  auto write_busy() -> Cycles;
  auto strikes(const std::optional<std::uint32_t>& block, std::uint64_t& struck) -> bool;

  CardImage image_;
  bool high_capacity_;
  CardTiming timing_;
  CardFaults faults_;
  struct {
    std::uint64_t read_error = 0, bad_crc = 0, write_error = 0, write_crc = 0, busy = 0;
  } struck_;
  CardCounts counts_;
  State state_;
  bool selected_ = false;
  bool inserted_ = true;
};

// The card-specific data of a card with that many blocks, and the identification of this maker.
auto csd_register(bool high_capacity, std::uint32_t blocks) -> std::array<std::uint8_t, 16>;
auto cid_register() -> std::array<std::uint8_t, 16>;

}  // namespace mcullm::uno

// SPDX-License-Identifier: MIT
// What each command of the card does.
#include <algorithm>

#include "sim/uno/crc.hpp"
#include "sim/uno/sd_card.hpp"

namespace mcullm::uno {

namespace {

constexpr std::uint8_t nothing = 0xff;  // one byte of silence before each response
constexpr std::uint8_t start_block = 0xfe;
constexpr std::uint8_t address_error = 0x20, parameter_error = 0x40;
constexpr std::uint8_t ecc_failed = 0x04, out_of_range = 0x08;  // data error tokens
// the upper three bits of a data response are undefined: real cards set them
constexpr std::uint8_t data_accepted = 0xe5, data_crc_error = 0xeb, data_write_error = 0xed;
constexpr std::uint32_t polls_until_ready = 4;
constexpr std::uint64_t stop_busy_us = 10;

}  // namespace

void SdCard::go_idle(std::uint32_t, Cycles) {
  const auto clocks = state_.wake_clocks;
  state_ = State{};
  state_.wake_clocks = clocks;
  state_.spi_mode = true;
  reply({nothing, r1()});
}

void SdCard::interface_condition(std::uint32_t argument, Cycles) {
  state_.interface_ok = true;
  const auto voltage = static_cast<std::uint8_t>(argument >> 8 & 0x0f);
  reply({nothing, r1(), 0, 0, voltage, static_cast<std::uint8_t>(argument)});
}

void SdCard::send_csd(std::uint32_t, Cycles now) {
  send_register(csd_register(high_capacity_, image_.blocks()), now);
}

void SdCard::send_cid(std::uint32_t, Cycles now) { send_register(cid_register(), now); }

void SdCard::send_register(const std::array<std::uint8_t, 16>& bytes, Cycles now) {
  const auto crc = crc16(bytes);
  state_.out.assign(1, start_block);
  state_.out.insert(state_.out.end(), bytes.begin(), bytes.end());
  state_.out.push_back(static_cast<std::uint8_t>(crc >> 8));
  state_.out.push_back(static_cast<std::uint8_t>(crc));
  state_.out_at = 0;
  state_.multiple = false;
  state_.phase = Phase::reading;
  state_.data_ready = now + cycles_from_us(timing_.access_us);
  reply({nothing, r1()});
}

void SdCard::stop_transmission(std::uint32_t, Cycles now) {
  state_.phase = Phase::idle;
  state_.blocks_left = 0;
  // the stuff byte comes first, and it may look like a response
  reply({0x7f, nothing, r1()});
  state_.busy_until = now + cycles_from_us(stop_busy_us);
}

void SdCard::send_status(std::uint32_t, Cycles) { reply({nothing, r1(), 0}); }

void SdCard::set_block_length(std::uint32_t argument, Cycles) {
  reply({nothing, r1(argument == block_bytes ? std::uint8_t{0} : parameter_error)});
}

void SdCard::set_block_count(std::uint32_t argument, Cycles) {
  state_.blocks_left = argument;
  reply({nothing, r1()});
}

void SdCard::accept(std::uint32_t, Cycles) { reply({nothing, r1()}); }

void SdCard::app_prefix(std::uint32_t, Cycles) {
  state_.app_command = true;
  reply({nothing, r1()});
}

void SdCard::initialise(std::uint32_t argument, Cycles) {
  const bool host_knows_capacity = state_.interface_ok && (argument & 0x4000'0000u);
  if (++state_.init_polls >= polls_until_ready && (host_knows_capacity || !high_capacity_))
    state_.initialising = false;
  reply({nothing, r1()});
}

void SdCard::read_ocr(std::uint32_t, Cycles) {
  const bool ready = !state_.initialising;
  const auto top = static_cast<std::uint8_t>((ready ? 0x80 : 0) | (ready && high_capacity_ ? 0x40 : 0));
  reply({nothing, r1(), top, 0xff, 0x80, 0});
}

void SdCard::crc_on_off(std::uint32_t argument, Cycles) {
  state_.check_crc = argument & 1;
  reply({nothing, r1()});
}

void SdCard::read_single(std::uint32_t argument, Cycles now) { begin_read(argument, now, false); }
void SdCard::read_multiple(std::uint32_t argument, Cycles now) { begin_read(argument, now, true); }
void SdCard::write_single(std::uint32_t argument, Cycles) { begin_write(argument, false); }
void SdCard::write_multiple(std::uint32_t argument, Cycles) { begin_write(argument, true); }

auto SdCard::address(std::uint32_t argument) -> bool {
  if (!high_capacity_ && argument % block_bytes != 0) {
    reply({nothing, r1(address_error)});
    return false;
  }
  state_.block = high_capacity_ ? argument : argument / block_bytes;
  if (state_.block < image_.blocks()) return true;
  reply({nothing, r1(parameter_error)});
  return false;
}

void SdCard::begin_read(std::uint32_t argument, Cycles now, bool multiple) {
  if (!address(argument)) return;
  state_.multiple = multiple;
  if (!multiple) state_.blocks_left = 0;
  state_.phase = Phase::reading;
  load_block(now + cycles_from_us(timing_.access_us));
  reply({nothing, r1()});
}

void SdCard::load_block(Cycles ready) {
  state_.data_ready = ready;
  state_.out_at = 0;
  Block block;
  if (state_.block >= image_.blocks()) {
    state_.out = {out_of_range};
  } else if (strikes(faults_.read_error_at, struck_.read_error) || !image_.read(state_.block, block)) {
    state_.out = {ecc_failed};
  } else {
    const auto crc = crc16(block);
    if (strikes(faults_.bad_crc_at, struck_.bad_crc)) block[100] ^= 0x10;
    state_.out.assign(1, start_block);
    state_.out.insert(state_.out.end(), block.begin(), block.end());
    state_.out.push_back(static_cast<std::uint8_t>(crc >> 8));
    state_.out.push_back(static_cast<std::uint8_t>(crc));
  }
}

void SdCard::finish_read_block(Cycles now) {
  const bool was_data = state_.out.size() > block_bytes;
  if (was_data) counts_.blocks_read++;
  if (!state_.multiple) {
    state_.phase = Phase::idle;
  } else if (was_data && (state_.blocks_left == 0 || --state_.blocks_left > 0)) {
    state_.block++;
    load_block(now + cycles_from_us(timing_.gap_us));
  } else if (was_data) {
    state_.phase = Phase::idle;
  }
  // after an error token the card stays silent until CMD12
}

void SdCard::begin_write(std::uint32_t argument, bool multiple) {
  if (!address(argument)) return;
  state_.multiple = multiple;
  if (!multiple) state_.blocks_left = 0;
  state_.phase = Phase::await_token;
  reply({nothing, r1()});
}

void SdCard::finish_written_block(Cycles now) {
  Block block;
  std::copy_n(state_.in.begin(), block.size(), block.begin());
  const bool damaged = state_.check_crc && crc16(state_.in) != 0;
  counts_.crc_errors += damaged;
  std::uint8_t response = data_accepted;
  if (damaged || strikes(faults_.write_crc_error_at, struck_.write_crc)) {
    response = data_crc_error;
  } else if (state_.block >= image_.blocks() || strikes(faults_.write_error_at, struck_.write_error) ||
             !image_.write(state_.block, block)) {
    response = data_write_error;
  } else {
    counts_.blocks_written++;
    state_.busy_until = now + write_busy();
    state_.block++;
  }
  reply({response});
  const bool last = state_.blocks_left != 0 && --state_.blocks_left == 0;
  state_.phase = state_.multiple && !last ? Phase::await_token : Phase::idle;
}

auto SdCard::write_busy() -> Cycles {
  if (strikes(faults_.busy_at, struck_.busy)) return cycles_from_us(faults_.busy_ms * 1000);
  const bool slow = timing_.slow_every != 0 && counts_.blocks_written % timing_.slow_every == 0;
  return cycles_from_us(slow ? timing_.slow_us : timing_.write_us);
}

auto SdCard::strikes(const std::optional<std::uint32_t>& block, std::uint64_t& struck) -> bool {
  if (!block || *block != state_.block) return false;
  return faults_.times == 0 || struck++ < faults_.times;
}

}  // namespace mcullm::uno

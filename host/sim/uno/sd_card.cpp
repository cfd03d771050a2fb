// SPDX-License-Identifier: MIT
// The bus side of the card: selection, the bytes in and out, and which command runs when.
#include "sim/uno/sd_card.hpp"

#include <algorithm>
#include <utility>

#include "sim/uno/crc.hpp"

namespace mcullm::uno {

namespace {

constexpr std::uint32_t clocks_to_wake = 74;
constexpr std::uint8_t not_driven = 0xff, busy = 0x00;
constexpr std::uint8_t start_block = 0xfe, start_block_of_many = 0xfc, stop_writing = 0xfd;
constexpr std::uint8_t illegal_command = 0x04, crc_error = 0x08;

}  // namespace

const std::array<SdCard::Command, 18> SdCard::commands = {{
    {0, false, true, &SdCard::go_idle},
    {8, false, true, &SdCard::interface_condition},
    {9, false, false, &SdCard::send_csd},
    {10, false, false, &SdCard::send_cid},
    {12, false, false, &SdCard::stop_transmission},
    {13, false, false, &SdCard::send_status},
    {16, false, false, &SdCard::set_block_length},
    {17, false, false, &SdCard::read_single},
    {18, false, false, &SdCard::read_multiple},
    {23, false, false, &SdCard::set_block_count},
    {24, false, false, &SdCard::write_single},
    {25, false, false, &SdCard::write_multiple},
    {55, false, true, &SdCard::app_prefix},
    {58, false, true, &SdCard::read_ocr},
    {59, false, true, &SdCard::crc_on_off},
    {13, true, false, &SdCard::send_status},
    {23, true, false, &SdCard::accept},  // blocks to erase beforehand: a hint
    {41, true, true, &SdCard::initialise},
}};

SdCard::SdCard(CardImage image, bool high_capacity, const CardTiming& timing, const CardFaults& faults)
    : image_(std::move(image)), high_capacity_(high_capacity), timing_(timing), faults_(faults) {}

void SdCard::select(bool selected) {
  if (selected_ && !selected) {
    state_.command.clear();
    state_.answer.clear();
    state_.in.clear();
    if (state_.phase == Phase::receiving) state_.phase = Phase::await_token;
    if (state_.phase == Phase::reading || !state_.multiple) state_.phase = Phase::idle;
  }
  selected_ = selected;
}

void SdCard::pull_or_insert() {
  inserted_ = !inserted_;
  state_ = State{};
}

auto SdCard::present(Cycles now) const -> bool {
  const auto moved = counts_.blocks_read + counts_.blocks_written;
  return inserted_ && !(faults_.remove_at_cycle && now >= *faults_.remove_at_cycle) &&
         !(faults_.remove_after_blocks && moved >= *faults_.remove_after_blocks);
}

auto SdCard::exchange(std::uint8_t mosi, Cycles now) -> std::uint8_t {
  if (!present(now)) return not_driven;
  if (!selected_) {
    state_.wake_clocks += 8;
    return not_driven;
  }
  counts_.bytes++;
  const bool was_busy = state_.answer.empty() && now < state_.busy_until;
  const std::uint8_t miso = drive(now);
  if (!was_busy) take(mosi, now);
  return miso;
}

auto SdCard::drive(Cycles now) -> std::uint8_t {
  if (!state_.answer.empty()) {
    const std::uint8_t byte = state_.answer.back();
    state_.answer.pop_back();
    return byte;
  }
  if (now < state_.busy_until) {
    counts_.waiting_bytes++;
    return busy;
  }
  if (state_.phase != Phase::reading) return not_driven;
  if (now < state_.data_ready || state_.out_at == state_.out.size()) {
    counts_.waiting_bytes++;
    return not_driven;
  }
  const std::uint8_t byte = state_.out[state_.out_at++];
  if (state_.out_at == state_.out.size()) finish_read_block(now);
  return byte;
}

void SdCard::take(std::uint8_t mosi, Cycles now) {
  if (state_.phase == Phase::receiving) {
    state_.in.push_back(mosi);
    if (state_.in.size() == block_bytes + 2) finish_written_block(now);
    return;
  }
  if (state_.phase == Phase::await_token && state_.command.empty()) {
    if (mosi == (state_.multiple ? start_block_of_many : start_block)) {
      state_.phase = Phase::receiving;
      state_.in.clear();
      return;
    }
    if (state_.multiple && mosi == stop_writing) {
      state_.phase = Phase::idle;
      reply({not_driven});
      state_.busy_until = now + cycles_from_us(timing_.write_us);
      return;
    }
  }
  take_command_byte(mosi, now);
}

void SdCard::take_command_byte(std::uint8_t mosi, Cycles now) {
  if (state_.command.empty() && (mosi & 0xc0) != 0x40) return;
  state_.command.push_back(mosi);
  if (state_.command.size() < 6) return;
  run_command(now);
  state_.command.clear();
}

void SdCard::run_command(Cycles now) {
  const auto& bytes = state_.command;
  const std::uint8_t index = bytes[0] & 0x3f;
  std::uint32_t argument = 0;
  for (std::size_t i = 1; i < 5; i++) argument = argument << 8 | bytes[i];
  if (!state_.spi_mode && (index != 0 || state_.wake_clocks < clocks_to_wake)) return;
  counts_.commands++;
  state_.answer.clear();
  const bool app = std::exchange(state_.app_command, false);
  const bool crc_matters = state_.check_crc || index == 0 || index == 8;
  if (crc_matters && crc7_byte(std::span(bytes).first(5)) != bytes[5]) {
    counts_.crc_errors++;
    if (state_.spi_mode) reply({not_driven, r1(crc_error)});
    return;
  }
  const auto known = [&](const Command& c) { return c.index == index && c.app == app; };
  auto command = std::find_if(commands.begin(), commands.end(), known);
  if (command == commands.end() || (state_.initialising && !command->while_init)) {
    counts_.illegal_commands++;
    reply({not_driven, r1(illegal_command)});
    return;
  }
  (this->*command->run)(argument, now);
}

void SdCard::reply(std::initializer_list<std::uint8_t> bytes) {
  state_.answer.assign(std::rbegin(bytes), std::rend(bytes));
}

auto SdCard::r1(std::uint8_t errors) const -> std::uint8_t {
  return static_cast<std::uint8_t>(errors | (state_.initialising ? 1 : 0));
}

}  // namespace mcullm::uno

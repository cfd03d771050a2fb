// SPDX-License-Identifier: MIT
// What is known of a board before it is asked (host/share/boards.toml).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/float_model.hpp"

namespace mcullm::boards {

enum class State {
  simulated,  // runs here, in a simulator
  built,      // compiled and checked, never run
  planned
};

// Where a part of a model is kept while tokens run.
enum class Place { flash, sram, psram, card, host };

enum class FlashMethod { none, avrdude, uf2, dfu };

struct Memory {
  std::uint64_t sram_bytes = 0, flash_bytes = 0, psram_bytes = 0;
  std::uint64_t card_bytes = 0;   // for the image; 0: no card
  std::uint64_t arena_bytes = 0;  // what the agent gives to a model
  std::string source;             // of these numbers
};

struct Places {
  Place weights = Place::flash, kv = Place::sram, logits = Place::sram;
  bool heads_elsewhere = false;  // what attention keeps of each head is not in the arena
  bool keeps_weights = false;    // what a model leaves free of the arena takes a part of the weights
};

struct AgentFile {
  std::string file;                // as the build calls it
  std::uint64_t model_offset = 0;  // of the image, from the start of the flash
};

// How an agent gets onto the board. What a method does not need is 0 or empty.
struct Flashing {
  FlashMethod method = FlashMethod::none;
  std::string boot_loader;   // avrdude: what answers
  std::string label;         // uf2: of the volume
  std::uint32_t family = 0;  // uf2: family id
  std::uint32_t base = 0;    // uf2, dfu: address of the first byte of flash
};

struct Link {
  std::string kind;             // "uart", "usb-cdc", "pipe"
  std::uint32_t rate_baud = 0;  // uart
};

struct UsbId {
  std::uint16_t vid = 0, pid = 0;
  std::string what;
  bool boot_loader = false;  // the board waits for a program, no agent runs
};

enum class TickUnit { cycles, instructions, nanoseconds };

// Where a number comes from.
enum class Basis {
  measured,   // on the board
  simulated,  // by a simulator that counts what the chip would take
  estimated   // from a data sheet, or from another board
};

// What the parts of a token cost on a board, in its ticks (plan/work.hpp counts them).
struct Speed {
  TickUnit unit = TickUnit::cycles;
  Basis basis = Basis::estimated;
  std::string source;          // the command or the document
  double cycles_per_tick = 1;  // estimated where the unit is instructions
  double cycles_per_weight_byte =
      0;  // that the memory of the weights alone takes; cycles of costs include it
  std::map<std::string, std::vector<double>> costs;
};

// The names that costs may have, and what each counts.
struct CostKind {
  std::string_view name;
  std::size_t counts;
  std::string_view of;
};
inline constexpr std::array cost_kinds = {
    CostKind{"embedding", 3, "dim, channel of a head, token"},
    CostKind{"norms", 2, "element, vector"},
    CostKind{"matrices_w8", 4, "weight, weight that is not kept in SRAM, row, layer"},
    CostKind{"matrices_w4", 4, "weight, weight that is not kept in SRAM, row, layer"},
    CostKind{"rotation", 2, "channel of q k v, layer"},
    CostKind{"attention_k8v8", 5, "channel of a key, head of a key, key, channel, layer"},
    CostKind{"attention_k16v8", 5, "the same"},
    CostKind{"attention_k16v16", 5, "the same"},
    CostKind{"attention_k8v8_pairs", 5, "the same where two heads share a key"},
    CostKind{"attention_k16v8_pairs", 5, "the same"},
    CostKind{"attention_k16v16_pairs", 5, "the same"},
    CostKind{"gate_up_w8", 4, "weight, one that is not kept, channel of the hidden vector, layer"},
    CostKind{"gate_up_w4", 4, "the same"},
    CostKind{"classifier_w8", 4, "weight, one that is not kept, row, token"},
    CostKind{"classifier_w4", 4, "the same"},
    CostKind{"other", 1, "token"},
};

// The largest shape that fits and runs well there; for training.
struct TrainShape {
  checkpoint::ModelShape shape;
  std::string reason;
};

struct Board {
  std::string id, title, chip, core;
  std::uint64_t clock_hz = 0;
  State state = State::planned;
  std::string simulator;   // "sim:uno"; empty: none
  std::string agent_name;  // as the agent calls itself in HELLO
  Memory memory;
  Places places;
  AgentFile agent;
  Flashing flashing;
  Link link;
  std::vector<UsbId> usb;
  std::optional<TrainShape> train;
  std::optional<Speed> speed;
};

// As the register spells them.
auto name(State state) -> const char*;
auto name(Place place) -> const char*;
auto name(FlashMethod method) -> const char*;
auto name(TickUnit unit) -> const char*;
auto name(Basis basis) -> const char*;

}  // namespace mcullm::boards

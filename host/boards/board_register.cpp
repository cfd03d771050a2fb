// SPDX-License-Identifier: MIT
#include "boards/board_register.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/file.hpp"
#include "base/suggestion.hpp"
#include "tables/table_reader.hpp"

namespace mcullm::boards {

namespace {

constexpr std::string_view builtin =
#include "builtin_register.inc"
    ;

using tables::TableReader;

constexpr auto hint = "host/share/boards.toml of the source shows every key";
constexpr std::uint64_t any_size = std::uint64_t{1} << 40;

// The one of `values` whose name stands at `key`.
template <class Enum, std::size_t N>
auto choice(TableReader& reader, std::string_view key, const std::array<Enum, N>& values) -> Enum {
  const auto text = reader.text(key);
  std::string known;
  for (const auto value : values) {
    if (text == name(value)) return value;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", name(value));
  }
  reader.fail(key, fmt::format("is none of {}", known));
  return values.front();
}

constexpr std::array states = {State::simulated, State::built, State::planned};
constexpr std::array places = {Place::flash, Place::sram, Place::psram, Place::card, Place::host};
constexpr std::array units = {TickUnit::cycles, TickUnit::instructions, TickUnit::nanoseconds};
constexpr std::array bases = {Basis::measured, Basis::simulated, Basis::estimated};
constexpr std::array methods = {FlashMethod::none, FlashMethod::avrdude, FlashMethod::uf2, FlashMethod::dfu};

// Reads the table at `key` with `read`, which gets a reader of it.
template <class Read>
void inner(TableReader& outer, std::string_view key, const std::string& where, Read read) {
  const auto* table = outer.table(key);
  if (table == nullptr) return;
  TableReader reader(*table, where, hint);
  read(reader);
  outer.take(reader.finish());
}

auto read_usb(const toml::table& table, const std::string& where, TableReader& outer) -> UsbId {
  TableReader reader(table, where, hint);
  UsbId id;
  id.vid = static_cast<std::uint16_t>(reader.number("vid", 0xffff));
  id.pid = static_cast<std::uint16_t>(reader.number("pid", 0xffff));
  id.what = reader.text("what");
  id.boot_loader = reader.optional_flag("boot_loader");
  outer.take(reader.finish());
  return id;
}

void read_hardware(TableReader& reader, const std::string& where, Board& board) {
  inner(reader, "memory", where, [&](TableReader& memory) {
    board.memory.sram_bytes = memory.number("sram", any_size);
    board.memory.flash_bytes = memory.number("flash", any_size);
    board.memory.psram_bytes = memory.optional_number("psram", any_size);
    board.memory.card_bytes = memory.optional_number("card", any_size);
    board.memory.arena_bytes = memory.number("arena", 0xffffffff);
    board.memory.source = memory.text("source");
  });
  inner(reader, "place", where, [&](TableReader& place) {
    board.places.weights = choice(place, "weights", places);
    board.places.kv = choice(place, "kv", places);
    board.places.logits = choice(place, "logits", places);
    board.places.heads_elsewhere = place.optional_flag("heads_elsewhere");
    board.places.keeps_weights = place.optional_flag("keeps_weights");
  });
  inner(reader, "link", where, [&](TableReader& link) {
    board.link.kind = link.text("kind");
    board.link.rate_baud = static_cast<std::uint32_t>(link.optional_number("baud", 100'000'000));
  });
  for (const auto* usb : reader.tables("usb")) board.usb.push_back(read_usb(*usb, where, reader));
}

void read_programming(TableReader& reader, const std::string& where, Board& board) {
  inner(reader, "agent", where, [&](TableReader& agent) {
    board.agent.file = agent.text("file");
    board.agent.model_offset = agent.number("model_offset", any_size);
  });
  inner(reader, "flash", where, [&](TableReader& flash) {
    board.flashing.method = choice(flash, "method", methods);
    board.flashing.boot_loader = flash.optional_text("boot_loader");
    board.flashing.label = flash.optional_text("label");
    board.flashing.family = static_cast<std::uint32_t>(flash.optional_number("family", 0xffffffff));
    board.flashing.base = static_cast<std::uint32_t>(flash.optional_number("base", 0xffffffff));
    if (board.flashing.method == FlashMethod::uf2 &&
        (board.flashing.label.empty() || board.flashing.family == 0 || board.flashing.base == 0))
      flash.fail("method", "uf2 needs label, family and base");
  });
}

void read_train(TableReader& reader, const std::string& where, Board& board) {
  if (!reader.has("train")) return;
  inner(reader, "train", where, [&](TableReader& train) {
    const auto n = train.integers("shape", 7);
    if (n.size() != 7) return;
    board.train = TrainShape{{n[0], n[1], n[2], n[3], n[4], n[5], n[6]}, train.text("reason")};
  });
}

// The costs of another board may be taken over: `costs_of` stays a name until all boards are read.
void read_speed(TableReader& reader, const std::string& where, Board& board, std::string& costs_of) {
  if (!reader.has("speed")) return;
  inner(reader, "speed", where, [&](TableReader& table) {
    Speed speed;
    speed.unit = choice(table, "unit", units);
    speed.basis = choice(table, "basis", bases);
    speed.source = table.text("source");
    speed.cycles_per_tick = table.optional_real("cycles_per_tick", 1);
    speed.cycles_per_weight_byte = table.optional_real("cycles_per_weight_byte", 0);
    costs_of = table.optional_text("costs_of");
    if (costs_of.empty()) {
      inner(table, "costs", where, [&](TableReader& costs) {
        for (const auto& kind : cost_kinds) {
          if (costs.has(kind.name)) speed.costs[std::string(kind.name)] = costs.reals(kind.name, kind.counts);
        }
      });
    }
    board.speed = std::move(speed);
  });
}

auto read_board(const toml::table& table, const std::string& file, std::string& costs_of) -> Result<Board> {
  Board board;
  const auto* id = table.get_as<std::string>("id");
  const auto where = fmt::format("{}: board '{}'", file, id == nullptr ? "?" : id->get());
  TableReader reader(table, where, hint);
  board.id = reader.text("id");
  board.title = reader.text("title");
  board.chip = reader.text("chip");
  board.core = reader.text("core");
  board.clock_hz = reader.number("clock_hz", 100'000'000'000);
  if (board.clock_hz == 0) reader.fail("clock_hz", "is 0");
  board.state = choice(reader, "state", states);
  board.simulator = reader.optional_text("simulator");
  if (board.state == State::simulated && !board.simulator.starts_with("sim:"))
    reader.fail("simulator", "does not say sim:NAME, and the board is 'simulated'");
  board.agent_name = reader.text("agent_name");
  read_hardware(reader, where, board);
  read_programming(reader, where, board);
  read_train(reader, where, board);
  read_speed(reader, where, board, costs_of);
  if (auto done = reader.finish(); !done) return done.error();
  return board;
}

auto read_register(const toml::table& table, const std::string& file) -> Result<BoardRegister> {
  BoardRegister found;
  TableReader reader(table, file, hint);
  for (const auto* bridge : reader.tables("bridge")) found.bridges.push_back(read_usb(*bridge, file, reader));
  std::map<std::string, std::string> borrowed;  // costs: by whom, from whom
  for (const auto* entry : reader.tables("board")) {
    std::string costs_of;
    auto board = read_board(*entry, file, costs_of);
    if (!board) return board.error();
    if (!costs_of.empty()) borrowed[board->id] = costs_of;
    if (found.find(board->id) != nullptr)
      return Error{Exit::input, fmt::format("{}: board '{}' stands there twice", file, board->id), ""};
    found.boards.push_back(std::move(board).value());
  }
  if (auto done = reader.finish(); !done) return done.error();
  for (auto& board : found.boards) {
    const auto lender = borrowed.find(board.id);
    if (lender == borrowed.end()) continue;
    const auto* other = found.find(lender->second);
    if (other == nullptr || !other->speed || borrowed.contains(other->id))
      return Error{Exit::input,
                   fmt::format("{}: board '{}': 'costs_of' names '{}', which has no costs of its own", file,
                               board.id, lender->second),
                   ""};
    board.speed->costs = other->speed->costs;
  }
  return found;
}

void merge(BoardRegister& into, BoardRegister over) {
  for (auto& board : over.boards) {
    const auto same = std::find_if(into.boards.begin(), into.boards.end(),
                                   [&](const Board& known) { return known.id == board.id; });
    if (same == into.boards.end()) {
      into.boards.push_back(std::move(board));
    } else {
      *same = std::move(board);
    }
  }
  into.bridges.insert(into.bridges.end(), over.bridges.begin(), over.bridges.end());
}

}  // namespace

auto BoardRegister::find(std::string_view id) const -> const Board* {
  for (const auto& board : boards)
    if (board.id == id) return &board;
  return nullptr;
}

auto BoardRegister::find_by_agent_name(std::string_view agent_name) const -> const Board* {
  for (const auto& board : boards)
    if (board.agent_name == agent_name) return &board;
  return nullptr;
}

auto parse_register(std::string_view toml, std::string_view name) -> Result<BoardRegister> {
  const auto table = tables::parse_toml(toml, name);
  if (!table) return table.error();
  return read_register(*table, std::string(name));
}

auto load_register(const std::string& file) -> Result<BoardRegister> {
  auto known = parse_register(builtin, "the built-in register");
  if (!known) return Error{Exit::internal, known.error().what, known.error().hint};
  if (file.empty()) return known;
  const auto bytes = read_file(file, 1U << 20);
  if (!bytes) return bytes.error();
  auto over = parse_register({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, file);
  if (!over) return over.error();
  merge(*known, std::move(over).value());
  return known;
}

auto require_board(const BoardRegister& boards, std::string_view id) -> Result<Board> {
  if (const auto* board = boards.find(id); board != nullptr) return *board;
  std::vector<std::string> ids;
  for (const auto& board : boards.boards) ids.push_back(board.id);
  const auto meant = nearest(id, ids);
  return Error{Exit::usage, fmt::format("no board is called '{}'", id),
               fmt::format("{}there is {}", meant ? fmt::format("did you mean '{}'? ", *meant) : "",
                           fmt::join(ids, ", "))};
}

}  // namespace mcullm::boards

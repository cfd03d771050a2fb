// SPDX-License-Identifier: MIT
#include "cli/info/board_facts.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "ui/quantity.hpp"

namespace mcullm::cli {

namespace {

using Json = nlohmann::ordered_json;

auto part_name(std::uint8_t part) -> std::string {
  constexpr std::array<const char*, MCL_PART_COUNT> names = {
      "model image", "weights, copied", "keys and values", "vectors", "logits", "frame buffers", "free"};
  return part < names.size() ? names[part] : fmt::format("part {}", part);
}

// The storage by the name that the register has for it.
auto place_name(const BoardFacts& facts, std::uint8_t place) -> std::string {
  switch (place) {
    case MCL_PLACE_STORAGE:
      return facts.known ? boards::name(facts.known->places.weights) : "storage";
    case MCL_PLACE_RAM:
      return facts.known && facts.known->places.kv == boards::Place::host ? "host" : "sram";
    default:
      return fmt::format("place {}", place);
  }
}

auto places_of(const boards::Board& board) -> std::string {
  return fmt::format("weights in {}, keys and values in {}, logits in {}", boards::name(board.places.weights),
                     boards::name(board.places.kv), boards::name(board.places.logits));
}

auto model_text(const BoardFacts& facts) -> std::string {
  if (!facts.agent.problem.empty()) return "none runs: " + facts.agent.problem;
  const auto& model = facts.agent.hello.model;
  return fmt::format("{}, image {:08x}, {} positions in the cache",
                     facts.agent.model.empty() ? "it has no name here" : facts.agent.model, model.header_crc,
                     model.positions);
}

auto bytes_text(std::uint64_t bytes) -> std::string { return ui::count_text(bytes) + " bytes"; }

}  // namespace

auto ask_board(link::Board& board, const std::string& port, const boards::BoardRegister& known)
    -> Result<BoardFacts> {
  BoardFacts facts;
  facts.port = port;
  facts.agent = describe_agent(board);
  if (const auto* entry = known.find_by_agent_name(facts.agent.hello.board)) facts.known = *entry;
  const auto statistics = board.stats();
  if (!statistics) return statistics.error();
  facts.statistics = *statistics;
  auto parts = board.memory();
  if (!parts) return parts.error();
  facts.parts = std::move(parts).value();
  return facts;
}

auto board_facts_json(const BoardFacts& facts) -> Json {
  const auto& hello = facts.agent.hello;
  Json json = {{"port", facts.port},
               {"board", facts.known ? Json(facts.known->id) : Json(nullptr)},
               {"agent_name", hello.board}};
  json.update(agent_facts_json(facts.agent));
  json["arena_bytes_used"] = facts.statistics.arena_bytes;
  json["stack_bytes"] = facts.statistics.stack_bytes;
  json["erase_bytes"] = hello.erase_bytes;
  json["model"]["positions"] = hello.model.positions;
  json["memory"] = nullptr;
  if (!facts.parts) return json;
  json["memory"] = Json::array();
  for (const auto& part : *facts.parts)
    json["memory"].push_back(
        {{"part", part_name(part.part)}, {"place", place_name(facts, part.place)}, {"bytes", part.bytes}});
  return json;
}

void print_board_facts(const BoardFacts& facts, ui::Console& console) {
  const auto& hello = facts.agent.hello;
  ui::Table table({{""}, {""}});
  table.add_row({"board", facts.known ? fmt::format("{}: {}", facts.known->id, facts.known->title)
                                      : fmt::format("'{}', not in the register", hello.board)});
  table.add_row({"agent", fmt::format("'{}', build {:08x}, {:g} MHz", hello.board, hello.agent_build,
                                      static_cast<double>(hello.clock_hz) / 1e6)});
  table.add_row({"model", model_text(facts)});
  table.add_row({"storage", hello.store_bytes == 0 ? "none" : bytes_text(hello.store_bytes)});
  table.add_row({"arena", fmt::format("{} of {} in use", ui::count_text(facts.statistics.arena_bytes),
                                      bytes_text(hello.arena_bytes))});
  table.add_row({"stack, at its highest", facts.statistics.stack_bytes == 0
                                              ? "not measured"
                                              : bytes_text(facts.statistics.stack_bytes)});
  if (!facts.parts && facts.known) table.add_row({"places, by the register", places_of(*facts.known)});
  console.print_table(table);
  if (!facts.parts) {
    console.note("this agent does not tell what stands where");
    return;
  }
  console.print_line("");
  ui::Table parts({{"part"}, {"place"}, {"bytes", ui::Align::right}});
  for (const auto& part : *facts.parts)
    parts.add_row({part_name(part.part), place_name(facts, part.place), ui::count_text(part.bytes)});
  console.print_table(parts);
}

}  // namespace mcullm::cli

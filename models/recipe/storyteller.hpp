// SPDX-License-Identifier: MIT
// Tells stories by a grammar. What a story has settled (who, where, which thing) holds to its end.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "grammar.hpp"
#include "train/random.hpp"

namespace mcullm::recipe {

class Storyteller {
 public:
  // The same grammar and seed always tell the same story.
  Storyteller(const Grammar& grammar, std::uint64_t seed) : grammar_(grammar), random_(seed) {}

  // Fails when the grammar allows too little: every draw is repeated only so many times.
  auto story() -> Result<std::string>;

 private:
  auto attempt() -> std::string;
  void give_up(std::string_view why);

  struct Character {
    std::string name, kind, home, adjective, trait;
    bool female = false;
  };

  auto character() -> Character;
  auto character_like(const Character& not_this) -> Character;
  auto character_name(bool female) -> std::string;
  auto trait_for(const std::string& kind) -> const Entry&;
  auto plot_for(const std::string& kind) -> const Plot&;
  auto passage(const std::vector<Passage>& passages) -> std::string;

  auto expand(std::string_view text) -> std::string;
  auto slot(std::string_view key) -> std::string;
  auto character_slot(const Character& who, bool is_hero, std::string_view field) -> std::string;
  auto introduction() -> std::string;
  auto settled(const Slot& slot) -> std::string;
  auto invented_word() -> std::string;

  auto chance(int percent) -> bool { return random_.below(100) < static_cast<std::uint64_t>(percent); }
  auto pick(const std::vector<std::string>& from) -> const std::string& {
    return from[random_.below(from.size())];
  }
  template <class T>
  auto pick_weighted(const std::vector<T>& from) -> const T&;
  template <class Draw, class Fits>
  auto draw_fitting(Draw draw, Fits fits, std::string_view complaint) -> decltype(draw());

  const Grammar& grammar_;
  train::Random random_;
  Character hero_, other_;
  bool have_met_ = false;
  std::string given_up_;                                                  // why this attempt makes no story
  std::map<std::string, std::vector<std::string>, std::less<>> settled_;  // label to fields
};

}  // namespace mcullm::recipe

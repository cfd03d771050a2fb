// SPDX-License-Identifier: MIT
// A story grammar as a text file.
//
//   # a remark
//   invented 35                 of a hundred names, so many are made up
//   longest 760                 no story has more characters
//   name f: Lily | Mia          names of girls; `name m:` of boys
//   list place: name at to      things with fields; one entry per line, or, with a single field, several
//     3* hill | on the hill | to the hill       (3*: three times as likely)
//   words good: happy | glad    synonyms
//   opening 4                   the first sentences, with a weight
//     once there was ...
//   ending 3 both               the last ones; `both`: only when A and B have met
//   plot lost not robot         a story, for heroes of every other kind
//     open ...                  a first sentence that leads into this plot and replaces opening and `1`
//     1 ...                     only after an opening of the general kind
//     - ...                     always
//     ? ...                     every other time
//
// In a text, (a|b) is a choice and {slot} a blank. {good} of `words` is drawn anew each time, {place} and
// {place.to} of a `list` speak of the same place through the whole story, {place2} of another one.
// {A} is the hero, {B} the other one; both have .kind .adj .trait .home .he .him .his .He .His .ref (name or
// "the fox"), B also .intro (who it is, when first met) and .meet (just the name, but now they have met).
// {wug} is a made-up noun. {slot?} is there every other time. No text may lead back to itself.
//
// The storyteller looks for the fields of these two lists:
//   list kind: name home gender      f or m, when only one is right
//   list trait: name text not        the kinds that it does not suit
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mcullm::recipe {

struct Entry {
  int weight = 1;
  std::vector<std::string> fields;
};

struct List {
  std::vector<std::string> fields;
  std::vector<Entry> entries;
};

struct Passage {
  int weight = 1;
  bool both = false;
  std::string text;
};

struct Step {
  enum class When { after_opening, always, sometimes } when;
  std::string text;
};

struct Plot {
  std::string name;
  std::vector<std::string> unfit_kinds;
  std::vector<std::string> openings;
  std::vector<Step> steps;
};

struct Grammar {
  int invented_percent = 0;
  int longest = 0;  // characters; 0: any
  std::vector<std::string> female_names, male_names;
  std::map<std::string, List, std::less<>> lists;
  std::map<std::string, std::vector<std::string>, std::less<>> words;
  std::vector<Passage> openings, endings;
  std::vector<Plot> plots;
};

auto fits(const Plot& plot, std::string_view kind) -> bool;
auto suits(const Entry& trait, std::string_view kind) -> bool;

// `name` stands in the error messages, with the line.
auto parse_grammar(std::string_view text, std::string_view name) -> Result<Grammar>;

// Splits at the | that stand outside of parentheses; the parts are trimmed.
auto split_choices(std::string_view text) -> std::vector<std::string>;

// "place2.at" is entry `place`, number 2, field `at`.
struct Slot {
  std::string_view base, label, field;  // place, place2, at
  bool optional = false;
};
auto parse_slot(std::string_view key) -> Slot;

}  // namespace mcullm::recipe

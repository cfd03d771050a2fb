// SPDX-License-Identifier: MIT
// A TOML table, read strictly: every key is taken once, wrong types and leftover keys are errors
// with their line.
#pragma once

#include <toml++/toml.h>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mcullm::tables {

// Exit::input with the line when the text is no TOML; `name` is the file for messages.
auto parse_toml(std::string_view text, std::string_view name) -> Result<toml::table>;

class TableReader {
 public:
  // `where` names the table in messages ("boards.toml: board 'uno'"), `hint` says what helps.
  TableReader(const toml::table& table, std::string where, std::string hint)
      : table_(table), where_(std::move(where)), hint_(std::move(hint)) {}

  // Missing, or of another type: the first error is kept, and an empty value returned.
  auto text(std::string_view key) -> std::string;
  auto optional_text(std::string_view key) -> std::string;
  auto number(std::string_view key, std::uint64_t limit) -> std::uint64_t;
  auto optional_number(std::string_view key, std::uint64_t limit) -> std::uint64_t;
  auto optional_flag(std::string_view key) -> bool;
  auto integers(std::string_view key, std::size_t count) -> std::vector<int>;
  auto optional_integers(std::string_view key) -> std::vector<int>;  // any count
  auto optional_texts(std::string_view key) -> std::vector<std::string>;
  auto optional_real(std::string_view key, double otherwise) -> double;
  auto reals(std::string_view key, std::size_t count) -> std::vector<double>;
  auto has(std::string_view key) const -> bool { return table_.contains(key); }

  // An inline table, or an array of tables; nothing when missing (`table` is then an error).
  auto table(std::string_view key) -> const toml::table*;
  auto tables(std::string_view key) -> std::vector<const toml::table*>;

  void fail(std::string_view key, std::string_view what);
  void take(const Result<Ok>& other);  // the error of a table inside this one

  // The first error, or that there is a key that nobody took.
  auto finish() -> Result<Ok>;

 private:
  auto node(std::string_view key, bool required) -> const toml::node*;

  const toml::table& table_;
  std::string where_, hint_;
  std::set<std::string, std::less<>> taken_;
  Result<Ok> state_ = Ok{};
};

}  // namespace mcullm::tables

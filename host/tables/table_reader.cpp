// SPDX-License-Identifier: MIT
#include "tables/table_reader.hpp"

#include <fmt/format.h>

namespace mcullm::tables {

auto parse_toml(std::string_view text, std::string_view name) -> Result<toml::table> {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return Error{Exit::input,
                 fmt::format("{}, line {}: {}", name, error.source().begin.line, error.description()),
                 "this is no TOML file"};
  }
}

auto TableReader::node(std::string_view key, bool required) -> const toml::node* {
  taken_.emplace(key);
  const auto* found = table_.get(key);
  if (found == nullptr && required) fail(key, "is missing");
  return found;
}

void TableReader::fail(std::string_view key, std::string_view what) {
  if (!state_) return;
  const auto* found = table_.get(key);
  const auto line = (found == nullptr ? table_.source() : found->source()).begin.line;
  state_ = Error{Exit::input, fmt::format("{}, line {}: '{}' {}", where_, line, key, what), hint_};
}

void TableReader::take(const Result<Ok>& other) {
  if (state_ && !other) state_ = other;
}

auto TableReader::optional_text(std::string_view key) -> std::string {
  const auto* found = node(key, false);
  if (found == nullptr) return {};
  const auto* value = found->as_string();
  if (value == nullptr) fail(key, "is not a string");
  return value == nullptr ? std::string{} : value->get();
}

auto TableReader::text(std::string_view key) -> std::string {
  if (node(key, true) == nullptr) return {};
  auto value = optional_text(key);
  if (value.empty()) fail(key, "is empty");
  return value;
}

auto TableReader::optional_number(std::string_view key, std::uint64_t limit) -> std::uint64_t {
  const auto* found = node(key, false);
  if (found == nullptr) return 0;
  const auto* value = found->as_integer();
  if (value == nullptr || value->get() < 0 || static_cast<std::uint64_t>(value->get()) > limit) {
    fail(key, fmt::format("is not a whole number from 0 to {}", limit));
    return 0;
  }
  return static_cast<std::uint64_t>(value->get());
}

auto TableReader::number(std::string_view key, std::uint64_t limit) -> std::uint64_t {
  return node(key, true) == nullptr ? 0 : optional_number(key, limit);
}

auto TableReader::optional_flag(std::string_view key) -> bool {
  const auto* found = node(key, false);
  if (found == nullptr) return false;
  const auto* value = found->as_boolean();
  if (value == nullptr) fail(key, "is neither true nor false");
  return value != nullptr && value->get();
}

auto TableReader::optional_real(std::string_view key, double otherwise) -> double {
  const auto* found = node(key, false);
  if (found == nullptr) return otherwise;
  const auto value = found->value<double>();
  if (value && *value >= 0 && *value <= 1e18) return *value;
  fail(key, "is not a number from 0 on");
  return otherwise;
}

auto TableReader::reals(std::string_view key, std::size_t count) -> std::vector<double> {
  const auto* found = node(key, true);
  if (found == nullptr) return {};
  std::vector<double> values;
  if (const auto* array = found->as_array(); array != nullptr) {
    for (const auto& element : *array) {
      const auto value = element.value<double>();
      if (value && *value >= 0 && *value <= 1e18) values.push_back(*value);
    }
    if (values.size() == count && array->size() == count) return values;
  }
  fail(key, fmt::format("is not a list of {} numbers from 0 on", count));
  return {};
}

auto TableReader::integers(std::string_view key, std::size_t count) -> std::vector<int> {
  if (node(key, true) == nullptr) return {};
  auto values = optional_integers(key);
  if (values.size() == count) return values;
  fail(key, fmt::format("is not a list of {} whole numbers", count));
  return {};
}

auto TableReader::optional_integers(std::string_view key) -> std::vector<int> {
  const auto* found = node(key, false);
  if (found == nullptr) return {};
  std::vector<int> values;
  if (const auto* array = found->as_array(); array != nullptr) {
    for (const auto& element : *array) {
      const auto* value = element.as_integer();
      if (value != nullptr && value->get() >= 0 && value->get() <= 1'000'000)
        values.push_back(static_cast<int>(value->get()));
    }
    if (values.size() == array->size()) return values;
  }
  fail(key, "is not a list of whole numbers");
  return {};
}

auto TableReader::optional_texts(std::string_view key) -> std::vector<std::string> {
  const auto* found = node(key, false);
  if (found == nullptr) return {};
  std::vector<std::string> values;
  if (const auto* array = found->as_array(); array != nullptr) {
    for (const auto& element : *array)
      if (const auto* value = element.as_string(); value != nullptr) values.push_back(value->get());
    if (values.size() == array->size()) return values;
  }
  fail(key, "is not a list of strings");
  return {};
}

auto TableReader::table(std::string_view key) -> const toml::table* {
  const auto* found = node(key, true);
  if (found == nullptr) return nullptr;
  if (found->as_table() == nullptr) fail(key, "is not a table");
  return found->as_table();
}

auto TableReader::tables(std::string_view key) -> std::vector<const toml::table*> {
  const auto* found = node(key, false);
  if (found == nullptr) return {};
  std::vector<const toml::table*> tables;
  if (const auto* array = found->as_array(); array != nullptr) {
    for (const auto& element : *array) {
      if (element.as_table() != nullptr) tables.push_back(element.as_table());
    }
    if (tables.size() == array->size()) return tables;
  }
  fail(key, "is not a list of tables");
  return {};
}

auto TableReader::finish() -> Result<Ok> {
  for (const auto& [key, value] : table_) {
    if (!taken_.contains(key.str())) fail(key.str(), "is not a key of this table");
  }
  return state_;
}

}  // namespace mcullm::tables

// SPDX-License-Identifier: MIT
#include "bench/sweep_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checkpoint/shape.hpp"
#include "plan/model_size.hpp"
#include "tables/table_reader.hpp"

namespace mcullm::bench {

namespace {

using checkpoint::ModelShape;
using tables::TableReader;

constexpr auto hint = "host/share/sweeps of the source shows every key";
constexpr std::array dimensions = {"dim", "hidden", "layers", "heads", "kv_heads", "vocab", "context"};
constexpr std::size_t most_models = 100'000;

auto shape_of(const std::array<int, 7>& n) -> ModelShape {
  return {n[0], n[1], n[2], n[3], n[4], n[5], n[6]};
}

// Rules of a model image on top of those of a float model.
auto is_shape(const ModelShape& shape) -> bool {
  return !checkpoint::shape_fault(shape) && shape.context <= 4096;
}

// The values that a dimension takes, given those before it.
auto choices(const Grid& grid, std::size_t dimension, const std::array<int, 7>& chosen) -> std::vector<int> {
  const auto given = grid.values.find(dimensions[dimension]);
  if (given != grid.values.end()) return given->second;
  const std::array<int, 7> defaults = {64, 4 * chosen[0], 1, 4, chosen[3], 64, 64};
  return {defaults[dimension]};
}

auto grid_name(const Grid& grid, const std::array<int, 7>& n, int bits, image::KvFormat kv) -> std::string {
  std::string name = grid.name;
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    const auto given = grid.values.find(dimensions[d]);
    if (given != grid.values.end() && given->second.size() > 1)
      name += fmt::format("{}{}={}", name.empty() ? "" : " ", dimensions[d], n[d]);
  }
  if (grid.bits.size() > 1) name += fmt::format("{}w{}", name.empty() ? "" : " ", bits);
  if (grid.kv.size() > 1) name += fmt::format("{}{}", name.empty() ? "" : " ", image::name(kv));
  return name.empty() ? "model" : name;
}

auto add_combinations(const Grid& grid, std::size_t dimension, std::array<int, 7>& chosen, SweepSet& into)
    -> bool {
  if (dimension < dimensions.size()) {
    for (const int value : choices(grid, dimension, chosen)) {
      chosen[dimension] = value;
      if (!add_combinations(grid, dimension + 1, chosen, into)) return false;
    }
    return true;
  }
  const auto shape = chosen[3] == 0 ? ModelShape{} : shape_of(chosen);
  if (chosen[3] == 0 || !is_shape(shape)) {
    into.skipped++;
    return true;
  }
  for (const int bits : grid.bits) {
    for (const auto kv : grid.kv) {
      if (into.models.size() >= most_models) return false;
      into.models.push_back({grid_name(grid, chosen, bits, kv), shape, bits, kv, {}, ""});
    }
  }
  return true;
}

auto read_kv(TableReader& reader, std::string_view key) -> image::KvFormat {
  const auto text = reader.optional_text(key);
  const auto format = image::parse_kv_format(text.empty() ? "k8v8" : text);
  if (!format) reader.fail(key, "is none of k8v8, k16v8, k16v16");
  return format.value_or(image::KvFormat::k8v8);
}

auto read_model(const toml::table& table, const std::string& file) -> Result<SweepModel> {
  TableReader reader(table, file, hint);
  SweepModel model;
  model.name = reader.text("name");
  const auto n = reader.integers("shape", dimensions.size());
  if (n.size() == dimensions.size()) model.shape = {n[0], n[1], n[2], n[3], n[4], n[5], n[6]};
  const auto bits = reader.optional_number("bits", 8);
  if (bits != 0 && bits != 4 && bits != 8) reader.fail("bits", "is neither 4 nor 8");
  model.bits = bits == 4 ? 4 : 8;
  model.kv_format = read_kv(reader, "kv");
  if (const double published = reader.optional_real("published_tokens_per_second", 0); published > 0)
    model.published_tokens_per_second = published;
  model.note = reader.optional_text("note");
  if (model.shape.n_heads != 0 && model.shape.n_kv_heads != 0) {
    if (const auto fault = checkpoint::shape_fault(model.shape))
      reader.fail("shape",
                  fmt::format("has {} = {}, allowed is {}", fault->field, fault->found, fault->rule));
  } else {
    reader.fail("shape", "has no heads");
  }
  if (model.shape.context > 4096) reader.fail("shape", "has a context beyond 4096");
  if (auto done = reader.finish(); !done) return done.error();
  return model;
}

auto read_grid(const toml::table& table, const std::string& file, SweepSet& into) -> Result<Ok> {
  TableReader reader(table, file, hint);
  Grid grid;
  grid.name = reader.optional_text("name");
  for (const auto* dimension : dimensions) {
    const auto values = reader.optional_integers(dimension);
    if (!values.empty()) grid.values[dimension] = values;
  }
  if (const auto bits = reader.optional_integers("bits"); !bits.empty()) grid.bits = bits;
  for (const int bits : grid.bits)
    if (bits != 4 && bits != 8) reader.fail("bits", "holds something else than 4 and 8");
  if (const auto texts = reader.optional_texts("kv"); !texts.empty()) {
    grid.kv.clear();
    for (const auto& text : texts) {
      const auto format = image::parse_kv_format(text);
      if (!format) reader.fail("kv", "holds something else than k8v8, k16v8, k16v16");
      grid.kv.push_back(format.value_or(image::KvFormat::k8v8));
    }
  }
  if (auto done = reader.finish(); !done) return done;
  return expand(grid, into);
}

}  // namespace

auto expand(const Grid& grid, SweepSet& into) -> Result<Ok> {
  for (const auto& [key, values] : grid.values) {
    if (std::find(dimensions.begin(), dimensions.end(), key) == dimensions.end())
      return Error{Exit::usage, fmt::format("a grid has no '{}'", key),
                   "it has dim, hidden, layers, heads, kv_heads, vocab and context"};
    if (values.empty()) return Error{Exit::usage, fmt::format("the grid's '{}' has no values", key), ""};
  }
  std::array<int, 7> chosen{};
  if (!add_combinations(grid, 0, chosen, into))
    return Error{Exit::usage, fmt::format("the grid has more than {} models", most_models),
                 "take fewer values"};
  return Ok{};
}

auto parse_sweep_set(std::string_view toml, std::string_view name) -> Result<SweepSet> {
  const std::string file(name);
  const auto table = tables::parse_toml(toml, name);
  if (!table) return table.error();
  TableReader reader(*table, file, hint);
  SweepSet set;
  set.title = reader.text("title");
  set.source = reader.optional_text("source");
  for (const auto* entry : reader.tables("model")) {
    auto model = read_model(*entry, file);
    if (!model) return model.error();
    set.models.push_back(std::move(model).value());
  }
  for (const auto* entry : reader.tables("grid"))
    if (auto grid = read_grid(*entry, file, set); !grid) return grid.error();
  if (auto done = reader.finish(); !done) return done.error();
  if (set.models.empty()) return Error{Exit::input, fmt::format("{}: no model in it", file), hint};
  return set;
}

}  // namespace mcullm::bench

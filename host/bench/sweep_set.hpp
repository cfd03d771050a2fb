// SPDX-License-Identifier: MIT
// A list of model shapes to try on a board (host/share/sweeps/*.toml, or the options of `mcullm sweep`).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "checkpoint/float_model.hpp"
#include "image/model_image.hpp"

namespace mcullm::bench {

struct SweepModel {
  std::string name;
  checkpoint::ModelShape shape;
  int bits = 8;  // of all weights
  image::KvFormat kv_format = image::KvFormat::k8v8;
  std::optional<double> published_tokens_per_second;  // elsewhere, for comparison
  std::string note;
};

struct SweepSet {
  std::string title, source;
  std::vector<SweepModel> models;
  int skipped = 0;  // combinations of grids that are no shape
};

// Values by dimension: "dim", "hidden", "layers", "heads", "kv_heads", "vocab", "context"; what is missing
// takes a default (hidden: 4 dim, kv_heads: heads). `bits` and `kv` may hold several as well.
struct Grid {
  std::string name;
  std::map<std::string, std::vector<int>> values;
  std::vector<int> bits = {8};
  std::vector<image::KvFormat> kv = {image::KvFormat::k8v8};
};

// Every combination that is a shape. Exit::usage for an unknown dimension or an empty list.
auto expand(const Grid& grid, SweepSet& into) -> Result<Ok>;

// Exit::input with the line of what is wrong.
auto parse_sweep_set(std::string_view toml, std::string_view name) -> Result<SweepSet>;

// The text of a set that comes with the tool (host/share/sweeps); nothing when there is none of that name.
auto builtin_set(std::string_view name) -> std::optional<std::string_view>;
auto builtin_set_names() -> std::string;  // "calibration, heads, ..."

}  // namespace mcullm::bench

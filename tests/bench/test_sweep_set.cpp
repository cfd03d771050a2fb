// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <set>

#include "bench/sweep.hpp"
#include "image/model_image.hpp"

using namespace mcullm;
using bench::parse_sweep_set;
using Catch::Matchers::Contains;

TEST_CASE("sweep set: models stand as they are written, grids are expanded in order", "[bench]") {
  const auto set = parse_sweep_set(R"(
title = "t"
source = "s"
[[model]]
name = "one"
shape = [16, 32, 1, 2, 1, 64, 32]
bits = 4
kv = "k16v8"
published_tokens_per_second = 2.5
[[grid]]
name = "g"
dim = [8, 12]
heads = [2, 4]
layers = [3]
bits = [8, 4]
kv = ["k8v8", "k16v16"]
)",
                                   "x.toml");
  REQUIRE(set);
  // dim 12 has no 4 heads of an even number of channels
  REQUIRE(set->models.size() == 1 + 3 * 4);
  CHECK(set->skipped == 1);
  const auto& one = set->models[0];
  CHECK(one.shape == checkpoint::ModelShape{16, 32, 1, 2, 1, 64, 32});
  CHECK(one.bits == 4);
  CHECK(one.kv_format == image::KvFormat::k16v8);
  CHECK(one.published_tokens_per_second == 2.5);
  CHECK(set->models[1].name == "g dim=8 heads=2 w8 k8v8");
  CHECK(set->models[4].name == "g dim=8 heads=2 w4 k16v16");
  CHECK(set->models[9].shape == checkpoint::ModelShape{12, 48, 3, 2, 2, 64, 64});
}

TEST_CASE("sweep set: what is wrong is told with its line", "[bench]") {
  struct Bad {
    const char* text;
    const char* message;
  };
  const auto bad = GENERATE(
      Bad{"title = \"t\"", "no model in it"},
      Bad{"[[model]]\nname=\"a\"\nshape=[1,2,3]\n", "line 3: 'shape'"},
      Bad{"title=\"t\"\n[[model]]\nname=\"a\"\nshape=[9,9,1,3,3,64,32]\n", "head_size = 3, allowed is even"},
      Bad{"title=\"t\"\n[[model]]\nname=\"a\"\nshape=[8,9,1,0,0,64,32]\n", "'shape' has no heads"},
      Bad{"title=\"t\"\n[[model]]\nname=\"a\"\nshape=[8,9,1,2,2,31,32]\n", "vocab_size = 31"},
      Bad{"title=\"t\"\n[[grid]]\nheight=[3]\n", "'height' is not a key"},
      Bad{"title=\"t\"\n[[grid]]\nbits=[5]\n", "'bits' holds something else"},
      Bad{"title=\"t\"\n[[grid]]\nkv=[\"k4v4\"]\n", "'kv' holds something else"});
  const auto set = parse_sweep_set(bad.text, "x.toml");
  REQUIRE_FALSE(set);
  CHECK(set.error().exit == Exit::input);
  CHECK_THAT(set.error().what, Contains("x.toml") && Contains(bad.message));
}

TEST_CASE("sweep set: a grid without end is refused", "[bench]") {
  bench::Grid grid;
  for (const auto* key : {"hidden", "layers", "vocab", "context"}) {
    auto& values = grid.values[key];
    for (int i = 0; i < 60; ++i) values.push_back(32 + i);
  }
  bench::SweepSet set;
  const auto expanded = bench::expand(grid, set);
  REQUIRE_FALSE(expanded);
  CHECK(expanded.error().exit == Exit::usage);
}

TEST_CASE("sweep set: the sets of the tool are read, the study's has its 16 variants", "[bench]") {
  for (const auto* name : {"calibration", "heads", "starmind-1k", "starmind-sizes"}) {
    CAPTURE(name);
    const auto text = bench::builtin_set(name);
    REQUIRE(text);
    const auto set = parse_sweep_set(*text, name);
    REQUIRE(set);
    std::set<std::string> names;
    for (const auto& model : set->models) CHECK(names.insert(model.name).second);
    CHECK(set->skipped == 0);
  }
  const auto study = parse_sweep_set(*bench::builtin_set("starmind-1k"), "starmind-1k");
  REQUIRE(study->models.size() == 16);
  for (const auto& model : study->models) CHECK(model.published_tokens_per_second.has_value());
  CHECK_FALSE(bench::builtin_set("nonsense"));
}

TEST_CASE("sweep set: images are whole models, the same for the same seed", "[bench]") {
  const auto set = parse_sweep_set(*bench::builtin_set("starmind-1k"), "starmind-1k");
  for (const auto& model : set->models) {
    CAPTURE(model.name);
    const auto bytes = bench::sweep_image(model, 3);
    CHECK(bytes == bench::sweep_image(model, 3));
    CHECK(bytes != bench::sweep_image(model, 4));
    const auto parsed = image::parse_model_image(bytes, model.name);
    REQUIRE(parsed);
    CHECK(parsed->shape == model.shape);
    CHECK(parsed->identity.name == model.name);
  }
  // rows so long that full-range weights would overflow a sum
  const auto wide =
      bench::sweep_image({"wide", {2048, 4096, 1, 16, 4, 32, 16}, 8, image::KvFormat::k8v8, {}, ""}, 1);
  CHECK(image::parse_model_image(wide, "wide"));
}

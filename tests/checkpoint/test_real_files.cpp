// SPDX-License-Identifier: MIT
// The published 260 K parameter story model, where it is at hand.
#include <catch2/catch.hpp>
#include <filesystem>

#include "base/file.hpp"
#include "checkpoint/llama2c.hpp"
#include "checkpoint/tensors.hpp"

using namespace mcullm;
using namespace mcullm::checkpoint;

namespace {

const std::filesystem::path data = std::filesystem::path(MCULLM_SHARED_DIR) / "data";

auto missing(const std::filesystem::path& file) -> bool {
  if (std::filesystem::exists(file)) return false;
  WARN("SKIPPED: " << file.string() << " is missing (no ../shared)");
  return true;
}

}  // namespace

TEST_CASE("llama2c: the published story model reads and is written back", "[checkpoint][shared]") {
  const auto path = data / "stories260K.bin";
  if (missing(path)) return;
  const auto bytes = read_file(path);
  REQUIRE(bytes);
  const auto parsed = parse_checkpoint(bytes.value(), "stories260K.bin");
  REQUIRE(parsed);
  const auto& model = parsed->model;
  REQUIRE(model.shape == ModelShape{64, 172, 5, 8, 4, 512, 512});
  REQUIRE(model.shared_classifier);
  REQUIRE(parameter_count(model.shape, true) == 260032);
  const auto written = write_checkpoint_v0(model);
  REQUIRE(written.size() == bytes.value().size());
  // the rope tables at the end are another library's cosines
  const std::size_t same = 28 + 4 * 260032;
  REQUIRE(std::equal(written.begin(), written.begin() + same, bytes.value().begin()));
}

TEST_CASE("tokenizer: the published vocabularies read and are written back byte for byte",
          "[checkpoint][shared]") {
  const auto [file, vocab_size] =
      GENERATE(table<const char*, int>({{"tok512.bin", 512}, {"tokenizer32000.bin", 32000}}));
  if (missing(data / file)) return;
  const auto bytes = read_file(data / file);
  REQUIRE(bytes);
  const auto parsed = parse_tokenizer(bytes.value(), vocab_size, file);
  REQUIRE(parsed);
  REQUIRE(write_tokenizer(parsed.value()) == bytes.value());
  REQUIRE_FALSE(parse_tokenizer(bytes.value(), vocab_size - 1, file));
  REQUIRE_FALSE(parse_tokenizer(bytes.value(), vocab_size + 1, file));
}

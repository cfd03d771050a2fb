// SPDX-License-Identifier: MIT
// The reference against the files of proto/vectors: neither may move without the other.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/file.hpp"
#include "image/model_image.hpp"
#include "op_vectors.hpp"
#include "reference/integer_transformer.hpp"
#include "vector_file.hpp"

namespace mcullm::tests {
namespace {

auto text_of(const std::filesystem::path& path) -> std::string {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("golden vectors: the reference still computes every file of proto/vectors", "[vectors]") {
  const auto folder = std::filesystem::temp_directory_path() / ("mcullm-vectors-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  write_op_vectors(folder);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    CAPTURE(entry.path().filename());
    REQUIRE((text_of(entry.path()) == text_of(vectors_folder() / entry.path().filename())));
    files++;
  }
  std::filesystem::remove_all(folder);
  REQUIRE(files == 12);
}

TEST_CASE("golden vectors: whole models give the recorded CRCs", "[vectors]") {
  for (const auto& model : read_cases("model")) {
    const auto name = model.at("image").get<std::string>();
    CAPTURE(name);
    const auto bytes = read_file(vectors_folder() / name);
    REQUIRE(bytes);
    const auto image = image::parse_model_image(*bytes, name);
    REQUIRE(image);
    reference::IntegerTransformer transformer(*image);
    int pos = 0;
    for (const auto& step : model.at("tokens")) {
      const auto result = transformer.forward(step.at("token"), pos++);
      REQUIRE(result.state_crc == step.at("state_crc").get<std::uint32_t>());
      REQUIRE(result.logits_crc == step.at("logits_crc").get<std::uint32_t>());
      REQUIRE(result.argmax == step.at("argmax").get<int>());
    }
    REQUIRE(pos == 16);
  }
}

}  // namespace
}  // namespace mcullm::tests

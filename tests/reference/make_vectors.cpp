// SPDX-License-Identifier: MIT
// Writes proto/vectors from the reference: make_vectors FOLDER.
#include <cstdio>
#include <exception>
#include <filesystem>

#include "base/file.hpp"
#include "image/model_image.hpp"
#include "op_vectors.hpp"
#include "random_model.hpp"
#include "random_source.hpp"
#include "reference/integer_transformer.hpp"
#include "vector_file.hpp"

namespace mcullm::tests {
namespace {

constexpr int tokens_per_model = 16;

struct NamedModel {
  const char* file;
  RandomModel model;
};

// Grouped, multi-head and multi-query attention, odd vocabularies, rows that are no multiple of anything.
auto models() -> std::vector<NamedModel> {
  using enum image::KvFormat;
  const checkpoint::ModelShape gqa = {24, 21, 2, 6, 2, 37, 32}, mha = {16, 11, 2, 2, 2, 35, 24},
                               mqa = {30, 7, 1, 5, 1, 33, 20};
  return {
      {"gqa-w8-k8v8.mcm", {gqa, k8v8, 8, true, 11}},     {"gqa-w8-k16v8.mcm", {gqa, k16v8, 8, true, 12}},
      {"gqa-w8-k16v16.mcm", {gqa, k16v16, 8, true, 13}}, {"gqa-w4-k8v8.mcm", {gqa, k8v8, 4, true, 14}},
      {"mha-w4-k16v8.mcm", {mha, k16v8, 4, false, 15}},  {"mqa-w8-k16v16.mcm", {mqa, k16v16, 8, false, 16}}};
}

auto model_case(const NamedModel& named, const image::ModelImage& image) -> Json {
  reference::IntegerTransformer transformer(image);
  RandomSource random(named.model.seed);
  Json steps = Json::array();
  for (int pos = 0; pos < tokens_per_model; pos++) {
    const int token = static_cast<int>(random.integer(0, image.shape.vocab_size - 1));
    const auto result = transformer.forward(token, pos);
    steps.push_back({{"token", token},
                     {"state_crc", result.state_crc},
                     {"logits_crc", result.logits_crc},
                     {"argmax", result.argmax}});
  }
  return {{"image", named.file}, {"tokens", steps}};
}

void write_models(const std::filesystem::path& folder) {
  Json cases = Json::array();
  for (const auto& named : models()) {
    const auto image = random_model_image(named.model);
    if (const auto written = write_file(folder / named.file, image::write_model_image(image)); !written) {
      throw std::runtime_error(written.error().what);
    }
    cases.push_back(model_case(named, image));
  }
  write_cases(folder, "model", "whole tokens: image, then per position the token and what it gives", cases);
}

}  // namespace
}  // namespace mcullm::tests

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_vectors FOLDER\n", stderr);
    return 2;
  }
  try {
    mcullm::tests::write_op_vectors(argv[1]);
    mcullm::tests::write_models(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_vectors: %s\n", error.what());
    return 1;
  }
  return 0;
}

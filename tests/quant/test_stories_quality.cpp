// SPDX-License-Identifier: MIT
// Quality and size on a real model: stories260K and a sample of TinyStories, which are not part of the
// repository.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include "base/file.hpp"
#include "chat/tokenizer.hpp"
#include "checkpoint/llama2c.hpp"
#include "quant/evaluate.hpp"
#include "quant/quantize.hpp"
#include "quant/text_split.hpp"

namespace mcullm::tests {
namespace {

const std::filesystem::path data = std::filesystem::path(MCULLM_SHARED_DIR) / "data";

struct Stories {
  image::FloatImage source;
  std::vector<quant::Tokens> text;
};

auto load_stories() -> std::optional<Stories> {
  if (!std::filesystem::exists(data / "stories260K.bin")) {
    std::cout << "SKIPPED: quality on stories260K (no ../shared)\n";
    return std::nullopt;
  }
  const auto model_bytes = read_file(data / "stories260K.bin"),
             tokenizer_bytes = read_file(data / "tok512.bin");
  const auto sample = read_file(data / "tinystories-sample.txt");
  REQUIRE(model_bytes);
  REQUIRE(tokenizer_bytes);
  REQUIRE(sample);
  auto checkpoint = checkpoint::parse_checkpoint(*model_bytes, "stories260K.bin");
  const auto vocabulary = checkpoint::parse_tokenizer(*tokenizer_bytes, 512, "tok512.bin");
  REQUIRE(checkpoint);
  REQUIRE(vocabulary);
  Stories stories;
  stories.source.identity.name = "stories260K";
  stories.source.model = std::move(checkpoint->model);
  stories.source.tokens = image::ranked_tokens(*vocabulary);
  const chat::Tokenizer tokenizer(stories.source.tokens, 1);
  const std::string_view file(reinterpret_cast<const char*>(sample->data()), sample->size());
  std::size_t tokens = 0;
  for (const auto text : quant::split_texts(file)) {
    if (tokens >= 6000) break;
    stories.text.push_back(tokenizer.encode_prompt(text));
    tokens += std::min<std::size_t>(512, stories.text.back().size());
  }
  return stories;
}

struct Target {
  image::KvFormat kv_format;
  double mean_kl, top1;
};

TEST_CASE("stories260K: quality and size of the quantized model", "[quality]") {
  const auto stories = load_stories();
  if (!stories) return;
  const auto target =
      GENERATE(Target{image::KvFormat::k16v8, 0.0008, 0.983}, Target{image::KvFormat::k8v8, 0.0025, 0.975});
  const auto quantized = quant::quantize(stories->source, {.kv_format = target.kv_format}, no_progress);
  REQUIRE(quantized);
  REQUIRE(quantized->report.image_bytes <= 275000);
  const auto result =
      quant::evaluate(quantized->image, stories->source.model, stories->text, 6000, no_progress);
  REQUIRE(result);
  REQUIRE(result->tokens == 6000);
  CHECK(result->mean_kl <= target.mean_kl);
  CHECK(result->top1_agreement >= target.top1);
  CHECK(result->integer_perplexity < 1.01 * result->float_perplexity);
}

}  // namespace
}  // namespace mcullm::tests

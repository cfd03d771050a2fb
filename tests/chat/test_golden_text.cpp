// SPDX-License-Identifier: MIT
// The float engine against the text that llama2.c's run.c printed for the same checkpoint.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.hpp"
#include "chat/story.hpp"
#include "checkpoint/llama2c.hpp"

using namespace mcullm;
namespace fs = std::filesystem;

namespace {

const fs::path shared = MCULLM_SHARED_DIR;

struct Stories {
  checkpoint::FloatModel model;
  std::vector<image::Token> tokens;
};

auto bytes_of(const fs::path& path) -> std::vector<std::byte> {
  auto bytes = read_file(path);
  REQUIRE(bytes);
  return std::move(bytes).value();
}

auto load() -> std::optional<Stories> {
  if (!fs::exists(shared / "data/stories260K.bin")) {
    std::cout << "SKIPPED: golden texts of run.c (no ../shared)\n";
    return std::nullopt;
  }
  auto read = checkpoint::parse_checkpoint(bytes_of(shared / "data/stories260K.bin"), "stories260K.bin");
  REQUIRE(read);
  auto& model = read->model;
  const auto vocabulary =
      checkpoint::parse_tokenizer(bytes_of(shared / "data/tok512.bin"), model.shape.vocab_size, "tok512.bin");
  REQUIRE(vocabulary);
  return Stories{std::move(model), image::ranked_tokens(*vocabulary)};
}

auto cases_of(const std::string& file) -> nlohmann::json {
  std::ifstream in(shared / "golden" / file);
  return nlohmann::json::parse(in).at("cases");
}

auto told(const Stories& stories, const nlohmann::json& wanted) -> std::string {
  const chat::Tokenizer tokenizer(stories.tokens, 1);
  chat::FloatEngine engine(stories.model, {wanted.at("temperature"), wanted.value("topp", 0.9),
                                           wanted.value("seed", std::uint64_t{1})});
  std::string text;
  chat::tell_story(engine, tokenizer, wanted.at("prompt").get<std::string>(), wanted.at("steps"),
                   [&](std::string_view piece) {
                     text += piece;
                     return true;
                   });
  return text + "\n";
}

}  // namespace

TEST_CASE("golden: greedy text is that of run.c in every case", "[golden]") {
  const auto stories = load();
  if (!stories) return;
  const auto cases = cases_of("run_c_greedy.json");
  REQUIRE(cases.size() == 8);
  for (const auto& wanted : cases) {
    CAPTURE(wanted.at("prompt"));
    CHECK(told(*stories, wanted) == wanted.at("text").get<std::string>());
  }
}

TEST_CASE("golden: sampled text is that of run.c in every case", "[golden]") {
  const auto stories = load();
  if (!stories) return;
  const auto cases = cases_of("run_c_sampled.json");
  REQUIRE(cases.size() == 6);
  for (const auto& wanted : cases) {
    CAPTURE(wanted.at("seed"), wanted.at("temperature"));
    CHECK(told(*stories, wanted) == wanted.at("text").get<std::string>());
  }
}

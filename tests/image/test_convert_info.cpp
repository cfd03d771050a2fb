// SPDX-License-Identifier: MIT
// mcullm convert and mcullm info as a user runs them.
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/sha256.hpp"
#include "checkpoint/llama2c.hpp"
#include "image/model_image.hpp"
#include "tests/checkpoint/bad_checkpoints.hpp"
#include "tests/checkpoint/sample_checkpoint.hpp"
#include "tests/image/bad_images.hpp"
#include "tests/image/sample_image.hpp"

using namespace mcullm;
namespace fs = std::filesystem;

namespace {

struct Run {
  int exit = -1;
  std::string out, err;
};

// A folder with a small model in every format, and a shell in it.
class Bench {
 public:
  Bench() : folder_(fs::temp_directory_path() / ("mcullm-test-convert-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
    const auto model = tests::sample_model(tests::small_shape(), false, 21);
    put("v0.bin", checkpoint::write_checkpoint_v0(model));
    put("v1.bin", tests::write_v1(model));
    put("v2.bin", tests::write_v2(model, 8).bytes);
    put("tok.bin", checkpoint::write_tokenizer(tests::sample_vocabulary(32, 5)));
    const tests::Storage storage{.layer_bits = 4, .kv_format = image::KvFormat::k16v8};
    put("model.mcm", image::write_model_image(tests::sample_model_image(tests::small_shape(), storage, 6)));
  }
  ~Bench() { fs::remove_all(folder_); }
  Bench(const Bench&) = delete;
  auto operator=(const Bench&) -> Bench& = delete;

  void put(const std::string& name, std::span<const std::byte> bytes) const {
    REQUIRE(write_file(folder_ / name, bytes));
  }
  auto get(const std::string& name) const -> std::vector<std::byte> {
    auto bytes = read_file(folder_ / name);
    REQUIRE(bytes);
    return std::move(*bytes);
  }
  auto text(const std::string& name) const -> std::string {
    const auto bytes = get(name);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  auto mcullm(const std::string& arguments) const -> Run {
    const auto command = "cd '" + folder_.string() + "' && '" MCULLM_PROGRAM "' " + arguments +
                         " >out.txt 2>err.txt </dev/null";
    const int status = std::system(command.c_str());
    REQUIRE(WIFEXITED(status));
    return {WEXITSTATUS(status), text("out.txt"), text("err.txt")};
  }
  auto json(const std::string& arguments) const -> nlohmann::json {
    const auto run = mcullm(arguments);
    CAPTURE(run.err);
    REQUIRE(run.exit == 0);
    return nlohmann::json::parse(run.out);
  }

 private:
  fs::path folder_;
};

}  // namespace

TEST_CASE("convert: every version of a checkpoint becomes an image of the same tensors", "[cli][convert]") {
  const Bench bench;
  for (const std::string version : {"v0", "v1", "v2"}) {
    CAPTURE(version);
    const auto report = bench.json("convert " + version + ".bin --tokenizer tok.bin -o out.mcm --json");
    const auto source = bench.get(version + ".bin");
    const auto bytes = bench.get("out.mcm");
    REQUIRE(report["schema"] == "mcullm.convert.v1");
    REQUIRE(report["bytes"] == bytes.size());
    REQUIRE(report["source_sha256"] == to_hex(sha256(source)));
    const auto image = image::parse_float_image(bytes, "out.mcm");
    REQUIRE(image);
    REQUIRE(image->identity.name == version);
    REQUIRE(image->identity.source == sha256(source));
    const auto checkpoint = checkpoint::parse_checkpoint(source, "in.bin");
    REQUIRE(image->model.w2 == checkpoint->model.w2);
    REQUIRE(image->model.wcls == checkpoint->model.wcls);
    REQUIRE(image->tokens.size() == 32);
  }
}

TEST_CASE("convert: the same input gives the same bytes, and options reach the image", "[cli][convert]") {
  const Bench bench;
  const std::string command =
      "convert v0.bin --tokenizer tok.bin --name 'é' --rope-theta 500000 --eps 1e-6 -o ";
  REQUIRE(bench.mcullm(command + "a.mcm").exit == 0);
  REQUIRE(bench.mcullm(command + "b.mcm").exit == 0);
  REQUIRE(bench.get("a.mcm") == bench.get("b.mcm"));
  const auto image = image::parse_float_image(bench.get("a.mcm"), "a.mcm");
  REQUIRE(image);
  REQUIRE(image->identity.name == "é");
  REQUIRE(image->model.rope_theta == 500000.0F);
  REQUIRE(image->model.norm_eps == 1e-6F);
}

TEST_CASE("convert: what cannot be is refused with its reason, and nothing is written", "[cli][convert]") {
  const Bench bench;
  struct Case {
    std::string arguments;
    int exit;
    std::string message;
  };
  const std::string tokenizer = " --tokenizer tok.bin -o no.mcm";
  const Case cases[] = {
      {"v0.bin" + tokenizer + " --name 12345678901234567890123456789012", 2, "--name has 32 bytes"},
      {"v0.bin" + tokenizer + " --name $(printf '\\377')", 2, "not UTF-8"},
      {"v0.bin" + tokenizer + " --eps 0", 2, "--eps is 0"},
      {"v0.bin" + tokenizer + " --eps nan", 2, "--eps is nan"},
      {"v0.bin" + tokenizer + " --rope-theta 0.5", 2, "--rope-theta is 0.5"},
      {"v0.bin" + tokenizer + " --rope-theta inf", 2, "--rope-theta is inf"},
      {"v0.bin --tokenizer tok.bin -o v0.bin", 2, "to be read and to be written"},
      {"no.bin" + tokenizer, 3, "no.bin: no such file"},
      {"v0.bin --tokenizer v1.bin -o no.mcm", 3, "v1.bin: token 30"},
      {"tok.bin" + tokenizer, 3, "tok.bin: field 'vocab_size'"},
      {"model.mcm" + tokenizer, 3, "an image already"},
  };
  for (const auto& expected : cases) {
    const auto run = bench.mcullm("convert " + expected.arguments);
    CAPTURE(expected.arguments, run.err);
    REQUIRE(run.exit == expected.exit);
    REQUIRE(run.out.empty());
    REQUIRE_THAT(run.err, Catch::Contains(expected.message) && Catch::Contains("hint:"));
    REQUIRE(bench.mcullm("info no.mcm").exit == 3);
  }
}

TEST_CASE("info: every kind of file tells its facts", "[cli][info]") {
  const Bench bench;
  const auto v2 = bench.json("info v2.bin --tokenizer tok.bin --json");
  REQUIRE(v2["schema"] == "mcullm.info.v1");
  REQUIRE(v2["kind"] == "llama2.c checkpoint v2");
  REQUIRE(v2["sha256"] == to_hex(sha256(bench.get("v2.bin"))));
  REQUIRE(v2["model"]["weights"] == "Q8_0 in groups of 8");
  // 2 layers of 2 * 8 * 8 + 2 * 4 * 8 + 3 * 6 * 8, and the classifier of 32 * 8
  REQUIRE(v2["model"]["macs_per_token"] == 2 * (128 + 64 + 144) + 256);
  REQUIRE(v2["model"]["attention_macs_at_full_context"] == 2 * 2 * 8 * 4);
  REQUIRE(v2["model"]["parameters"] == 2 * (8 + 128 + 64 + 8 + 144) + 8 + 2 * 256);
  REQUIRE(v2["tokenizer"]["vocab_size"] == 32);

  const auto model = bench.json("info model.mcm --json");
  REQUIRE(model["kind"] == "model image");
  REQUIRE(model["model"]["weights"] == "int4 layers, int8 classifier, int8 embedding");
  REQUIRE(model["model"]["kv_format"] == "k16v8");
  REQUIRE(model["model"]["kv_bytes_per_token"] == 2 * 4 * 3);
  REQUIRE(model["model"]["kv_bytes_at_full_context"] == 4 * 2 * 4 * 3);
  REQUIRE(model["image"]["name"] == "sample 6");
  REQUIRE(model["image"]["sections"].size() == 4);

  REQUIRE(bench.json("info tok.bin --json")["kind"] == "llama2.c tokenizer");
  const auto table = bench.mcullm("info v0.bin");
  REQUIRE(table.exit == 0);
  REQUIRE_THAT(table.out, Catch::Contains("4 of 2 on 2 for keys and values (GQA)"));
}

TEST_CASE("info: a bad file of any kind is an input error with a hint, never a crash", "[cli][info]") {
  const Bench bench;
  auto bad = tests::bad_model_images();
  for (auto& list : {tests::bad_float_images(), tests::bad_checkpoints(), tests::bad_tokenizers()})
    bad.insert(bad.end(), list.begin(), list.end());
  int files = 0;
  for (const auto& file : bad) {
    // each start of the program takes a few milliseconds: a part of the museum is enough here
    if (++files % 7 != 0 || file.defect.ends_with("_instead") || file.defect == "two_vocabularies") continue;
    bench.put("bad", file.bytes);
    const auto run = bench.mcullm("info bad");
    CAPTURE(file.defect, run.err);
    REQUIRE(run.exit == 3);
    REQUIRE(run.out.empty());
    REQUIRE_THAT(run.err, Catch::Contains("error: bad: ") && Catch::Contains("hint:"));
  }
}

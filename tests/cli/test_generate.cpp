// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>

#include "image/model_image.hpp"
#include "program.hpp"
#include "reference/random_model.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using tests::run;

namespace {

const checkpoint::ModelShape shape{.dim = 16,
                                   .hidden_dim = 24,
                                   .n_layers = 2,
                                   .n_heads = 4,
                                   .n_kv_heads = 2,
                                   .vocab_size = 40,
                                   .context = 48};

void write(const std::string& path, const std::vector<std::byte>& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// One image of each kind.
struct Images {
  tests::ScratchFolder folder;
  std::string model = folder / "model.mcm", floats = folder / "float.mcm";

  Images() {
    tests::RandomModel wanted;
    wanted.shape = shape;
    write(model, image::write_model_image(tests::random_model_image(wanted)));
    write(floats, image::write_float_image(tests::random_float_image(shape, true, 1)));
  }
};

}  // namespace

TEST_CASE("generate: the text alone is on stdout, and the same seed repeats it", "[cli]") {
  const Images images;
  for (const auto& path : {images.model, images.floats}) {
    const auto first = run({"generate", path, "-p", "abc", "--seed", "5", "-n", "30"});
    CAPTURE(first.err);
    REQUIRE(first.code == 0);
    CHECK_THAT(first.out, Contains("abc"));
    CHECK(first.out.ends_with("\n"));
    CHECK_THAT(first.err, Contains("tok/s") && Contains("seed 5"));
    CHECK(run({"generate", path, "-p", "abc", "--seed", "5", "-n", "30"}).out == first.out);
    CHECK(run({"generate", path, "-p", "abc", "--seed", "5", "-n", "30", "-q"}).err.empty());
  }
}

TEST_CASE("generate: a seed that was chosen is told, and gives the text again", "[cli]") {
  const Images images;
  const auto first = run({"generate", images.model, "-p", "abc"});
  const auto at = first.err.find("seed ");
  REQUIRE(at != std::string::npos);
  const auto seed = first.err.substr(at + 5, first.err.find_first_not_of("0123456789", at + 5) - at - 5);
  CHECK(run({"generate", images.model, "-p", "abc", "--seed", seed}).out == first.out);
}

TEST_CASE("generate: each engine runs its own kind of image, and says so", "[cli]") {
  const Images images;
  CHECK(run({"generate", images.model, "--engine", "integer"}).code == 0);
  CHECK(run({"generate", images.floats, "--engine", "float"}).code == 0);
  const auto wrong = run({"generate", images.floats, "--engine", "integer"});
  CHECK(wrong.code == 3);
  CHECK(wrong.out.empty());
  CHECK_THAT(wrong.err, Contains("float image") && Contains("mcullm quantize"));
  CHECK(run({"generate", images.model, "--engine", "float"}).code == 3);
}

TEST_CASE("generate: files that are no images are refused", "[cli]") {
  const Images images;
  std::ofstream(images.folder / "text") << "once upon a time";
  const auto text = run({"generate", images.folder / "text"});
  CHECK(text.code == 3);
  CHECK(text.out.empty());
  CHECK(run({"generate", images.folder / "missing"}).code == 3);
}

TEST_CASE("chat: what cannot work is refused before a board is asked", "[cli]") {
  const Images images;
  const auto json = run({"chat", images.model, "--json"});
  CHECK(json.code == 2);
  CHECK_THAT(json.err, Contains("-p PROMPT"));
  const auto floats = run({"chat", images.floats, "--port", "sim:native"});
  CHECK(floats.code == 3);
  CHECK_THAT(floats.err, Contains("mcullm quantize"));
  CHECK(run({"chat", images.folder / "missing"}).code == 3);
  CHECK(run({"chat", images.model, "--port", "sim:nonsense"}).code == 2);
  CHECK(run({"chat", images.model, "--port", "/dev/does-not-exist"}).code == 4);
}

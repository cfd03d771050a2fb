// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>

#include "model_files.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using tests::ModelFiles;
using tests::run;

TEST_CASE("generate: the text alone is on stdout, and the same seed repeats it", "[cli]") {
  const ModelFiles files;
  for (const auto& path : {files.model, files.floats}) {
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
  const ModelFiles files;
  const auto first = run({"generate", files.model, "-p", "abc"});
  const auto at = first.err.find("seed ");
  REQUIRE(at != std::string::npos);
  const auto seed = first.err.substr(at + 5, first.err.find_first_not_of("0123456789", at + 5) - at - 5);
  CHECK(run({"generate", files.model, "-p", "abc", "--seed", seed}).out == first.out);
}

TEST_CASE("generate: each engine runs its own kind of image, and says so", "[cli]") {
  const ModelFiles files;
  CHECK(run({"generate", files.model, "--engine", "integer"}).code == 0);
  CHECK(run({"generate", files.floats, "--engine", "float"}).code == 0);
  const auto wrong = run({"generate", files.floats, "--engine", "integer"});
  CHECK(wrong.code == 3);
  CHECK(wrong.out.empty());
  CHECK_THAT(wrong.err, Contains("float image") && Contains("mcullm quantize"));
  CHECK(run({"generate", files.model, "--engine", "float"}).code == 3);
}

TEST_CASE("generate: a prompt beyond the context is refused, as on a board", "[cli]") {
  const ModelFiles files;
  for (const auto& model : {files.model, files.floats}) {
    const auto ran = run({"generate", model, "-p", std::string(500, 'a')});
    CHECK(ran.code == 2);
    CHECK_THAT(ran.err, Contains("tokens, and the context has room for 48"));
  }
}

TEST_CASE("generate: files that are no images are refused", "[cli]") {
  const ModelFiles files;
  std::ofstream(files.folder / "text") << "once upon a time";
  const auto text = run({"generate", files.folder / "text"});
  CHECK(text.code == 3);
  CHECK(text.out.empty());
  CHECK(run({"generate", files.folder / "missing"}).code == 3);
}

TEST_CASE("generate, chat: letters that the vocabulary lacks are named", "[cli]") {
  const ModelFiles files;
  const auto warning = Contains("the model's vocabulary lacks '\u00e4', <0xFF>; it reads <unk> there");
  CHECK_THAT(run({"generate", files.model, "-p", "a\u00e4\xFF", "-n", "4"}).err, warning);
  CHECK_THAT(run({"chat", files.model, "--port", "sim:native", "-p", "a\u00e4\xFF", "-n", "4"}).err, warning);
  CHECK_THAT(run({"generate", files.model, "-p", "abc", "-n", "4"}).err, !Contains("lacks"));
}

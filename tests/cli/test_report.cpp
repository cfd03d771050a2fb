// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model_files.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
using tests::ModelFiles;
using tests::run;

namespace {

auto unpacked(const ModelFiles& files, const std::string& archive, const std::string& name) -> std::string {
  const std::string folder = files.folder / "unpacked";
  std::filesystem::create_directory(folder);
  if (std::system(("tar xzf '" + archive + "' -C '" + folder + "'").c_str()) != 0) return "tar failed";
  std::stringstream text;
  text << std::ifstream(folder + "/" + name).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("report: a command is run, recorded, and packed with what it said", "[cli][report]") {
  const ModelFiles files;
  const std::string out = files.folder / "bug.tar.gz";
  const auto ran =
      run({"report", "-o", out, "chat", files.model, "--port", "sim:native", "-p", "abc", "--seed", "5"});
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  CHECK(ran.out == out + "\n");
  CHECK_THAT(ran.err, Contains("nothing was sent anywhere") && Contains("conversation.trace"));
  CHECK_THAT(unpacked(files, out, "command.txt"), Contains("$ mcullm chat ") && Contains("exit code 0"));
  CHECK_THAT(unpacked(files, out, "versions.txt"), Contains("mcullm ") && Contains("arithmetic 1"));
  CHECK_THAT(unpacked(files, out, "conversation.txt"), Contains("GENERATE ok"));
  const auto again = run({"replay", files.folder / "unpacked/conversation.trace", "chat", files.model, "-p",
                          "abc", "--seed", "5"});
  CHECK(again.code == 0);
}

TEST_CASE("report: a command that fails is what reports are for", "[cli][report]") {
  const ModelFiles files;
  const std::string out = files.folder / "bug.tar.gz";
  const auto ran =
      run({"report", "-o", out, "--json", "chat", files.model, "--port", "exec:true", "-p", "abc"});
  CHECK(ran.code == 0);
  const auto json = nlohmann::json::parse(ran.out);
  CHECK(json["schema"] == "mcullm.report.v1");
  CHECK(json["file"] == out);
  CHECK(json["contents"][0]["name"] == "versions.txt");
  CHECK_THAT(unpacked(files, out, "command.txt"),
             Contains("the board is gone") && Contains("its program ended") && Contains("exit code 5"));
}

TEST_CASE("report: a recording is packed, and the home folder's name stays at home", "[cli][report]") {
  const ModelFiles files;
  const std::string trace = files.folder / "a.trace", out = files.folder / "bug.tar.gz";
  REQUIRE(run({"chat", files.model, "--port", "sim:native", "-p", "abc", "--trace", trace}).code == 0);
  const char* before = std::getenv("HOME");
  const std::string saved = before == nullptr ? "" : before;
  ::setenv("HOME", std::filesystem::path(files.model).parent_path().c_str(), 1);
  const auto ran = run({"report", "--trace", trace, "-o", out});
  ::setenv("HOME", saved.c_str(), 1);
  REQUIRE(ran.code == 0);
  const auto text = unpacked(files, out, "conversation.trace");
  CHECK_THAT(text,
             Contains("~/model.mcm") && !Contains(std::filesystem::path(files.model).parent_path().string()));
  CHECK(run({"report", "--trace", trace, "chat"}).code == 2);
  CHECK(run({"report", "--trace", files.folder / "missing"}).code == 2);
}

TEST_CASE("report: a lost board ends with the command that reports it", "[cli][report]") {
  const ModelFiles files;
  const auto lost =
      run({"validate", "--matmul", "2x2", "--port", "exec:exit 1", "--trace", files.folder / "a.trace"});
  CHECK(lost.code == 5);
  CHECK_THAT(lost.err, Contains("mcullm report validate --matmul 2x2 --port 'exec:exit 1' runs it again"));
  CHECK_THAT(run({"validate", "--matmul", "nonsense"}).err, !Contains("mcullm report"));
  CHECK_THAT(run({"-q", "validate", "--matmul", "2x2", "--port", "exec:exit 1"}).err,
             !Contains("mcullm report"));
}

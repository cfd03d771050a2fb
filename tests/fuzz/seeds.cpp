// SPDX-License-Identifier: MIT
// Writes the seeds of every fuzzer: good files of many shapes, and every bad file of the tests under the name
// of its defect. fuzz_seeds FOLDER
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "base/file.hpp"
#include "checkpoint/llama2c.hpp"
#include "image/model_image.hpp"
#include "tests/checkpoint/bad_checkpoints.hpp"
#include "tests/checkpoint/sample_checkpoint.hpp"
#include "tests/image/bad_images.hpp"
#include "tests/image/sample_image.hpp"

using namespace mcullm;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t header_bytes = 512, most_bytes = 8192;

class Folder {
 public:
  explicit Folder(fs::path path) : path_(std::move(path)) { fs::create_directories(path_); }

  // Large files only slow a fuzzer down.
  void put(const std::string& name, std::span<const std::byte> bytes) {
    if (bytes.size() <= most_bytes && !write_file(path_ / name, bytes)) failed_ = true;
  }
  void put_bad(const std::vector<tests::BadFile>& bad) {
    for (const auto& file : bad) put(file.defect, file.bytes);
  }
  auto failed() const -> bool { return failed_; }

 private:
  fs::path path_;
  bool failed_ = false;
};

auto seed_checkpoints(Folder folder) -> bool {
  std::uint32_t seed = 0;
  for (const auto& shape : tests::sample_shapes(6)) {
    ++seed;
    const auto model = tests::sample_model(shape, seed % 2 == 0, seed);
    folder.put(fmt::format("good_v0_{}", seed), checkpoint::write_checkpoint_v0(model));
    folder.put(fmt::format("good_v1_{}", seed), tests::write_v1(model));
    folder.put(fmt::format("good_v2_{}", seed), tests::write_v2(model, 2).bytes);
  }
  folder.put_bad(tests::bad_checkpoints());
  return !folder.failed();
}

auto seed_tokenizers(Folder folder) -> bool {
  for (const int vocab_size : {32, 33, 64, 500})
    folder.put(fmt::format("good_{}", vocab_size),
               checkpoint::write_tokenizer(tests::sample_vocabulary(vocab_size, 1)));
  folder.put_bad(tests::bad_tokenizers());
  return !folder.failed();
}

auto seed_images(Folder models, Folder floats, Folder headers) -> bool {
  std::uint32_t seed = 0;
  for (const auto& shape : tests::sample_shapes(8)) {
    ++seed;
    const tests::Storage storage{.layer_bits = seed % 2 == 0 ? 8 : 4, .shared_classifier = seed % 3 != 0};
    const auto model = image::write_model_image(tests::sample_model_image(shape, storage, seed));
    models.put(fmt::format("good_{}", seed), model);
    headers.put(fmt::format("good_{}", seed), std::span(model).first(header_bytes));
    floats.put(fmt::format("good_{}", seed),
               image::write_float_image(tests::sample_float_image(shape, storage.shared_classifier, seed)));
  }
  models.put_bad(tests::bad_model_images());
  headers.put_bad(tests::bad_model_images());
  floats.put_bad(tests::bad_float_images());
  return !models.failed() && !floats.failed() && !headers.failed();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
    return 2;
  }
  const fs::path root = argv[1];
  const bool ok =
      seed_checkpoints(Folder(root / "checkpoint")) && seed_tokenizers(Folder(root / "tokenizer")) &&
      seed_images(Folder(root / "model_image"), Folder(root / "float_image"), Folder(root / "image_header"));
  return ok ? 0 : 1;
}

// SPDX-License-Identifier: MIT
#include <algorithm>

#include "image/model_image.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/image/bad_images.hpp"

using namespace mcullm;
using tests::promise;

namespace {

void parse(std::span<const std::byte> bytes) {
  const auto parsed = image::parse_model_image(bytes, "fuzz.mcm");
  if (parsed) {
    promise(std::ranges::equal(image::write_model_image(*parsed), bytes),
            "an image is written as it was read");
    const auto last = image::sections(bytes).back();
    promise(std::uint64_t{last.offset} + last.bytes == bytes.size(), "the sections fill the file");
  } else {
    promise(!parsed.error().what.empty() && !parsed.error().hint.empty(),
            "a refusal says what and what to do");
  }
}

}  // namespace

auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const auto bytes = tests::as_bytes(data, size);
  parse(bytes);
  // behind the CRCs, which no mutation gets right
  if (size >= 512) parse(tests::resealed({bytes.begin(), bytes.end()}));
  return 0;
}

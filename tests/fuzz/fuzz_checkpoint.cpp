// SPDX-License-Identifier: MIT
#include <algorithm>

#include "checkpoint/llama2c.hpp"
#include "checkpoint/tensors.hpp"
#include "tests/fuzz/promise.hpp"

using namespace mcullm;
using tests::promise;

auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const auto bytes = tests::as_bytes(data, size);
  const auto parsed = checkpoint::parse_checkpoint(bytes, "fuzz.bin");
  if (!parsed) {
    promise(!parsed.error().what.empty() && !parsed.error().hint.empty(),
            "a refusal says what and what to do");
    return 0;
  }
  const auto& model = parsed->model;
  for (const auto& tensor : checkpoint::tensors_of(model.shape, model.shared_classifier))
    promise((model.*tensor.values).size() == tensor.elements(), "every tensor has the size of its shape");
  if (parsed->version == 0) {
    const auto written = checkpoint::write_checkpoint_v0(model);
    promise(written.size() == size, "a v0 checkpoint is written as long as it was read");
    const auto header_and_embedding = 28 + sizeof(float) * model.tok_emb.size();
    promise(std::equal(written.begin(), written.begin() + static_cast<std::ptrdiff_t>(header_and_embedding),
                       bytes.begin()),
            "a v0 checkpoint is written as it was read");
  }
  return 0;
}

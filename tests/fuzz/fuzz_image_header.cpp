// SPDX-License-Identifier: MIT
// The check that devices run, on 512 bytes.
#include "proto/image.h"
#include "tests/fuzz/promise.hpp"
#include "tests/image/bad_images.hpp"

using namespace mcullm;
using tests::promise;

namespace {

void require_sound(const mcl_image_header_t& h) {
  promise(h.dim == h.n_heads * h.head_size && h.n_heads % h.n_kv_heads == 0, "the heads fill the width");
  promise(h.bos_token < h.vocab_size && h.eos_token < h.vocab_size, "the special tokens exist");
  promise(h.context >= 1 && h.context <= MCL_CONTEXT_MAX, "the context is one that devices hold");
  // in 64 bits: nothing that the check computes in 32 may have wrapped
  const std::uint64_t layers_end = h.layers_offset + std::uint64_t{h.n_layers} * h.layer_bytes;
  promise(layers_end == h.classifier_offset && h.layer_bytes >= mcl_layer_bytes(&h),
          "the layers reach the classifier");
  const std::uint64_t classifier_end = std::uint64_t{h.classifier_offset} + h.classifier_bytes;
  const std::uint64_t embedding_end = std::uint64_t{h.embedding_offset} + h.embedding_bytes;
  const auto before = h.shared_classifier != 0 ? classifier_end : embedding_end;
  promise(h.shared_classifier != 0 || h.embedding_offset >= classifier_end,
          "the embedding follows the classifier");
  promise(h.tokenizer_offset >= before && h.tokenizer_offset - before < 512,
          "the tokenizer is on the next sector");
  promise(std::uint64_t{h.tokenizer_offset} + h.tokenizer_bytes == h.image_bytes,
          "the tokenizer ends the image");
}

void read(const tests::Bytes& bytes) {
  mcl_image_header_t header{};
  mcl_image_fault_t fault{};
  const auto status =
      mcl_image_header_read(&header, reinterpret_cast<const std::uint8_t*>(bytes.data()), &fault);
  if (status == MCL_OK) {
    require_sound(header);
  } else {
    promise(status == MCL_ERR_FORMAT || status == MCL_ERR_VERSION || status == MCL_ERR_CRC,
            "a status of headers");
    promise(fault.offset < MCL_IMAGE_HEADER_BYTES, "the fault lies inside the header");
  }
}

}  // namespace

auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const auto input = tests::as_bytes(data, size);
  tests::Bytes bytes(input.begin(), input.end());
  bytes.resize(MCL_IMAGE_HEADER_BYTES);
  read(bytes);
  read(tests::resealed(std::move(bytes)));
  return 0;
}

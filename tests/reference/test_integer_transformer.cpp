// SPDX-License-Identifier: MIT
#include "reference/integer_transformer.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "naive_transformer.hpp"
#include "random_model.hpp"
#include "random_source.hpp"

namespace mcullm::tests {
namespace {

using image::KvFormat;
using reference::IntegerTransformer;

class Recorder : public reference::Observer {
 public:
  void observe(mcl_op_t op, int layer, std::span<const std::int32_t> values) override {
    order.push_back(op);
    trace[{op, layer}] = Ints(values.begin(), values.end());
  }
  std::vector<mcl_op_t> order;
  std::map<std::pair<mcl_op_t, int>, Ints> trace;
};

auto gqa_shape() -> checkpoint::ModelShape {
  return {.dim = 24,
          .hidden_dim = 21,
          .n_layers = 2,
          .n_heads = 6,
          .n_kv_heads = 2,
          .vocab_size = 37,
          .context = 40};
}

TEST_CASE("integer transformer: every op equals a scalar transcription of the document", "[reference]") {
  const auto kv_format = GENERATE(KvFormat::k8v8, KvFormat::k16v8, KvFormat::k16v16);
  const auto bits = GENERATE(8, 4);
  const auto shape = GENERATE(gqa_shape(),
                              checkpoint::ModelShape{.dim = 2,
                                                     .hidden_dim = 1,
                                                     .n_layers = 1,
                                                     .n_heads = 1,
                                                     .n_kv_heads = 1,
                                                     .vocab_size = 32,
                                                     .context = 20},
                              checkpoint::ModelShape{.dim = 30,
                                                     .hidden_dim = 7,
                                                     .n_layers = 3,
                                                     .n_heads = 5,
                                                     .n_kv_heads = 1,
                                                     .vocab_size = 33,
                                                     .context = 20},
                              checkpoint::ModelShape{.dim = 256,
                                                     .hidden_dim = 40,
                                                     .n_layers = 1,
                                                     .n_heads = 2,
                                                     .n_kv_heads = 2,
                                                     .vocab_size = 65,
                                                     .context = 20});
  CAPTURE(static_cast<int>(kv_format), bits, shape.dim);
  const auto image = random_model_image({shape, kv_format, bits, shape.dim != 30, 7});
  IntegerTransformer reference(image);
  NaiveTransformer naive(image);
  RandomSource random(3);
  for (int pos = 0; pos < 20; pos++) {
    const int token = static_cast<int>(random.integer(0, shape.vocab_size - 1));
    Recorder recorder;
    const auto result = reference.forward(token, pos, &recorder);
    const Ints logits = naive.forward(token);
    REQUIRE(std::is_sorted(recorder.order.begin(), recorder.order.begin() + 16));
    for (const auto& [key, values] : naive.trace) {
      CAPTURE(pos, key.first, key.second);
      REQUIRE((recorder.trace.at(key) == values));
    }
    REQUIRE(recorder.trace.size() == naive.trace.size());
    REQUIRE(result.argmax == std::max_element(logits.begin(), logits.end()) - logits.begin());
  }
}

TEST_CASE("integer transformer: a prefilled prefix gives the state of full tokens", "[reference]") {
  const auto image = random_model_image({gqa_shape(), KvFormat::k16v8, 8, true, 2});
  IntegerTransformer full(image), prefilled(image);
  for (int pos = 0; pos < 8; pos++) REQUIRE(full.forward(pos, pos).state_crc == prefilled.prefill(pos, pos));
  REQUIRE(full.forward(9, 8).logits_crc == prefilled.forward(9, 8).logits_crc);
}

TEST_CASE("integer transformer: a position can be overwritten, and the later ones are forgotten",
          "[reference]") {
  const auto image = random_model_image({gqa_shape(), KvFormat::k8v8, 8, true, 4});
  IntegerTransformer transformer(image), fresh(image);
  for (int pos = 0; pos < 6; pos++) transformer.prefill(30, pos);
  for (int pos = 0; pos < 3; pos++) fresh.prefill(30, pos);
  REQUIRE(transformer.forward(5, 3).logits_crc == fresh.forward(5, 3).logits_crc);
  REQUIRE(transformer.positions() == 4);
  REQUIRE_THROWS_AS(transformer.forward(5, 5), std::out_of_range);
  transformer.reset();
  REQUIRE(transformer.positions() == 0);
  REQUIRE_THROWS_AS(transformer.forward(37, 0), std::out_of_range);
  REQUIRE_THROWS_AS(transformer.forward(-1, 0), std::out_of_range);
}

TEST_CASE("integer transformer: layers run one by one make a token", "[reference]") {
  const auto image = random_model_image({gqa_shape(), KvFormat::k16v16, 8, false, 5});
  IntegerTransformer whole(image), by_layer(image);
  for (int pos = 0; pos < 4; pos++) {
    Recorder recorder;
    const auto state_crc = whole.prefill(11 + pos, pos, &recorder);
    const Ints& embedded = recorder.trace.at({MCL_OP_EMBED, 0});
    std::vector<std::int32_t> x(embedded.begin(), embedded.end());
    for (int l = 0; l < image.shape.n_layers; l++) by_layer.run_layer(l, pos, x);
    REQUIRE(reference::vector_crc(x) == state_crc);
  }
  REQUIRE(by_layer.positions() == 0);
}

TEST_CASE("integer transformer: the residual wraps instead of overflowing", "[reference]") {
  const auto image = random_model_image({gqa_shape(), KvFormat::k8v8, 8, true, 6});
  IntegerTransformer transformer(image);
  NaiveTransformer naive(image);
  std::vector<std::int32_t> x(24, 2147483647);
  x[1] = -2147483647 - 1;
  Ints expected(x.begin(), x.end());
  transformer.run_layer(0, 0, x);
  naive.run_layer(0, expected);
  REQUIRE((Ints(x.begin(), x.end()) == expected));
  REQUIRE(std::any_of(x.begin() + 2, x.end(), [](std::int32_t v) { return v < 0; }));
}

TEST_CASE("vector crc: little-endian bytes in index order", "[reference]") {
  // CRC-32 of the bytes 01 00 00 00 FF FF FF FF
  const std::vector<std::int32_t> values = {1, -1};
  REQUIRE(reference::vector_crc(values) == 0x7733FF14U);
}

}  // namespace
}  // namespace mcullm::tests

// SPDX-License-Identifier: MIT
// The arithmetic of host/plan against the device's own plan and against written images.
#include <catch2/catch.hpp>

#include "base/random_source.hpp"
#include "engine/engine.h"
#include "image/model_image.hpp"
#include "image/random_model.hpp"
#include "plan/arena.hpp"
#include "plan/model_size.hpp"
#include "proto/image.h"

using namespace mcullm;

namespace {

// Any shape that IMAGE.md allows, small ones as likely as large ones.
auto random_size(RandomSource& random) -> plan::ModelSize {
  const auto up_to = [&](int most) {
    const auto bits = random.integer(0, 31);
    return static_cast<int>(1 + (random.next() >> bits) % static_cast<std::uint64_t>(most));
  };
  plan::ModelSize m;
  auto& s = m.shape;
  s.n_kv_heads = up_to(8);
  s.n_heads = s.n_kv_heads * up_to(8);
  s.dim = s.n_heads * 2 * up_to(std::min(64, 2048 / s.n_heads));
  s.hidden_dim = up_to(4000);
  s.n_layers = up_to(12);
  s.vocab_size = 31 + up_to(40000);
  s.context = up_to(4096);
  m.kv_format = static_cast<image::KvFormat>(random.integer(0, 2));
  m.layer_bits = random.integer(0, 1) == 0 ? 8 : 4;
  m.classifier_bits = random.integer(0, 1) == 0 ? 8 : 4;
  return m;
}

auto header_of(const plan::ModelSize& m) -> mcl_image_header_t {
  mcl_image_header_t h{};
  h.dim = static_cast<std::uint16_t>(m.shape.dim);
  h.hidden_dim = static_cast<std::uint16_t>(m.shape.hidden_dim);
  h.n_layers = static_cast<std::uint16_t>(m.shape.n_layers);
  h.n_heads = static_cast<std::uint16_t>(m.shape.n_heads);
  h.n_kv_heads = static_cast<std::uint16_t>(m.shape.n_kv_heads);
  h.kv_dim = static_cast<std::uint16_t>(m.shape.kv_dim());
  h.head_size = static_cast<std::uint16_t>(m.shape.head_size());
  h.vocab_size = static_cast<std::uint32_t>(m.shape.vocab_size);
  h.context = static_cast<std::uint16_t>(m.shape.context);
  h.kv_format = static_cast<std::uint8_t>(m.kv_format);
  h.layer_bits = static_cast<std::uint8_t>(m.layer_bits);
  return h;
}

}  // namespace

TEST_CASE("plan: the arena is the one that the device plans", "[plan]") {
  RandomSource random(7);
  for (int i = 0; i < 20000; ++i) {
    const auto model = random_size(random);
    const auto header = header_of(model);
    engine_plan_t device;
    engine_plan(&device, &header, nullptr);
    const auto use = plan::arena_use(model, {});
    CAPTURE(model.shape.dim, model.shape.hidden_dim, model.shape.n_heads, model.shape.n_kv_heads,
            model.shape.context, int(header.kv_format));
    REQUIRE(use.vectors_bytes == device.vectors_bytes);
    REQUIRE(use.kv_bytes == device.kv_bytes);
    REQUIRE(use.total() == device.needed);
  }
}

TEST_CASE("plan: image sizes are those of written images", "[plan]") {
  RandomSource random(8);
  for (int i = 0; i < 40; ++i) {
    auto wanted = random_size(random);
    auto& s = wanted.shape;
    s.hidden_dim = s.hidden_dim % 100 + 1;
    s.vocab_size = s.vocab_size % 300 + 32;
    if (s.dim > 128) continue;
    const bool shared = i % 2 == 0;
    const auto image = image::random_model_image(
        {.shape = s, .kv_format = wanted.kv_format, .bits = wanted.layer_bits, .shared_classifier = shared});
    const auto bytes = image::write_model_image(image);
    const auto sections = image::sections(bytes);
    const auto size = plan::size_of(image, sections.back().bytes);
    CAPTURE(s.dim, s.hidden_dim, s.vocab_size, wanted.layer_bits, shared);
    REQUIRE(size.image_bytes() == bytes.size());
    REQUIRE(size.layers_bytes() == sections[1].bytes);
    REQUIRE(size.classifier_bytes() == sections[2].bytes);
  }
}

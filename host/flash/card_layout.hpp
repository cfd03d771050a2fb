// SPDX-License-Identifier: MIT
// A whole SD card for an agent that keeps its model on one (device/port/atmega328p/README.md): image in the
// first half, keys and values from the middle on, logits at the end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/result.hpp"
#include "image/model_image.hpp"

namespace mcullm::flash {

// The smallest card, a power of two of at least 2 MiB, that holds this model. Exit::refused when no card
// does.
auto least_card_bytes(const image::ModelImage& model, std::uint64_t image_bytes) -> Result<std::uint64_t>;

// A file as long as the card, the image at its beginning and holes behind it. Exit::usage when the size is no
// card's, Exit::refused when it is too small.
auto write_card(const std::filesystem::path& file, const image::ModelImage& model,
                std::span<const std::byte> image, std::uint64_t card_bytes) -> Result<Ok>;

}  // namespace mcullm::flash

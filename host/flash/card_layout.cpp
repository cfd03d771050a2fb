// SPDX-License-Identifier: MIT
#include "flash/card_layout.hpp"

#include <fmt/format.h>

#include <system_error>

#include "base/file.hpp"
#include "plan/arena.hpp"

namespace mcullm::flash {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t card_unit = 512 * 1024;                // of the capacity in a CSD
constexpr std::uint64_t least = std::uint64_t{1} << 21;        // the logits' last 512 KiB are a quarter of it
constexpr std::uint64_t most = std::uint64_t{1} << 37;         // SDXC cards that anybody has
constexpr std::uint64_t image_limit = std::uint64_t{1} << 31;  // that a store offset of the agent reaches

struct Need {
  std::uint64_t image_bytes, cache_bytes;

  // image in the first half, keys and values in the third quarter, logits at the very end
  auto fits(std::uint64_t card_bytes) const -> bool {
    return image_bytes <= card_bytes / 2 && cache_bytes <= card_bytes / 4;
  }
};

auto need_of(const image::ModelImage& model, std::uint64_t image_bytes) -> Result<Need> {
  const auto cache_bytes = plan::card_cache_bytes(plan::size_of(model, 0));
  if (!cache_bytes)
    return Error{Exit::refused, "keys and values of one position do not fit a block of the card, 512 bytes",
                 "quantize with --kv k8v8, or take a model with fewer key/value heads"};
  if (image_bytes > image_limit)
    return Error{Exit::refused,
                 fmt::format("the image has {} bytes, a card holds {} of one", image_bytes, image_limit),
                 "take a smaller model"};
  return Need{image_bytes, *cache_bytes};
}

auto failed(const fs::path& file, const std::error_code& error) -> Error {
  return {Exit::input, fmt::format("{}: {}", file.string(), error.message()), "is the disk full?"};
}

}  // namespace

auto least_card_bytes(const image::ModelImage& model, std::uint64_t image_bytes) -> Result<std::uint64_t> {
  const auto need = need_of(model, image_bytes);
  if (!need) return need.error();
  std::uint64_t size = least;
  while (!need->fits(size)) size *= 2;
  return size;
}

auto write_card(const fs::path& file, const image::ModelImage& model, std::span<const std::byte> image,
                std::uint64_t card_bytes) -> Result<Ok> {
  const auto need = need_of(model, image.size());
  if (!need) return need.error();
  if (card_bytes < least || card_bytes > most || card_bytes % card_unit != 0)
    return Error{Exit::usage, fmt::format("{} bytes are no card's capacity", card_bytes),
                 "a card has a multiple of 512 KiB, at least 2 MiB: --size 8M"};
  if (!need->fits(card_bytes))
    return Error{
        Exit::refused,
        fmt::format(
            "the card is too small: the image has {} bytes and may take {}, keys and values {} and {}",
            need->image_bytes, card_bytes / 2, need->cache_bytes, card_bytes / 4),
        "without --size the smallest that holds them is made"};
  if (auto written = write_file(file, image); !written) return written;
  std::error_code error;
  fs::resize_file(file, card_bytes, error);
  if (error) return failed(file, error);
  return Ok{};
}

}  // namespace mcullm::flash

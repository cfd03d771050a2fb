// SPDX-License-Identifier: MIT
// The largest shape that fits a board and runs well there.
#pragma once

#include <array>
#include <string_view>

#include "checkpoint/float_model.hpp"

namespace mcullm::train {

struct BoardShape {
  std::string_view board;
  checkpoint::ModelShape shape;
  std::string_view reason;
};

// Bounds: the KV cache (3 bytes per channel, position and layer) in half of the RAM; the weights at a
// byte each in flash, or on the card, read once per token at the board's bandwidth.
inline constexpr std::array board_shapes = {
    BoardShape{"uno", {64, 172, 5, 2, 1, 512, 320}, "weights and KV cache on an SD card, about 1.5 tokens/s"},
    BoardShape{"stm32f405", {64, 172, 5, 2, 1, 512, 192}, "92 KB of KV cache in 192 KB of RAM"},
    BoardShape{
        "pico", {128, 344, 5, 4, 1, 1024, 256}, "123 KB of KV cache in 264 KB of RAM, 1.0 MB of flash"},
    BoardShape{
        "pico2", {128, 344, 6, 4, 1, 1024, 384}, "221 KB of KV cache in 520 KB of RAM, 1.2 MB of flash"},
    BoardShape{
        "esp32s3", {192, 512, 6, 6, 2, 2048, 512}, "2.7 MB of weights and 590 KB of KV cache in PSRAM"},
};

}  // namespace mcullm::train

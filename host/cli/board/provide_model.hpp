// SPDX-License-Identifier: MIT
// The model that a command works with, on the board that it works with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "cli/board/choose_board.hpp"
#include "ui/console.hpp"

namespace mcullm::cli {

// Of a parsed image: what identifies it on a board.
auto header_crc_of(std::span<const std::byte> image) -> std::uint32_t;

// A simulated board gets the model; somebody's board is changed by mcullm flash alone, and refused here
// (Exit::refused) when it runs another one.
auto provide_model(ChosenBoard& chosen, const std::string& model_path, std::span<const std::byte> image,
                   ui::Console& console) -> Result<Ok>;

}  // namespace mcullm::cli

// SPDX-License-Identifier: MIT
#include "cli/board/provide_model.hpp"

#include <fmt/core.h>

#include "base/span_reader.hpp"
#include "cli/program/shell_quoted.hpp"
#include "flash/upload.hpp"
#include "proto/image_fields.h"

namespace mcullm::cli {

auto header_crc_of(std::span<const std::byte> image) -> std::uint32_t {
  SpanReader reader(image.subspan(MCL_AT_HEADER_CRC));
  return reader.read_le<std::uint32_t>().value_or(0);
}

auto provide_model(ChosenBoard& chosen, const std::string& model_path, std::span<const std::byte> image,
                   ui::Console& console) -> Result<Ok> {
  auto& board = *chosen.board;
  if (chosen.simulated()) {
    const auto loaded = flash::ensure_model(board, image, console.progress());
    if (!loaded) return loaded.error();
    return Ok{};
  }
  const auto& model = board.hello().model;
  const std::string problem = link::model_problem(model);
  if (problem.empty() && model.header_crc == header_crc_of(image)) return Ok{};
  return Error{Exit::refused,
               problem.empty()
                   ? fmt::format("the board at {} runs another model than {}", chosen.port, model_path)
                   : fmt::format("the board at {} runs no model: {}", chosen.port, problem),
               board.hello().store_bytes == 0
                   ? fmt::format("it has no storage (is a card in it?); --offload matmul needs none")
                   : fmt::format("mcullm flash --port {} {} puts it there", shell_quoted(chosen.port),
                                 shell_quoted(model_path))};
}

}  // namespace mcullm::cli

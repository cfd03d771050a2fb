// SPDX-License-Identifier: MIT
#include "chat/speaker.hpp"

namespace mcullm::chat {

auto BoardSpeaker::recover() -> Result<bool> {
  if (!board_.restarted()) return false;
  const auto hello = board_.connect();
  if (!hello) return hello.error();
  if (const auto problem = link::model_problem(hello->model); !problem.empty())
    return Error{Exit::refused, "the board restarted and runs no model: " + problem,
                 "load the model again with mcullm flash"};
  if (hello->model.header_crc != model_)
    return Error{Exit::refused, "the board restarted and runs another model now", "start the chat again"};
  return true;
}

}  // namespace mcullm::chat

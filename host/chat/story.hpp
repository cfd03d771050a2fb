// SPDX-License-Identifier: MIT
// One text from a prompt, by the rules of llama2.c's run.c.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "chat/engine.hpp"
#include "chat/tokenizer.hpp"

namespace mcullm::chat {

struct Story {
  int prompt_tokens = 0;  // bos included
  int positions = 0;      // that were run
  bool ended = false;     // the model chose bos: it has told its story
  bool stopped = false;   // by the listener
};

// Printable text as it comes, the prompt's included. Returning false stops the story.
using TextFn = std::function<bool(std::string_view text)>;

// Runs at most `steps` positions. As in run.c the prompt counts, and is told again token by token.
auto tell_story(Engine& engine, const Tokenizer& tokenizer, std::string_view prompt, int steps,
                const TextFn& on_text) -> Story;

}  // namespace mcullm::chat

// SPDX-License-Identifier: MIT
#include "chat/story.hpp"

#include "chat/printable_stream.hpp"

namespace mcullm::chat {

auto tell_story(Engine& engine, const Tokenizer& tokenizer, std::string_view prompt, int steps,
                const TextFn& on_text) -> Story {
  const std::vector<int> tokens = tokenizer.encode_prompt(prompt);
  PrintableStream printable;
  Story story;
  story.prompt_tokens = static_cast<int>(tokens.size());
  for (int token = tokens[0]; story.positions < steps;) {
    const int pos = story.positions++;
    int next = 0;
    if (story.positions < story.prompt_tokens) {
      engine.feed(token, pos);
      next = tokens[static_cast<std::size_t>(story.positions)];
    } else {
      next = engine.next(token, pos);
    }
    story.ended = next == tokenizer.bos_token();
    if (story.ended) break;
    story.stopped = !on_text(printable.feed(tokenizer.piece(token, next)));
    if (story.stopped) break;
    token = next;
  }
  return story;
}

}  // namespace mcullm::chat

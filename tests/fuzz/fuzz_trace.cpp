// SPDX-License-Identifier: MIT
// A recording from anybody: read, shown, and played to a host that sends what was recorded.
#include <array>

#include "tests/fuzz/promise.hpp"
#include "trace/describe.hpp"
#include "trace/replay.hpp"

using namespace mcullm;
using tests::promise;

namespace {

void play(const trace::Line& line) {
  const auto port = trace::replay_line(line, "replay:fuzz");
  std::array<std::byte, 512> received;
  for (const auto& event : line.events) {
    if (event.kind != trace::Event::Kind::sent) continue;
    port->write(event.bytes);
    // a board that was gone, or a request that differs, ends it; what was said before may still be read
    for (int i = 0; i < 64 && port->read(received, std::chrono::milliseconds{0}) > 0; ++i) {
    }
    if (const auto failure = port->failure())
      promise(failure->exit == Exit::input && !failure->what.empty() && !failure->hint.empty(),
              "a failure says what and what to do");
  }
}

}  // namespace

auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto recording = trace::parse_recording(text, "fuzz.trace");
  if (!recording) {
    promise(recording.error().exit == Exit::input && !recording.error().what.empty(), "a refusal says what");
    return 0;
  }
  for (const auto& line : recording->lines) {
    for (const auto& piece : trace::pieces_of(line)) {
      const auto words = trace::describe_piece(piece);
      promise(words.find('\n') == std::string::npos && words.find('\x1b') == std::string::npos,
              "a piece is one line, without control characters");
    }
    play(line);
  }
  return 0;
}

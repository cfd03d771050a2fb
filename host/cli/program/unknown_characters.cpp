// SPDX-License-Identifier: MIT
#include "cli/program/unknown_characters.hpp"

#include <fmt/core.h>

#include "chat/printable_stream.hpp"

namespace mcullm::cli {
namespace {

// In quotes; as bytes where the terminal should not see it.
auto shown(const std::string& character) -> std::string {
  const auto printable = chat::PrintableStream().feed(character);
  if (!printable.empty()) return fmt::format("'{}'", printable);
  std::string bytes;
  for (const char c : character) bytes += fmt::format("<0x{:02X}>", static_cast<unsigned char>(c));
  return bytes;
}

}  // namespace

void warn_of_unknown_characters(const chat::Tokenizer& tokenizer, std::string_view prompt,
                                ui::Console& console) {
  constexpr std::size_t most = 8;
  const auto unknown = tokenizer.unknown_characters(prompt);
  if (unknown.empty()) return;
  std::string list;
  for (std::size_t i = 0; i < unknown.size() && i < most; ++i)
    list += (i == 0 ? "" : ", ") + shown(unknown[i]);
  if (unknown.size() > most) list += fmt::format(" and {} more", unknown.size() - most);
  console.warn(fmt::format("the model's vocabulary lacks {}; it reads <unk> there", list));
}

}  // namespace mcullm::cli

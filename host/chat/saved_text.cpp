// SPDX-License-Identifier: MIT
#include "chat/saved_text.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/file.hpp"

namespace mcullm::chat {
namespace {

using nlohmann::ordered_json;

constexpr auto schema = "mcullm.conversation.v1";
constexpr std::uint64_t largest_file = 1 << 20;

auto wrong(std::string_view name, std::string_view why) -> Error {
  return {Exit::input, fmt::format("{}: {}", name, why), "only files of /save can be loaded"};
}

// The field, if it has the type asked for; a number must keep to its range.
template <class Value>
auto field(const ordered_json& object, const char* name, Value least, Value most) -> std::optional<Value> {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const auto value = found->get<double>();
  if (!(value >= static_cast<double>(least) && value <= static_cast<double>(most))) return std::nullopt;
  return found->get<Value>();
}

auto text_field(const ordered_json& object, const char* name) -> std::optional<std::string> {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

auto token_list(const ordered_json& object) -> std::optional<std::vector<int>> {
  const auto found = object.find("tokens");
  if (found == object.end() || !found->is_array()) return std::nullopt;
  std::vector<int> tokens;
  for (const auto& token : *found) {
    if (!token.is_number_unsigned() || token.get<std::uint64_t>() > 0xFFFF) return std::nullopt;
    tokens.push_back(token.get<int>());
  }
  return tokens;
}

// "seed" is text: not every reader of JSON keeps 64 bits of a number.
auto state_field(const ordered_json& object) -> std::optional<std::uint64_t> {
  const auto text = text_field(object, "random_state");
  if (!text || text->empty() || text->size() > 20) return std::nullopt;
  std::uint64_t state = 0;
  for (const char digit : *text) {
    if (digit < '0' || digit > '9' || __builtin_mul_overflow(state, 10ULL, &state) ||
        __builtin_add_overflow(state, static_cast<std::uint64_t>(digit - '0'), &state))
      return std::nullopt;
  }
  return state == 0 ? std::nullopt : std::optional(state);
}

}  // namespace

auto save_text(const std::filesystem::path& path, const SavedText& saved) -> Result<Ok> {
  const ordered_json object = {{"schema", schema},
                               {"model", saved.model},
                               {"text", saved.text},
                               {"temperature", saved.settings.temperature},
                               {"top_p", saved.settings.top_p},
                               {"n", saved.settings.max_tokens},
                               {"random_state", std::to_string(saved.random_state)},
                               {"tokens", saved.tokens}};
  const std::string text = object.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
  return write_file(path, std::as_bytes(std::span(text)));
}

auto parse_text(std::span<const std::byte> bytes, std::string_view name, const std::string& model)
    -> Result<SavedText> {
  const auto* begin = reinterpret_cast<const char*>(bytes.data());
  const auto object = ordered_json::parse(begin, begin + bytes.size(), nullptr, false);
  if (!object.is_object() || text_field(object, "schema") != schema)
    return wrong(name, "not a saved conversation");
  const auto of_model = text_field(object, "model");
  if (of_model != model)
    return Error{Exit::input,
                 fmt::format("{}: saved with another model ({})", name, of_model.value_or("none")),
                 fmt::format("this chat runs {}", model)};
  const auto tokens = token_list(object);
  const auto temperature = field(object, "temperature", 0.0, 100.0);
  const auto top_p = field(object, "top_p", 0.0, 1.0);
  const auto max_tokens = field(object, "n", 0, 1 << 20);
  const auto state = state_field(object);
  if (!tokens) return wrong(name, "field 'tokens' is not a list of token numbers");
  if (!temperature || !top_p || !max_tokens || !state)
    return wrong(name, "'temperature', 'top_p', 'n' or 'random_state' is missing or out of range");
  return SavedText{
      model,
      text_field(object, "text").value_or(""),
      *tokens,
      {.temperature = *temperature, .top_p = *top_p, .max_tokens = *max_tokens, .continue_text = true},
      *state};
}

auto load_text(const std::filesystem::path& path, const std::string& model) -> Result<SavedText> {
  const auto bytes = read_file(path, largest_file);
  if (!bytes) return bytes.error();
  return parse_text(*bytes, path.string(), model);
}

}  // namespace mcullm::chat

// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "chat/tokenizer.hpp"
#include "ui/console.hpp"

namespace mcullm::cli {

// A model with a small vocabulary cannot read every letter; who asks it something should know.
void warn_of_unknown_characters(const chat::Tokenizer& tokenizer, std::string_view prompt,
                                ui::Console& console);

}  // namespace mcullm::cli

// SPDX-License-Identifier: MIT
// Text of the help in the width of a terminal.
#pragma once

#include <string>
#include <string_view>

namespace mcullm::ui {

// No line is longer than `width` where words can be parted. Paragraphs flow anew. What stands in a second
// column goes on below itself, or below its line when it began far to the right.
auto fit_to_width(std::string_view text, int width) -> std::string;

}  // namespace mcullm::ui

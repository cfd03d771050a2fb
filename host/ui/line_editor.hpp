// SPDX-License-Identifier: MIT
#pragma once

#include "ui/line_source.hpp"

namespace mcullm::ui {

// Emacs keys, history, search with Ctrl-R: libedit. nullptr when the terminal cannot do it.
auto make_line_editor(const std::filesystem::path& history) -> std::unique_ptr<LineSource>;

}  // namespace mcullm::ui

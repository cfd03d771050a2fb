// SPDX-License-Identifier: MIT
#pragma once

namespace mcullm::ui {

// Who starts the program with stdin, stdout or stderr closed (`mcullm ... >&-`) would have the next file or
// port opened in its place, and text written into a board. Call it before anything is opened: reading and
// writing there goes on to fail.
void occupy_closed_streams();

}  // namespace mcullm::ui

// SPDX-License-Identifier: MIT
#include "ui/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace mcullm::ui {

void occupy_closed_streams() {
  // open takes the lowest free number, which is this one
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream)
    if (fcntl(stream, F_GETFD) < 0) (void)open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

}  // namespace mcullm::ui

// SPDX-License-Identifier: MIT
#include "link/boot_touch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mcullm::link {

auto touch_into_boot_loader(const std::string& path) -> Result<Ok> {
  const int port = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (port < 0)
    return Error{Exit::no_device, fmt::format("{}: {}", path, std::strerror(errno)),
                 "mcullm list shows the ports and who has them open"};
  termios settings{};
  const bool told = ::tcgetattr(port, &settings) == 0 && ::cfsetspeed(&settings, B1200) == 0;
  // hanging up on close lowers DTR, which is what the board waits for at this rate
  settings.c_cflag |= HUPCL;
  const bool set = told && ::tcsetattr(port, TCSANOW, &settings) == 0;
  const int why = errno;
  ::close(port);
  if (set) return Ok{};
  return Error{Exit::no_device, fmt::format("{}: cannot be set to 1200 baud: {}", path, std::strerror(why)),
               ""};
}

}  // namespace mcullm::link

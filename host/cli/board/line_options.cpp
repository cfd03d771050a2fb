// SPDX-License-Identifier: MIT
#include "cli/board/line_options.hpp"

#include "cli/number.hpp"

namespace mcullm::cli {

void add_line_options(CLI::App& command, LineOptions& options, const std::string& choice) {
  command.add_option("--port", options.port, "Serial port, sim:NAME, or exec:COMMAND; default: " + choice)
      ->type_name("PORT");
  command.add_option("--baud", options.rate_baud, "Rate of a serial port")
      ->type_name("BAUD")
      ->check(positive_int())
      ->capture_default_str();
  command
      .add_option("--fault", options.fault,
                  "Damage the line on purpose: flip=1e-4,drop=1e-5,reset=100,seed=1")
      ->type_name("SPEC");
}

}  // namespace mcullm::cli

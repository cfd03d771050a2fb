// SPDX-License-Identifier: MIT
// One run of the simulator: the board, its surroundings, and the loop that keeps both going.
#pragma once

#include <fstream>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "sim/uno/board.hpp"
#include "sim/uno/byte_stream.hpp"
#include "sim/uno/flash_file.hpp"
#include "sim/uno/options.hpp"
#include "sim/uno/pace.hpp"

namespace mcullm::uno {

class Simulation {
 public:
  using Say = std::function<void(const std::string&)>;

  // Loads everything that the options name.
  static auto create(const Options& options, Say say) -> Result<std::unique_ptr<Simulation>>;

  // Runs until the program ends itself, the host goes away, a signal or the cycle limit ends it. Writes the
  // report. False: the watch has seen a violation.
  auto run() -> Result<bool>;

  // For signal handlers.
  static void request_stop();
  static void request_report();
  static void request_reset();
  static void request_card_change();

 private:
  Simulation(const Options& options, ByteStream stream, Say say);
  auto setup_board() -> Result<Ok>;
  auto load_programs(BoardSetup& setup) -> Result<Ok>;
  auto open_card() -> Result<std::optional<SdCard>>;

  void wait_for_reset();
  auto why_over(CpuState state) const -> std::string;
  auto look_outside() -> Result<Ok>;
  auto write_report(const std::string& ended) -> Result<Ok>;

  Options options_;
  ByteStream stream_;
  Say say_;
  Pace pace_;
  std::ofstream marks_;
  std::optional<FlashFile> flash_file_;
  std::unique_ptr<Board> board_;
  Cycles next_save_ = 0;
};

}  // namespace mcullm::uno

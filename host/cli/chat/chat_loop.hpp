// SPDX-License-Identifier: MIT
// The conversation as a person or a pipe meets it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "chat/chat_command.hpp"
#include "chat/conversation.hpp"
#include "chat/verifier.hpp"
#include "cli/board/choose_board.hpp"
#include "cli/board/offload_report.hpp"
#include "cli/command.hpp"
#include "image/model_image.hpp"
#include "offload/board_product.hpp"
#include "ui/line_source.hpp"

namespace mcullm::cli {

// What the command line asked for, once it is found to exist.
struct ChatSetup {
  ChosenBoard board;  // runs the image
  std::string model_path;
  image::ModelImage image;
  std::uint32_t header_crc = 0;
  chat::Settings settings;
  std::uint64_t seed = 1;
  bool verify = true;
  bool offload = false;  // the board makes the products alone, and holds no model
};

class ChatLoop {
 public:
  // `setup` must outlive the loop.
  ChatLoop(const ChatSetup& setup, CommandContext& context);

  // Until /bye or the end of the input. A pipe ends at the first error, a person goes on.
  auto run(ui::LineSource& lines) -> Result<Ok>;
  // One prompt, its answer as text or as JSON.
  auto answer_once(const std::string& prompt, bool json) -> Result<Ok>;

 private:
  auto next_prompt(ui::LineSource& lines) -> Result<std::optional<std::string>>;
  auto turn(const std::string& line) -> Result<Ok>;
  auto tell(const std::string& prompt, bool streamed) -> Result<Ok>;
  auto obey(const chat::ChatCommand& command) -> Result<Ok>;
  auto save(const std::string& file) -> Result<Ok>;
  auto load(const std::string& file) -> Result<Ok>;
  auto set(const chat::ChatCommand& command) -> Result<Ok>;
  void show_settings();
  void show_stats();
  auto speed_text() const -> std::string;
  void show_status();
  void explain_ending();
  void report_json(const std::string& prompt);
  auto offload_report() const -> OffloadReport;
  auto verified_text() const -> std::string;
  auto model_key() const -> std::string;
  auto disagreement_error(const chat::Disagreement& disagreement) const -> Error;
  auto final_result() const -> Result<Ok>;

  const ChatSetup& setup_;
  CommandContext& context_;
  ui::Console& console_;
  bool interactive_;
  chat::Tokenizer tokenizer_;
  std::unique_ptr<chat::Verifier> verifier_;
  link::LinkStatistics link_before_;                // of what was said before the first turn
  std::unique_ptr<offload::BoardProduct> product_;  // with --offload
  std::unique_ptr<chat::Speaker> speaker_;
  chat::Conversation conversation_;
  chat::Settings settings_;
  chat::Answer last_;
  chat::PromptLines prompt_lines_;
  bool leaving_ = false;
  int answers_ = 0, disagreements_ = 0, restarts_ = 0;
};

}  // namespace mcullm::cli

// SPDX-License-Identifier: MIT
#include "bench/measured_board.hpp"

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/random_source.hpp"
#include "flash/upload.hpp"
#include "proto/bytes.h"
#include "proto/image_fields.h"

namespace mcullm::bench {

namespace fs = std::filesystem;

MeasuredBoard::MeasuredBoard(std::unique_ptr<link::Board> board, std::string port, sim::PortOptions options,
                             std::atomic<bool>* cancel)
    : port_(std::move(port)), options_(std::move(options)), cancel_(cancel), board_(std::move(board)) {}

MeasuredBoard::~MeasuredBoard() {
  std::error_code ignored;
  if (!scratch_.empty()) fs::remove_all(scratch_, ignored);
}

auto MeasuredBoard::open(const fs::path& model) -> Result<Ok> {
  board_.reset();  // a simulated board ends before the next one begins
  auto options = options_;
  options.model = model;
  auto line = sim::open_port(port_, options);
  if (!line) return line.error();
  link::SessionOptions session;
  session.cancel = cancel_;
  board_ = std::make_unique<link::Board>(std::move(*line), session);
  if (auto hello = board_->connect(); !hello) return hello.error();
  return Ok{};
}

// A board that cannot program its storage finds the image there when it starts.
auto MeasuredBoard::start_with(std::span<const std::byte> image) -> Result<Ok> {
  if (scratch_.empty()) {
    auto name = (fs::temp_directory_path() / "mcullm-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      return Error{Exit::input, fmt::format("cannot make a temporary folder {}", name),
                   "set TMPDIR to a folder that can be written"};
    scratch_ = name;
  }
  const auto file = scratch_ / "model.mcm";
  if (auto written = write_file(file, image); !written) return written;
  return open(file);
}

auto MeasuredBoard::run(std::span<const std::byte> image, const ProgressFn& progress) -> Result<Ok> {
  const auto& hello = board_->hello();
  const auto wanted = mcl_get_u32(reinterpret_cast<const std::uint8_t*>(image.data()) + MCL_AT_HEADER_CRC);
  if (hello.erase_bytes == 0 && hello.model.header_crc != wanted && sim::is_simulated(port_)) {
    if (auto started = start_with(image); !started) return started;
  }
  const auto stored = flash::ensure_model(*board_, image, progress);
  if (!stored) return stored.error();
  filled_ = 0;
  return Ok{};
}

auto random_token(const plan::ModelSize& model, int pos) -> int {
  RandomSource random(static_cast<std::uint64_t>(pos) + 1);
  return static_cast<int>(random.integer(0, model.shape.vocab_size - 1));
}

auto MeasuredBoard::fill(const plan::ModelSize& model, int pos) -> Result<Ok> {
  std::vector<int> tokens;
  for (int at = filled_; at < pos; ++at) tokens.push_back(random_token(model, at));
  if (tokens.empty()) return Ok{};
  if (const auto done = board_->prefill(filled_, tokens); !done) return done.error();
  filled_ = pos;
  return Ok{};
}

auto MeasuredBoard::profile_token(const plan::TokenAt& token) -> Result<plan::ProfiledToken> {
  if (auto filled = fill(token.model, token.pos); !filled) return filled.error();
  const auto ran = board_->token(random_token(token.model, token.pos), token.pos);
  if (!ran) return ran.error();
  filled_ = token.pos + 1;
  auto profile = board_->profile();
  if (!profile) return profile.error();
  return plan::ProfiledToken{token, ran->ticks, std::move(profile->by_op)};
}

}  // namespace mcullm::bench

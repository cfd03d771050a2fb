// SPDX-License-Identifier: MIT
#include "flash/upload.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "proto/crc32.h"
#include "proto/image.h"

namespace mcullm::flash {

namespace {

constexpr std::size_t header_bytes = MCL_IMAGE_HEADER_BYTES;
// Compared by one CRC; several erase blocks where those are small.
constexpr std::size_t piece_bytes = 8192;
// A board that restarts again and again without getting any further has another problem.
constexpr int restarts_without_progress = 5;

auto crc_of(std::span<const std::byte> bytes) -> std::uint32_t {
  return mcl_crc32(0, bytes.data(), bytes.size());
}

auto read_header(std::span<const std::byte> image) -> Result<mcl_image_header_t> {
  if (image.size() < header_bytes)
    return Error{Exit::input, fmt::format("{} bytes are too short for a model image", image.size()), ""};
  mcl_image_header_t header{};
  mcl_image_fault_t fault{};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(image.data());
  if (mcl_image_header_read(&header, bytes, &fault) != MCL_OK) {
    return Error{Exit::input,
                 fmt::format("not a model image: header field at offset {} is {}", fault.offset, fault.found),
                 "a board runs what `mcullm quantize` writes; `mcullm info` tells what a file is"};
  }
  if (header.image_bytes != image.size()) {
    return Error{Exit::input,
                 fmt::format("the image has {} bytes, its header says {}", image.size(), header.image_bytes),
                 "the file was cut off; write it again"};
  }
  return header;
}

auto does_not_run(const mcl_model_state_t& model) -> Error {
  return {Exit::refused, "the model is stored, but does not run: " + link::model_problem(model),
          "take a smaller model, a shorter context, or a board with more memory"};
}

class Upload {
 public:
  Upload(link::Board& board, std::span<const std::byte> image, const ProgressFn& progress)
      : board_(board),
        image_(image),
        progress_(progress),
        erase_(std::max<std::size_t>(board.hello().erase_bytes, 1)),
        piece_(erase_ * std::max<std::size_t>(piece_bytes / erase_, 1)) {
    report_.image_bytes = image.size();
  }

  auto run(std::uint32_t header_crc) -> Result<UploadReport>;
  auto compare() -> Result<UploadReport>;

 private:
  auto attempt(std::uint32_t header_crc) -> Result<Ok>;
  auto try_header(std::uint32_t header_crc) -> Result<bool>;
  auto store_body() -> Result<Ok>;
  auto store_header() -> Result<Ok>;
  auto commit(std::uint32_t header_crc) -> Result<Ok>;
  auto is_closed() const -> bool;
  auto is_stored(std::size_t from, std::size_t to) -> Result<bool>;
  auto store_blocks(std::size_t from, std::size_t to) -> Result<bool>;
  auto write(std::size_t from, std::size_t to) -> Result<Ok>;
  auto start_of(std::size_t piece) const -> std::size_t { return std::max(piece, header_bytes); }
  auto end_of(std::size_t piece) const -> std::size_t { return std::min(piece + piece_, image_.size()); }
  void show(std::size_t done) { progress_({"storing the model", done, image_.size(), "B"}); }

  link::Board& board_;
  std::span<const std::byte> image_;
  const ProgressFn& progress_;
  const std::size_t erase_, piece_;
  std::size_t furthest_ = 0;  // byte up to which the body was stored at some time
  UploadReport report_;
};

auto Upload::is_stored(std::size_t from, std::size_t to) -> Result<bool> {
  const auto crc = board_.store_crc(static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to - from));
  if (!crc) return crc.error();
  return *crc == crc_of(image_.subspan(from, to - from));
}

auto Upload::write(std::size_t from, std::size_t to) -> Result<Ok> {
  while (from < to) {
    const auto size = std::min(board_.store_write_limit(), to - from);
    const auto next = board_.store_write(static_cast<std::uint32_t>(from), image_.subspan(from, size));
    if (!next) return next.error();
    if (*next != from + size) {
      return Error{Exit::link,
                   fmt::format("after {} bytes at {} the board wants offset {}", size, from, *next),
                   "its agent does not keep the wire protocol"};
    }
    from += size;
    report_.sent_bytes += size;
    furthest_ = std::max(furthest_, from);
    show(from);
  }
  return Ok{};
}

// Writes the erase blocks that differ. true: the last one did.
auto Upload::store_blocks(std::size_t from, std::size_t to) -> Result<bool> {
  bool differed = false;
  while (from < to) {
    const auto end = std::min((from / erase_ + 1) * erase_, to);
    const auto stored = is_stored(from, end);
    if (!stored) return stored.error();
    differed = !*stored;
    if (differed) {
      if (auto done = write(from, end); !done) return done.error();
    } else {
      report_.kept_bytes += end - from;
    }
    from = end;
  }
  return differed;
}

auto Upload::store_body() -> Result<Ok> {
  bool new_ground = false;  // since the piece before differed to its end: this one is not looked through
  for (std::size_t piece = 0; piece < image_.size(); piece += piece_) {
    const auto from = start_of(piece), to = end_of(piece);
    if (from >= to) continue;
    const auto stored = is_stored(from, to);
    if (!stored) return stored.error();
    if (*stored) {
      new_ground = false;
      report_.kept_bytes += to - from;
    } else if (new_ground) {
      if (auto done = write(from, to); !done) return done;
    } else {
      const auto differed = store_blocks(from, to);
      if (!differed) return differed.error();
      new_ground = *differed;
    }
    show(to);
  }
  return Ok{};
}

auto Upload::store_header() -> Result<Ok> {
  for (std::size_t from = 0; from < header_bytes;) {
    const auto size = std::min(board_.store_write_limit(), header_bytes - from);
    const auto done = board_.store_write(static_cast<std::uint32_t>(from), image_.subspan(from, size));
    if (!done) return done.error();
    from += size;
  }
  return Ok{};
}

// The header alone tells the board whether the model can run there, so that one that cannot is refused before
// the long part. true: all the rest is stored already, and now it runs.
auto Upload::try_header(std::uint32_t header_crc) -> Result<bool> {
  const auto size = static_cast<std::uint32_t>(image_.size());
  if (auto next = board_.store_begin(size); !next) return next.error();
  if (auto done = store_header(); !done) return done.error();
  auto done = commit(header_crc);
  if (done) return true;
  if (board_.refusal() && board_.refusal()->status == MCL_ERR_CRC) return false;
  return done.error();
}

auto Upload::attempt(std::uint32_t header_crc) -> Result<Ok> {
  report_.kept_bytes = 0;
  const auto complete = try_header(header_crc);
  if (!complete) return complete.error();
  if (*complete) {
    report_.kept_bytes = image_.size() - header_bytes;
    return Ok{};
  }
  if (auto done = store_body(); !done) return done;
  if (auto done = store_header(); !done) return done;
  return commit(header_crc);
}

auto Upload::commit(std::uint32_t header_crc) -> Result<Ok> {
  const auto model = board_.store_commit(header_crc);
  if (!model) return model.error();
  if (model->status != MCL_MODEL_RUNS) return does_not_run(*model);
  const auto stored = is_stored(0, image_.size());
  if (!stored) return stored.error();
  if (*stored) return Ok{};
  return Error{Exit::mismatch, "what the board stored is not what was sent, though it accepted it",
               "its storage is failing, or its agent is wrong; try mcullm validate --link"};
}

// The board knows of no upload any more: it restarted, seen or, where its boot id came out the same, unseen.
auto Upload::is_closed() const -> bool {
  const auto& refusal = board_.refusal();
  return board_.restarted() || (refusal && refusal->status == MCL_ERR_STATE);
}

auto Upload::run(std::uint32_t header_crc) -> Result<UploadReport> {
  for (int in_vain = 0;;) {
    const auto before = furthest_;
    const auto done = attempt(header_crc);
    if (done) break;
    if (!is_closed()) return done.error();
    in_vain = furthest_ > before ? 0 : in_vain + 1;
    if (in_vain > restarts_without_progress) return done.error();
    ++report_.restarts;
    if (auto hello = board_.connect(); !hello) return hello.error();
  }
  report_.sent_bytes += header_bytes;
  return report_;
}

auto Upload::compare() -> Result<UploadReport> {
  for (std::size_t piece = 0; piece < image_.size(); piece += piece_) {
    const auto from = start_of(piece), to = end_of(piece);
    if (from >= to) continue;
    const auto stored = is_stored(from, to);
    if (!stored) return stored.error();
    (*stored ? report_.kept_bytes : report_.sent_bytes) += to - from;
    progress_({"comparing", to, image_.size(), "B"});
  }
  report_.sent_bytes += header_bytes;
  return report_;
}

auto runs_already(const mcl_hello_t& board, const mcl_image_header_t& header) -> bool {
  return board.model.status == MCL_MODEL_RUNS && board.model.header_crc == header.header_crc;
}

auto nothing_to_do(std::span<const std::byte> image) -> UploadReport {
  return {.image_bytes = image.size(), .kept_bytes = image.size(), .already_there = true};
}

}  // namespace

auto check_fit(const mcl_hello_t& board, std::span<const std::byte> image) -> Result<Ok> {
  const auto header = read_header(image);
  if (!header) return header.error();
  if (board.model.status == MCL_MODEL_TOO_LARGE && board.model.header_crc == header->header_crc)
    return does_not_run(board.model);
  if (board.store_bytes == 0) {
    return Error{Exit::refused,
                 fmt::format("{} has no storage: no card is in it, or one that it cannot read", board.board),
                 "put a card in and press reset; --offload matmul of chat and validate needs none"};
  }
  if (image.size() > board.store_bytes) {
    return Error{Exit::refused,
                 fmt::format("the image has {} bytes, the storage of {} holds {}", image.size(), board.board,
                             board.store_bytes),
                 "quantize with --weights w4, or take a smaller model"};
  }
  if (board.erase_bytes != 0 || runs_already(board, *header)) return Ok{};
  return Error{Exit::refused,
               fmt::format("the agent of {} cannot write its storage, which holds {}", board.board,
                           board.model.header_crc == 0 ? "no model" : "another model"),
               "a simulated board without a flash controller takes its model when it is started: name it in "
               "the command that names the port"};
}

auto plan(link::Board& board, std::span<const std::byte> image) -> Result<UploadReport> {
  const auto header = read_header(image);
  if (!header) return header.error();
  if (auto fits = check_fit(board.hello(), image); !fits) return fits.error();
  if (runs_already(board.hello(), *header)) return nothing_to_do(image);
  return Upload(board, image, no_progress).compare();
}

auto estimated_seconds(std::uint64_t bytes, const mcl_hello_t& board, int rate_baud) -> double {
  constexpr double offset_bytes = 4, answer_bytes = MCL_WIRE_BYTES(5), block_seconds = 0.002;
  const double data = board.max_payload - offset_bytes;
  const double frames = static_cast<double>(bytes) / data;
  const double wire = frames * (MCL_WIRE_BYTES(board.max_payload) + answer_bytes) * 10 / rate_baud;
  return wire + static_cast<double>(bytes) / 512 * block_seconds;
}

auto upload(link::Board& board, std::span<const std::byte> image, const ProgressFn& progress)
    -> Result<UploadReport> {
  const auto header = read_header(image);
  if (!header) return header.error();
  if (auto fits = check_fit(board.hello(), image); !fits) return fits.error();
  return Upload(board, image, progress).run(header->header_crc);
}

auto ensure_model(link::Board& board, std::span<const std::byte> image, const ProgressFn& progress)
    -> Result<UploadReport> {
  const auto header = read_header(image);
  if (!header) return header.error();
  if (runs_already(board.hello(), *header)) return nothing_to_do(image);
  return upload(board, image, progress);
}

}  // namespace mcullm::flash

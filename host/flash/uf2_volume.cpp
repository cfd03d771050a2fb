// SPDX-License-Identifier: MIT
#include "flash/uf2_volume.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file.hpp"
#include "flash/uf2.hpp"
#include "flash/volume.hpp"

namespace mcullm::flash {

namespace {

constexpr double seconds_per_page =
    0.0025;  // 256 bytes: erasing 4 KB takes 40 ms, a page 0.4 ms (W25Q16JV 9.6)
constexpr std::uint64_t block_bytes = 512;  // of the file, for 256 bytes of the chip

// The agent as the build made it, and the image behind it.
auto pieces_of(const AgentJob& job) -> Result<Uf2Image> {
  const auto file = read_file(job.agent, 1U << 26);
  if (!file) return file.error();
  auto image = read_uf2(*file);
  if (!image)
    return Error{Exit::input, fmt::format("{}: {}", job.agent.string(), image.error().what),
                 image.error().hint};
  const auto& flashing = job.board.flashing;
  if (static_cast<std::uint32_t>(image->family) != flashing.family)
    return Error{Exit::input,
                 fmt::format("{}: for UF2 family {:08x}, and {} takes {:08x}", job.agent.string(),
                             static_cast<std::uint32_t>(image->family), job.board.id, flashing.family),
                 "an agent of another board?"};
  if (job.image.empty()) return image;
  const auto at = flashing.base + job.board.agent.model_offset;
  for (const auto& piece : image->pieces) {
    if (piece.address + piece.bytes.size() > at)
      return Error{Exit::input, fmt::format("{}: reaches into the place of the model", job.agent.string()),
                   ""};
  }
  image->pieces.push_back({static_cast<std::uint32_t>(at), job.image});
  return image;
}

auto check_room(const Uf2Image& image, const boards::Board& board) -> Result<Ok> {
  const std::uint64_t first = board.flashing.base, end = first + board.memory.flash_bytes;
  for (const auto& piece : image.pieces) {
    if (piece.address >= first && piece.address + piece.bytes.size() <= end) continue;
    return Error{Exit::refused,
                 fmt::format("{} bytes at {:08x} do not fit the {} bytes of flash from {:08x} on",
                             piece.bytes.size(), piece.address, board.memory.flash_bytes, first),
                 "mcullm plan tells what fits"};
  }
  return Ok{};
}

// Errors at the very end are how a volume looks that has vanished because everything had arrived.
auto copy(const std::filesystem::path& to, std::span<const std::byte> bytes, const AgentJob& job,
          const ProgressFn& progress) -> Result<Ok> {
  const auto failed = [&](std::size_t done) {
    return Error{
        Exit::link,
        fmt::format("{}: {} after {} of {} bytes", to.string(), std::strerror(errno), done, bytes.size()),
        "press BOOTSEL again and repeat the command"};
  };
  const int file = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return failed(0);
  constexpr std::size_t chunk = 16 * block_bytes;
  Result<Ok> result = Ok{};
  for (std::size_t at = 0; at < bytes.size() && result;) {
    if (job.cancel != nullptr && job.cancel->load()) result = Error{Exit::cancelled, "interrupted", ""};
    const auto part = std::min(chunk, bytes.size() - at);
    const auto written = ::write(file, bytes.data() + at, part);
    if (written <= 0 || (::fsync(file) != 0 && at + part < bytes.size())) {
      if (result) result = failed(at);
      break;
    }
    at += static_cast<std::size_t>(written);
    progress({"writing agent and model", at, bytes.size(), "B"});
  }
  ::close(file);
  return result;
}

}  // namespace

auto plan_uf2(const AgentJob& job) -> Result<AgentPlan> {
  const auto image = pieces_of(job);
  if (!image) return image.error();
  if (auto room = check_room(*image, job.board); !room) return room.error();
  AgentPlan plan;
  plan.block_bytes = uf2_page_bytes;
  for (const auto& piece : image->pieces) {
    const bool model = &piece == &image->pieces.back() && !job.image.empty();
    plan.pieces.push_back({model ? "model" : "agent", piece.address, piece.bytes.size()});
    plan.bytes += piece.bytes.size();
  }
  plan.seconds = static_cast<double>((plan.bytes + uf2_page_bytes - 1) / uf2_page_bytes) * seconds_per_page;
  return plan;
}

auto program_by_uf2(const AgentJob& job, const ProgressFn& progress) -> Result<Ok> {
  const auto image = pieces_of(job);
  if (!image) return image.error();
  if (auto room = check_room(*image, job.board); !room) return room;
  const auto file = write_uf2(*image);
  if (!file) return file.error();
  const auto volume = boot_volume(job);
  if (!volume) return volume.error();
  return copy(*volume / uf2_file_name, *file, job, progress);
}

}  // namespace mcullm::flash

// SPDX-License-Identifier: MIT
#include "sim/uno/card_image.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace mcullm::uno {

namespace {

constexpr std::int64_t capacity_unit = 512 * 1024;
constexpr std::int64_t capacity_limit = std::int64_t{1} << 40;

auto refused(const std::filesystem::path& path, const std::string& why, const std::string& hint) -> Error {
  return {Exit::input, fmt::format("{}: {}", path.string(), why), hint};
}

}  // namespace

auto CardImage::open(const std::filesystem::path& path, std::uint32_t create_mib) -> Result<CardImage> {
  const bool create = create_mib != 0 && !std::filesystem::exists(path);
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | (create ? O_CREAT | O_EXCL : 0), 0644);
  if (fd < 0)
    return refused(path, std::strerror(errno), "name a card image, or create one with --sd-create-mib");
  CardImage image(fd, 0);
  if (create && ::ftruncate(fd, std::int64_t{create_mib} << 20) != 0)
    return refused(path, std::strerror(errno), "is the disk full?");
  struct stat status {};
  if (::fstat(fd, &status) != 0) return refused(path, std::strerror(errno), "");
  if (!S_ISREG(status.st_mode) || status.st_size == 0 || status.st_size % capacity_unit != 0 ||
      status.st_size > capacity_limit)
    return refused(path, fmt::format("{} bytes are no card's capacity", status.st_size),
                   "its length must be a multiple of 512 KiB, for example: truncate -s 8M FILE");
  image.blocks_ = static_cast<std::uint32_t>(status.st_size / block_bytes);
  return image;
}

CardImage::CardImage(CardImage&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), blocks_(other.blocks_) {}

CardImage& CardImage::operator=(CardImage&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(blocks_, other.blocks_);
  return *this;
}

CardImage::~CardImage() {
  if (fd_ >= 0) ::close(fd_);
}

auto CardImage::read(std::uint32_t block, Block& into) const -> bool {
  return ::pread(fd_, into.data(), into.size(), std::int64_t{block} * block_bytes) == block_bytes;
}

auto CardImage::write(std::uint32_t block, const Block& from) -> bool {
  return ::pwrite(fd_, from.data(), from.size(), std::int64_t{block} * block_bytes) == block_bytes;
}

}  // namespace mcullm::uno

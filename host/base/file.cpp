// SPDX-License-Identifier: MIT
#include "base/file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace mcullm {

namespace fs = std::filesystem;

auto read_file(const fs::path& path, std::uint64_t limit_bytes) -> Result<std::vector<std::byte>> {
  std::error_code ec;
  const auto status = fs::status(path, ec);
  if (!fs::exists(status)) {
    return Error{Exit::input, fmt::format("{}: no such file", path.string()), "check the path"};
  }
  if (!fs::is_regular_file(status)) {
    return Error{Exit::input, fmt::format("{}: not a regular file", path.string()), "name a file"};
  }
  const auto size = fs::file_size(path, ec);
  if (ec) return Error{Exit::input, fmt::format("{}: {}", path.string(), ec.message()), ""};
  if (size > limit_bytes) {
    return Error{
        Exit::input,
        fmt::format("{}: {} bytes, more than the {} that are read here", path.string(), size, limit_bytes),
        "is this the right file?"};
  }
  std::ifstream in(path, std::ios::binary);
  std::vector<std::byte> bytes(size);
  if (!in || !in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size))) {
    return Error{Exit::input, fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)),
                 "check its permissions"};
  }
  return bytes;
}

auto write_file(const fs::path& path, std::span<const std::byte> bytes) -> Result<Ok> {
  auto partial = path;
  partial += ".partial";
  const auto failed = [&](const std::string& why) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    return Error{Exit::input, fmt::format("{}: cannot be written: {}", path.string(), why),
                 "check that the folder exists, is writable and has room"};
  };
  {
    std::ofstream out(partial, std::ios::binary | std::ios::trunc);
    if (!out) return failed(std::strerror(errno));
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) return failed(std::strerror(errno));
  }
  std::error_code ec;
  fs::rename(partial, path, ec);
  if (ec) return failed(ec.message());
  return Ok{};
}

}  // namespace mcullm

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
    return Error{Exit::input,
                 fmt::format("{}: {}", path.string(),
                             fs::is_directory(status) ? "a folder, not a file" : "not a regular file"),
                 "name a file"};
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

namespace {

// Empty, or why it did not work.
auto put(const fs::path& path, std::span<const std::byte> bytes) -> std::string {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) return std::strerror(errno);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  return out ? "" : std::strerror(errno);
}

// Where the bytes shall lie in the end: behind a link, which stays one.
auto behind_links(const fs::path& path) -> fs::path {
  std::error_code ec;
  if (!fs::is_symlink(path, ec)) return path;
  const auto target = fs::weakly_canonical(path, ec);
  return ec ? path : target;
}

}  // namespace

auto write_file(const fs::path& path, std::span<const std::byte> bytes) -> Result<Ok> {
  const auto failed = [&](const std::string& why) {
    return Error{Exit::input, fmt::format("{}: cannot be written: {}", path.string(), why),
                 "check that the folder exists, is writable and has room"};
  };
  std::error_code ec;
  const auto target = behind_links(path);
  const auto status = fs::status(target, ec);
  // a device or a pipe takes the bytes; nothing may take its place
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    const auto why = put(target, bytes);
    return why.empty() ? Result<Ok>(Ok{}) : Result<Ok>(failed(why));
  }
  auto partial = target;
  partial += ".partial";
  auto why = put(partial, bytes);
  if (why.empty()) {
    fs::rename(partial, target, ec);
    why = ec ? ec.message() : "";
  }
  if (why.empty()) return Ok{};
  fs::remove(partial, ec);
  return failed(why);
}

namespace {

// Whether they are one file, or will be when it is written.
auto are_one(const fs::path& one, const fs::path& other) -> bool {
  if (one.empty() || other.empty()) return false;
  std::error_code ec;
  const auto status = fs::status(one, ec);
  if (fs::exists(status)) return fs::is_regular_file(status) && fs::equivalent(one, other, ec);
  return fs::weakly_canonical(one, ec) == fs::weakly_canonical(other, ec);
}

}  // namespace

auto check_apart(const std::vector<fs::path>& inputs, const std::vector<fs::path>& outputs) -> Result<Ok> {
  const auto lost = [](const fs::path& path, const char* how) {
    return Error{Exit::usage, fmt::format("{}: {}", path.string(), how), "give the output another name"};
  };
  for (auto output = outputs.begin(); output != outputs.end(); ++output) {
    for (const auto& input : inputs)
      if (are_one(input, *output)) return lost(input, "to be read and to be written");
    for (auto other = outputs.begin(); other != output; ++other)
      if (are_one(*other, *output)) return lost(*output, "to be written twice");
  }
  return Ok{};
}

}  // namespace mcullm

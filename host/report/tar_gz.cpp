// SPDX-License-Identifier: MIT
#include "report/tar_gz.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <span>
#include <string_view>

namespace mcullm::report {
namespace {

constexpr std::size_t block_bytes = 512;

// POSIX ustar: fixed fields, numbers in octal, the checksum over the header with its own field as blanks.
auto tar_header(const Entry& entry, std::int64_t time) -> std::string {
  std::string header(block_bytes, '\0');
  const auto put = [&](std::size_t at, std::string_view text) {
    std::ranges::copy(text, header.begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(0, std::string_view(entry.name).substr(0, 100));
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", entry.content.size()));
  put(136, fmt::format("{:011o}", std::max<std::int64_t>(time, 0)));
  put(148, "        ");
  put(156, "0");
  put(257, std::string_view("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  return header;
}

auto tar(const std::vector<Entry>& entries, std::int64_t time) -> std::string {
  std::string bytes;
  for (const auto& entry : entries) {
    bytes += tar_header(entry, time) + entry.content;
    bytes.resize((bytes.size() + block_bytes - 1) / block_bytes * block_bytes, '\0');
  }
  bytes.resize(bytes.size() + 2 * block_bytes, '\0');  // the end
  return bytes;
}

}  // namespace

auto make_tar_gz(const std::vector<Entry>& entries, std::int64_t time) -> Result<std::vector<std::byte>> {
  constexpr int gzip_window = 15 + 16, memory_level = 8;
  const auto plain = tar(entries, time);
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    return Error{Exit::internal, "the compressor does not start", ""};
  std::vector<std::byte> packed(deflateBound(&stream, plain.size()) + 64);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int end = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (end != Z_STREAM_END) return Error{Exit::internal, "the compressor failed", ""};
  return packed;
}

}  // namespace mcullm::report

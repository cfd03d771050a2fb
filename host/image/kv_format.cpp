// SPDX-License-Identifier: MIT
#include "image/kv_format.hpp"

namespace mcullm::image {

auto name(KvFormat format) -> const char* {
  switch (format) {
    case KvFormat::k8v8:
      return "k8v8";
    case KvFormat::k16v8:
      return "k16v8";
    case KvFormat::k16v16:
      return "k16v16";
  }
  return "";
}

auto parse_kv_format(std::string_view text) -> std::optional<KvFormat> {
  for (const auto format : kv_formats)
    if (text == name(format)) return format;
  return std::nullopt;
}

auto kv_bytes_per_token(const checkpoint::ModelShape& shape, KvFormat format) -> std::uint64_t {
  const std::uint64_t pair = format == KvFormat::k8v8 ? 2 : format == KvFormat::k16v8 ? 3 : 4;
  return pair * static_cast<std::uint64_t>(shape.kv_dim()) * static_cast<std::uint64_t>(shape.n_layers);
}

}  // namespace mcullm::image

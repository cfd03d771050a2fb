// SPDX-License-Identifier: MIT
#include "base/sha256.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <stdexcept>

namespace mcullm {

auto sha256(std::span<const std::byte> bytes) -> Sha256 {
  Sha256 digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1 ||
      size != digest.size())
    throw std::runtime_error("SHA-256 is not available in this build of OpenSSL");
  return digest;
}

auto to_hex(const Sha256& digest) -> std::string { return fmt::format("{:02x}", fmt::join(digest, "")); }

}  // namespace mcullm

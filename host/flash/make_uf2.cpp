// SPDX-License-Identifier: MIT
// Build tool: a UF2 file of a program's bytes.  mcullm-make-uf2 rp2040|rp2350 ADDRESS IN.bin OUT.uf2
#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "flash/uf2.hpp"

namespace {

using namespace mcullm;

auto make(std::string_view family, std::string_view address, const char* from, const char* to) -> Result<Ok> {
  flash::Uf2Image image;
  if (family != "rp2040" && family != "rp2350")
    return Error{Exit::usage, "the family is rp2040 or rp2350", ""};
  image.family = family == "rp2040" ? flash::Uf2Family::rp2040 : flash::Uf2Family::rp2350_arm;
  if (address.starts_with("0x")) address.remove_prefix(2);
  flash::MemoryPiece piece;
  const auto* end = address.data() + address.size();
  if (std::from_chars(address.data(), end, piece.address, 16).ptr != end)
    return Error{Exit::usage, "the address is a hexadecimal number", ""};
  auto bytes = read_file(from);
  if (!bytes) return bytes.error();
  piece.bytes = std::move(bytes).value();
  image.pieces.push_back(std::move(piece));
  const auto file = write_uf2(image);
  if (!file) return file.error();
  return write_file(to, *file);
}

}  // namespace

int main(int argc, char** argv) {
  const auto made = argc == 5 ? make(argv[1], argv[2], argv[3], argv[4])
                              : Error{Exit::usage, "expected: FAMILY ADDRESS IN.bin OUT.uf2", ""};
  if (made) return 0;
  const auto text = "mcullm-make-uf2: " + made.error().what + "\n";
  (void)!::write(STDERR_FILENO, text.data(), text.size());
  return static_cast<int>(made.error().exit);
}

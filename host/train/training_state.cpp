// SPDX-License-Identifier: MIT
#include "train/training_state.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "base/span_reader.hpp"
#include "train/random.hpp"

namespace mcullm::train {
namespace {

// File: magic, then recipe, step, tokens, floats per array, checksum of the arrays (u64 each,
// little-endian), then the three arrays as fp32.
constexpr std::uint64_t magic = 0x31'74'61'74'73'6C'63'6D;  // "mclstat1"

void append_u64(std::vector<std::byte>& bytes, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<std::byte>(value >> shift & 0xFF));
}

void append_floats(std::vector<std::byte>& bytes, const Buffer& values) {
  static_assert(std::endian::native == std::endian::little);
  const auto at = bytes.size();
  bytes.resize(at + values.size() * sizeof(float));
  std::memcpy(bytes.data() + at, values.data(), values.size() * sizeof(float));
}

auto checksum(std::span<const std::byte> bytes) -> std::uint64_t {
  std::uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a
  for (const auto byte : bytes) hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001B3U;
  return hash;
}

auto refuse(std::string_view name, std::string what) -> Error {
  return {Exit::input, fmt::format("{}: {}", name, what), "delete it to train from the beginning"};
}

}  // namespace

auto write_training_state(const TrainingState& state) -> std::vector<std::byte> {
  std::vector<std::byte> arrays;
  for (const auto* array : {&state.parameters, &state.mean, &state.variance}) append_floats(arrays, *array);
  std::vector<std::byte> bytes;
  for (const auto value : {magic, state.recipe, state.step, state.tokens,
                           static_cast<std::uint64_t>(state.parameters.size()), checksum(arrays)})
    append_u64(bytes, value);
  bytes.insert(bytes.end(), arrays.begin(), arrays.end());
  return bytes;
}

auto parse_training_state(std::span<const std::byte> bytes, std::size_t parameters, std::string_view name)
    -> Result<TrainingState> {
  constexpr std::size_t header = 6 * sizeof(std::uint64_t);
  SpanReader reader(bytes);
  std::uint64_t field[6] = {};
  for (auto& value : field) {
    const auto read = reader.read_le<std::uint64_t>();
    if (!read)
      return refuse(name, fmt::format("{} bytes, a training state starts with {}", bytes.size(), header));
    value = *read;
  }
  if (field[0] != magic) return refuse(name, "not a training state");
  if (field[4] != parameters)
    return refuse(name, fmt::format("holds {} parameters, this shape has {}", field[4], parameters));
  const auto arrays = bytes.subspan(header);
  if (arrays.size() != 3 * parameters * sizeof(float))
    return refuse(name, fmt::format("{} bytes of arrays, {} were expected", arrays.size(),
                                    3 * parameters * sizeof(float)));
  if (checksum(arrays) != field[5]) return refuse(name, "the checksum does not match, the file is damaged");
  TrainingState state{field[1],           field[2],           field[3],
                      Buffer(parameters), Buffer(parameters), Buffer(parameters)};
  const auto* source = arrays.data();
  for (auto* array : {&state.parameters, &state.mean, &state.variance}) {
    std::memcpy(array->data(), source, parameters * sizeof(float));
    source += parameters * sizeof(float);
  }
  return state;
}

}  // namespace mcullm::train

// SPDX-License-Identifier: MIT
#include "train/training_state.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "base/span_reader.hpp"
#include "train/random.hpp"

namespace mcullm::train {
namespace {

// File: magic, then recipe, step, tokens, best step, best loss (fp64), floats per array, checksum of the
// arrays (8 bytes each, little-endian), then the four arrays as fp32.
constexpr std::uint64_t magic = 0x32'74'61'74'73'6C'63'6D;  // "mclstat2"
constexpr std::size_t array_count = 4;

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
  for (const auto* array : {&state.parameters, &state.mean, &state.variance, &state.best_parameters})
    append_floats(arrays, *array);
  std::vector<std::byte> bytes;
  for (const auto value : {magic, state.recipe, state.step, state.tokens, state.best_step,
                           std::bit_cast<std::uint64_t>(state.best_loss),
                           static_cast<std::uint64_t>(state.parameters.size()), checksum(arrays)})
    append_u64(bytes, value);
  bytes.insert(bytes.end(), arrays.begin(), arrays.end());
  return bytes;
}

auto parse_training_state(std::span<const std::byte> bytes, std::size_t parameters, std::string_view name)
    -> Result<TrainingState> {
  std::uint64_t field[8] = {};
  constexpr std::size_t header = sizeof field;
  SpanReader reader(bytes);
  for (auto& value : field) {
    const auto read = reader.read_le<std::uint64_t>();
    if (!read)
      return refuse(name, fmt::format("{} bytes, a training state starts with {}", bytes.size(), header));
    value = *read;
  }
  if (field[0] != magic) return refuse(name, "not a training state");
  if (field[6] != parameters)
    return refuse(name, fmt::format("holds {} parameters, this shape has {}", field[6], parameters));
  const auto arrays = bytes.subspan(header);
  if (arrays.size() != array_count * parameters * sizeof(float))
    return refuse(name, fmt::format("{} bytes of arrays, {} were expected", arrays.size(),
                                    array_count * parameters * sizeof(float)));
  if (checksum(arrays) != field[7]) return refuse(name, "the checksum does not match, the file is damaged");
  TrainingState state;
  state.recipe = field[1];
  state.step = field[2];
  state.tokens = field[3];
  state.best_step = field[4];
  state.best_loss = std::bit_cast<double>(field[5]);
  const auto* source = arrays.data();
  for (auto* array : {&state.parameters, &state.mean, &state.variance, &state.best_parameters}) {
    array->resize(parameters);
    std::memcpy(array->data(), source, parameters * sizeof(float));
    source += parameters * sizeof(float);
  }
  return state;
}

}  // namespace mcullm::train

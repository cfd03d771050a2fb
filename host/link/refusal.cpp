// SPDX-License-Identifier: MIT
#include "link/refusal.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "proto/image.h"
#include "proto/image_fields.h"

namespace mcullm::link {

namespace {

constexpr std::uint32_t store_block_bytes = 512;  // durable at once (proto/WIRE.md, STORE)

// Of the formats of keys and values a small chip knows the shortest only.
auto is_kv_format(const Refusal& refusal) -> bool {
  return refusal.status == MCL_ERR_FORMAT && refusal.detail_a == MCL_AT_KV_FORMAT && refusal.detail_b != 0;
}

auto reason(const Refusal& refusal) -> std::string {
  const auto a = refusal.detail_a, b = refusal.detail_b;
  switch (refusal.status) {
    case MCL_OK:
      return "nothing is wrong";
    case MCL_ERR_COMMAND:
      return "its agent was built without it";
    case MCL_ERR_LENGTH:
      return fmt::format("at least {} bytes were expected, {} came", a, b);
    case MCL_ERR_RANGE:
      return fmt::format("an argument is {}, the limit is {}", b, a);
    case MCL_ERR_MEMORY:
      return fmt::format("it needs {} bytes, the board has {}", a, b);
    case MCL_ERR_MODEL:
      return fmt::format("no model runs: {}", model_problem({static_cast<std::uint8_t>(a), 0, 0, 0, 0}));
    case MCL_ERR_STATE:
      return fmt::format("its state is another one: expected {}, found {}", a, b);
    case MCL_ERR_BOOT:
      return "it has restarted";
    case MCL_ERR_CRC:
      return fmt::format("the stored bytes have CRC {:08x}, not {:08x}", b, a);
    case MCL_ERR_STORE:
      return fmt::format("its storage (card or flash) failed at byte {}, block {}", a, a / store_block_bytes);
    case MCL_ERR_ABORTED:
      return "it was told to stop";
    case MCL_ERR_FORMAT:
      if (is_kv_format(refusal))
        return fmt::format("its agent has keys and values of 8 bits only (k8v8), the image has {}",
                           b == MCL_KV_K16V8 ? "k16v8" : "k16v16");
      return fmt::format("the image header's field at offset {} is {}", a, b);
    case MCL_ERR_VERSION:
      return fmt::format("it knows version {}, the image has {}", a, b);
  }
  return fmt::format("status {} ({}, {})", refusal.status, a, b);
}

auto advice(const Refusal& refusal) -> std::string {
  if (is_kv_format(refusal)) return "quantize the model with --kv k8v8";
  switch (refusal.status) {
    case MCL_ERR_STORE:
      return "a card: is it in, and seated well? press reset and run mcullm flash again, which goes on where "
             "it stopped; if the same block fails once more, take another card";
    case MCL_ERR_COMMAND:
      return "another agent build for this board may have it";
    case MCL_ERR_MEMORY:
      return "take a smaller model, a shorter context, or a board with more memory";
    case MCL_ERR_MODEL:
    case MCL_ERR_CRC:
      return "store the model again: mcullm flash";
    case MCL_ERR_FORMAT:
    case MCL_ERR_VERSION:
      return "quantize the checkpoint again with this version of mcullm";
    default:
      return "";
  }
}

}  // namespace

auto request_name(mcl_type_t type) -> std::string {
  static constexpr std::array<std::pair<mcl_type_t, const char*>, 19> names = {{
      {MCL_HELLO, "HELLO"},
      {MCL_RESET, "RESET"},
      {MCL_ABORT, "ABORT"},
      {MCL_STATS, "STATS"},
      {MCL_MEMORY, "MEMORY"},
      {MCL_PUT, "PUT"},
      {MCL_GET, "GET"},
      {MCL_MATMUL, "MATMUL"},
      {MCL_LAYER, "LAYER"},
      {MCL_TOKEN, "TOKEN"},
      {MCL_PREFILL, "PREFILL"},
      {MCL_GENERATE, "GENERATE"},
      {MCL_TRACE, "TRACE"},
      {MCL_PROFILE, "PROFILE"},
      {MCL_STORE_BEGIN, "STORE_BEGIN"},
      {MCL_STORE_WRITE, "STORE_WRITE"},
      {MCL_STORE_CRC, "STORE_CRC"},
      {MCL_STORE_COMMIT, "STORE_COMMIT"},
      {MCL_STORE_READ, "STORE_READ"},
  }};
  for (const auto& [known, name] : names) {
    if (known == type) return name;
  }
  return fmt::format("request 0x{:02x}", static_cast<int>(type));
}

auto refusal_error(mcl_type_t type, const Refusal& refusal) -> Error {
  if (refusal.status == MCL_ERR_ABORTED) return {Exit::cancelled, "interrupted", ""};
  return {Exit::refused, fmt::format("the board refuses {}: {}", request_name(type), reason(refusal)),
          advice(refusal)};
}

auto model_problem(const mcl_model_state_t& model) -> std::string {
  const auto a = model.detail_a, b = model.detail_b;
  switch (model.status) {
    case MCL_MODEL_RUNS:
      return "";
    case MCL_MODEL_NONE:
      return "none is stored";
    case MCL_MODEL_TOO_LARGE:
      return a == 0 ? "the stored one does not fit in memory"
                    : fmt::format("the stored one needs {} bytes of memory, the board has {}", a, b);
    case MCL_MODEL_REFUSED:
      return a == 0 ? "the header of the stored one is not acceptable"
                    : fmt::format("the header of the stored one has {} at offset {}", b, a);
    case MCL_MODEL_DAMAGED:
      return "the stored one is damaged";
    default:
      return fmt::format("model status {}", model.status);
  }
}

}  // namespace mcullm::link

// SPDX-License-Identifier: MIT
// A board as its commands (proto/WIRE.md section 4), one function each. What the device refuses comes back as
// Exit::refused with its numbers; a lost board as Exit::link. Not for several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/progress.hpp"
#include "base/result.hpp"
#include "link/piece_size.hpp"
#include "link/refusal.hpp"
#include "link/session.hpp"
#include "proto/message.h"

namespace mcullm::link {

struct MatmulShape {
  int rows = 1, inner = 1, cols = 1;  // A is rows x inner, B is inner x cols
  bool b_int16 = false;               // B holds int16, else int8
  bool out_int16 = false;             // cells wrap to int16, else int32
};

struct MatmulResult {
  std::uint64_t ticks = 0;
  std::vector<std::int32_t> cells;  // (rows, cols)
};

struct LayerResult {
  std::uint32_t state_crc = 0, ticks = 0;
};

struct TokenResult {
  int argmax = 0;
  std::uint32_t logits_crc = 0, state_crc = 0, ticks = 0;
};

struct PrefillResult {
  std::uint64_t ticks = 0;
  std::vector<std::uint32_t> state_crcs;  // one per token
};

struct GenerateRequest {
  int token = 0, pos = 0;             // runs `token` at `pos`, then what it chooses, and so on
  int count = 1;                      // at most Board::generate_limit() of them run in one request
  bool stop_at_end = false;           // stop after choosing bos or eos
  std::uint32_t inv_temperature = 0;  // 0: greedy; proto/ARITHMETIC.md section 10
  std::uint32_t top_p = 65536;
  std::uint64_t random_state = 1;
};

struct ChosenToken {
  int token = 0;
  std::uint32_t logits_crc = 0;  // of the logits that it was chosen from
};

struct GenerateResult {
  std::uint64_t ticks = 0, random_state = 0;
  std::vector<ChosenToken> tokens;
};

// Called as each token arrives. A hint: on a noisy line some never come, the result has them all.
using TokenFn = std::function<void(int index, const ChosenToken& chosen)>;

struct TraceWindow {
  std::uint32_t total = 0;           // elements of the whole vector; 0: it did not occur
  std::vector<std::int32_t> values;  // from `first` on, as many as one reply holds
};

struct Profile {
  std::uint32_t ticks = 0;           // of the last token
  std::vector<std::uint32_t> by_op;  // indexed by mcl_op_t
};

struct DeviceStatistics {
  std::uint32_t frames_received = 0, frames_dropped = 0, replies_resent = 0, receive_overruns = 0;
  std::uint32_t stack_bytes = 0;  // used at most; 0: not measured
  std::uint32_t arena_bytes = 0;  // used
};

// What a part of the agent or its model takes, and where.
struct MemoryPart {
  std::uint8_t part = 0;   // mcl_part_t, or one that this program does not know
  std::uint8_t place = 0;  // mcl_place_t, the same
  std::uint32_t bytes = 0;
};

class Board {
 public:
  explicit Board(std::unique_ptr<Transport> transport, SessionOptions options = {});

  // First of all, and again after restarted(): learns the board, its limits and its model. Errors as
  // Session::connect.
  auto connect() -> Result<mcl_hello_t>;
  // As connect() told; the model's fields also after store_commit(). All zero before.
  auto hello() const -> const mcl_hello_t& { return hello_; }

  // Workspace. Any length; sent and fetched in pieces.
  auto put(std::uint32_t offset, std::span<const std::byte> bytes) -> Result<Ok>;
  auto get(std::uint32_t offset, std::size_t count) -> Result<std::vector<std::byte>>;
  auto put_int32(std::uint32_t offset, std::span<const std::int32_t> values) -> Result<Ok>;
  auto get_int32(std::uint32_t offset, std::size_t count) -> Result<std::vector<std::int32_t>>;

  // A (rows, inner) int8 times B (inner, cols) int8 or int16, row-major. Any size: a product that does not
  // fit the workspace is cut into tiles and summed here, wrapping. Exit::usage when an operand does not have
  // its shape or its range.
  auto matmul(const MatmulShape& shape, std::span<const std::int32_t> a, std::span<const std::int32_t> b)
      -> Result<MatmulResult>;

  // The same with A in the board's storage, where it replaces the stored model: A is written there in panels
  // of as many columns as B's rows fit the workspace, the board restarts, and the panels' products are summed
  // here. Ticks are those of the products. Exit::refused when the storage is too small.
  auto tape_matmul(const MatmulShape& shape, std::span<const std::int32_t> a, std::span<const std::int32_t> b,
                   const ProgressFn& progress = no_progress) -> Result<MatmulResult>;

  // W (rows, cols) int8 times x, int16[cols]: the sums, wrapping. Tiles of whole rows where one fits beside
  // x, as many at once as cost the fewest requests; x stays in the workspace while the rows pass.
  auto matvec(std::span<const std::int8_t> weights, std::span<const std::int32_t> x) -> Result<MatmulResult>;

  // The residual state lies at workspace offset 0, before and after: int32[dim].
  auto layer(int layer, int pos) -> Result<LayerResult>;
  auto token(int token, int pos) -> Result<TokenResult>;
  auto prefill(int pos, std::span<const int> tokens) -> Result<PrefillResult>;
  auto generate(const GenerateRequest& request, const TokenFn& on_token = {}) -> Result<GenerateResult>;
  auto generate_limit() const -> int;

  // Elements first.. of one intermediate vector of the last token or layer, as many as one reply holds.
  auto trace(mcl_op_t op, int layer, std::uint32_t first = 0) -> Result<TraceWindow>;
  auto profile() -> Result<Profile>;
  auto stats() -> Result<DeviceStatistics>;
  // Nothing from an agent that does not tell.
  auto memory() -> Result<std::optional<std::vector<MemoryPart>>>;

  // Storage: see flash/upload.hpp, which does all of it in order.
  auto store_begin(std::uint32_t image_bytes) -> Result<std::uint32_t>;  // the offset wanted next
  auto store_write(std::uint32_t offset, std::span<const std::byte> bytes) -> Result<std::uint32_t>;
  auto store_write_limit() const -> std::size_t;  // bytes that one store_write() takes
  auto store_crc(std::uint32_t offset, std::uint32_t count) -> Result<std::uint32_t>;
  auto store_commit(std::uint32_t header_crc) -> Result<mcl_model_state_t>;
  auto store_read(std::uint32_t offset, std::size_t count) -> Result<std::vector<std::byte>>;

  // Restarts the board and connects again.
  auto reset() -> Result<mcl_hello_t>;

  // The last error was that the board had restarted by itself: connect(), then run the context again.
  auto restarted() const -> bool { return session_.restarted(); }
  // What the device answered to the last request, when that was a refusal.
  auto refusal() const -> const std::optional<Refusal>& { return refusal_; }

  auto statistics() const -> const LinkStatistics& { return session_.statistics(); }
  auto transport() -> Transport& { return session_.transport(); }

 private:
  // The reply's fields, at least `least` bytes of them.
  auto call(mcl_type_t type, std::span<const std::byte> payload, std::size_t least,
            const EventFn& on_event = {}) -> Result<std::vector<std::byte>>;
  auto get_pieces(mcl_type_t type, std::uint32_t offset, std::size_t count) -> Result<std::vector<std::byte>>;

  // stored_at: where A stands in the storage; else it lies in the workspace, before B.
  auto matmul_tile(const MatmulShape& tile, MatmulResult& result, std::optional<std::uint32_t> stored_at = {})
      -> Result<Ok>;
  auto store_bytes(std::uint64_t offset, std::span<const std::byte> bytes,
                   const std::function<void(std::uint64_t)>& stored) -> Result<Ok>;

  Session session_;
  mcl_hello_t hello_{};
  std::optional<Refusal> refusal_;
  PieceSize piece_;
};

}  // namespace mcullm::link

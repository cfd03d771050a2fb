// SPDX-License-Identifier: MIT
// A value or an error that a person can act on. Expected failures (a bad file, no board, a wrong
// number) travel as values; exceptions are for the impossible.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace mcullm {

// Exit codes of the command-line tool. `mcullm help exit-codes` prints this list.
enum class Exit {
  ok = 0,
  internal = 1,    // a bug of ours
  usage = 2,       // the command line is off
  input = 3,       // a file is malformed or missing
  no_device = 4,   // no board, or several and none chosen
  link = 5,        // the board stopped answering
  mismatch = 6,    // a result differs from the reference
  refused = 7,     // the device says no: version, memory, capability
  cancelled = 130  // interrupted by the user
};

struct Error {
  Exit exit = Exit::input;
  std::string what;  // what and where: "model.bin: field 'n_heads' is 0"
  std::string hint;  // what to try next; may be empty
};

// For functions that return nothing but may fail: Result<Ok>.
struct Ok {};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  auto value() & -> T& { return std::get<0>(state_); }
  auto value() const& -> const T& { return std::get<0>(state_); }
  auto value() && -> T&& { return std::get<0>(std::move(state_)); }
  auto operator*() & -> T& { return value(); }
  auto operator*() const& -> const T& { return value(); }
  auto operator->() -> T* { return &value(); }
  auto operator->() const -> const T* { return &value(); }
  auto error() const -> const Error& { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace mcullm

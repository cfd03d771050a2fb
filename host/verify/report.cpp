// SPDX-License-Identifier: MIT
#include "verify/report.hpp"

#include <fmt/format.h>

namespace mcullm::verify {

auto place(const Mismatch& mismatch) -> std::string {
  std::string text;
  if (mismatch.token >= 0) text += fmt::format("token {}, ", mismatch.token);
  if (mismatch.position >= 0) text += fmt::format("position {}, ", mismatch.position);
  if (mismatch.layer >= 0) text += fmt::format("layer {}, ", mismatch.layer);
  text += fmt::format("op {}", mismatch.op);
  if (!mismatch.element.empty()) text += ", " + mismatch.element;
  return text;
}

auto explain(const Mismatch& mismatch) -> std::string {
  auto text = fmt::format("first difference: {}\n", place(mismatch));
  text += fmt::format("  expected {}, got {}, difference {:+}\n", mismatch.expected, mismatch.got,
                      mismatch.got - mismatch.expected);
  if (mismatch.compared > 1) {
    text += fmt::format("  {} of the {} values of this vector differ (marked *)\n", mismatch.differing,
                        mismatch.compared);
  }
  text += mismatch.excerpt;
  if (!mismatch.note.empty()) text += fmt::format("  {}\n", mismatch.note);
  return text;
}

}  // namespace mcullm::verify

// SPDX-License-Identifier: MIT
// The hot loops of training. One source, compiled for several instruction-set levels; the best one
// that this computer has is chosen when the program runs.
#pragma once

#include <span>

namespace mcullm::train {

// Row strides are multiples of this many floats and the gap is zero, so no kernel has a ragged tail.
inline constexpr int row_multiple = 16;
inline constexpr auto padded(int columns) -> int {
  return (columns + row_multiple - 1) / row_multiple * row_multiple;
}

// c (m, n) = a (m, k) * b (k, n), added to c when `accumulate`. Element (i, j) of a stands at
// a[i * a_row + j * a_col], so a transposed operand costs nothing. n is a multiple of row_multiple.
struct Matmul {
  int m, n, k;
  const float* a;
  int a_row, a_col;
  const float* b;
  int b_row;
  float* c;
  int c_row;
  bool accumulate;
};

// y = x / rms(x) * weight for each of `length` rows of `stride` floats, `dim` of them in use.
struct RmsNorm {
  int length, dim, stride;
  const float* x;
  const float* weight;  // (stride)
  float* inverse_rms;   // (length): written forward, read backward
};

// Causal attention of one query head. q, k, v, out are columns of wider rows.
struct Attention {
  int length, head_size;
  const float* q;
  const float* k;
  const float* v;
  int qkv_row;
  float* out;  // (length, head_size): written forward, read backward
  int out_row;
  float* log_sum;  // (length): written forward, read backward
  float* scratch;  // attention_scratch(length, head_size) floats
};

struct AttentionGradient {
  const float* out;  // row stride out_row of Attention
  float* q;          // row stride qkv_row, written
  float* k;          // (length, padded(head_size)), added to
  float* v;          // (length, padded(head_size)), added to
};

inline constexpr int attention_block = 32;  // queries side by side
inline constexpr auto attention_scratch(int length, int head_size) -> int {
  return attention_block * (2 * (length + attention_block) + 3 * head_size);
}

struct AdamW {
  float rate, beta1, beta2;
  float correction1, correction2;  // 1 - beta^step
  float gradient_scale;            // from clipping
};

struct Kernels {
  const char* name;
  void (*matmul)(const Matmul&);
  void (*rmsnorm)(const RmsNorm&, float* y);
  // dx is added to, dweight is added to.
  void (*rmsnorm_backward)(const RmsNorm&, const float* dy, float* dx, float* dweight);
  void (*attention)(const Attention&);
  void (*attention_backward)(const Attention&, const AttentionGradient&);
  // act = silu(gate) * up, element by element.
  void (*swiglu)(int count, const float* gate, const float* up, float* act);
  void (*swiglu_backward)(int count, const float* gate, const float* up, const float* dact, float* dgate,
                          float* dup);
  // Replaces logits (count) by scale * (softmax - onehot(target)) and returns -log softmax[target].
  auto(*cross_entropy)(int count, float* logits, int target, float scale) -> float;
  // One step on `count` parameters; decay 0 for those that keep their size.
  void (*adamw)(const AdamW&, int count, float decay, const float* gradient, float* mean, float* variance,
                float* parameter);
};

// What this computer can run, best first. Never empty.
auto available_kernels() -> std::span<const Kernels* const>;

}  // namespace mcullm::train

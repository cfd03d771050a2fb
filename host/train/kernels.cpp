// SPDX-License-Identifier: MIT
// Compiled once per level with its own machine flags; MCULLM_KERNELS names the table that results.
// Nothing here may instantiate an inline function of another header: the linker could then hand code
// of a high level to a computer that lacks it.
#include "train/kernels.hpp"

#include <math.h>

namespace mcullm::train {
namespace {

#if defined(__AVX512F__)
constexpr int lanes = 16;
constexpr int wide = 4;  // vectors side by side in a tile
constexpr int tall_of(int vectors) { return vectors == 4 ? 6 : 8; }
#elif defined(__AVX2__)
constexpr int lanes = 8;
constexpr int wide = 2;
constexpr int tall_of(int vectors) { return vectors == 2 ? 6 : 8; }
#else
constexpr int lanes = 4;
constexpr int wide = 2;
constexpr int tall_of(int vectors) { return vectors == 2 ? 6 : 8; }
#endif

typedef float Vec __attribute__((vector_size(lanes * 4), aligned(4), may_alias));
typedef unsigned Bits __attribute__((vector_size(lanes * 4)));

inline Vec load(const float* p) { return *reinterpret_cast<const Vec*>(p); }
inline void store(float* p, Vec v) { *reinterpret_cast<Vec*>(p) = v; }
inline Vec all(float x) { return x - Vec{}; }
inline Vec larger(Vec a, Vec b) { return a > b ? a : b; }

inline float sum_of(Vec v) {
  float sum = 0;
  for (int i = 0; i < lanes; ++i) sum += v[i];
  return sum;
}

inline float max_of(Vec v) {
  float top = v[0];
  for (int i = 1; i < lanes; ++i) top = v[i] > top ? v[i] : top;
  return top;
}

// exp(x) = 2^n exp(r), |r| <= ln 2 / 2, by a polynomial; 2 units in the last place. Zero below -87.
inline Vec exp_of(Vec x) {
  const float to_integer = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer
  const Vec x_in = x > 88.0F ? all(88.0F) : x;
  const Vec shifted = x_in * 1.44269504F + to_integer;
  const Vec n = shifted - to_integer;
  const Vec r = (x_in - n * 0.693359375F) + n * 2.12194440e-4F;
  Vec p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  const Bits exponent = ((Bits)shifted - (Bits)all(to_integer)) << 23;
  const Vec scaled = (Vec)((Bits)p + exponent);
  return x < -87.0F ? Vec{} : scaled;
}

template <int rows, int vectors>
void tile(const Matmul& p, const float* a, const float* b, float* c) {
  Vec sum[rows][vectors];
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < vectors; ++j) sum[i][j] = p.accumulate ? load(c + i * p.c_row + j * lanes) : Vec{};
  for (int k = 0; k < p.k; ++k, a += p.a_col, b += p.b_row) {
    Vec row[vectors];
    for (int j = 0; j < vectors; ++j) row[j] = load(b + j * lanes);
    for (int i = 0; i < rows; ++i)
      for (int j = 0; j < vectors; ++j) sum[i][j] += a[i * p.a_row] * row[j];
  }
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < vectors; ++j) store(c + i * p.c_row + j * lanes, sum[i][j]);
}

template <int rows, int vectors>
int tiles(const Matmul& p, int column, int from) {
  int i = from;
  for (; i + rows <= p.m; i += rows)
    tile<rows, vectors>(p, p.a + i * p.a_row, p.b + column, p.c + i * p.c_row + column);
  return i;
}

template <int vectors>
int strips(const Matmul& p, int from) {
  int column = from;
  for (; column + vectors * lanes <= p.n; column += vectors * lanes) {
    const int by_tall = tiles<tall_of(vectors), vectors>(p, column, 0);
    const int by_two = tiles<2, vectors>(p, column, by_tall);
    tiles<1, vectors>(p, column, by_two);
  }
  return column;
}

void matmul(const Matmul& p) {
  int column = strips<wide>(p, 0);
  if constexpr (wide > 2) column = strips<2>(p, column);
  strips<1>(p, column);
}

void rmsnorm(const RmsNorm& p, float* y) {
  for (int t = 0; t < p.length; ++t, y += p.stride) {
    const float* x = p.x + t * p.stride;
    Vec squares{};
    for (int i = 0; i < p.stride; i += lanes) squares += load(x + i) * load(x + i);
    const float inverse = 1.0F / sqrtf(sum_of(squares) / static_cast<float>(p.dim) + 1e-5F);
    p.inverse_rms[t] = inverse;
    for (int i = 0; i < p.stride; i += lanes) store(y + i, load(x + i) * inverse * load(p.weight + i));
  }
}

void rmsnorm_backward(const RmsNorm& p, const float* dy, float* dx, float* dweight) {
  for (int t = 0; t < p.length; ++t, dy += p.stride, dx += p.stride) {
    const float* x = p.x + t * p.stride;
    const float inverse = p.inverse_rms[t];
    Vec dot{};
    for (int i = 0; i < p.stride; i += lanes) {
      const Vec product = load(dy + i) * load(x + i);
      dot += product * load(p.weight + i);
      store(dweight + i, load(dweight + i) + product * inverse);
    }
    const float shrink = sum_of(dot) * inverse * inverse * inverse / static_cast<float>(p.dim);
    for (int i = 0; i < p.stride; i += lanes)
      store(dx + i, load(dx + i) + load(dy + i) * load(p.weight + i) * inverse - load(x + i) * shrink);
  }
}

// out (columns, attention_block) = rows (count, columns) transposed and scaled; absent rows give zeros.
void transpose_block(int count, int columns, const float* rows, int row, float scale, float* out) {
  for (int d = 0; d < columns; ++d)
    for (int i = 0; i < attention_block; ++i)
      out[d * attention_block + i] = i < count ? rows[i * row + d] * scale : 0.0F;
}

// One block of queries: the scores stand transposed, a key per row and a query per lane, so softmax
// needs no sum across lanes.
struct Block {
  int first, count, keys;  // queries first .. first+count-1 see keys 0 .. keys-1
  float scale;
  float* q;       // (head_size, block)
  float* scores;  // (keys, block)
  float* second;  // (keys, block)
  float* column;  // (head_size, block)
};

Block block_at(const Attention& p, int first) {
  const int left = p.length - first;
  const int count = left < attention_block ? left : attention_block;
  const int reach = (p.length + attention_block) * attention_block;
  Block b{first,   count,   first + count, 1.0F / sqrtf(static_cast<float>(p.head_size)),
          nullptr, nullptr, nullptr,       nullptr};
  b.scores = p.scratch;
  b.second = b.scores + reach;
  b.q = b.second + reach;
  b.column = b.q + p.head_size * attention_block;
  return b;
}

void score_block(const Attention& p, const Block& b) {
  transpose_block(b.count, p.head_size, p.q + b.first * p.qkv_row, p.qkv_row, b.scale, b.q);
  matmul({b.keys, attention_block, p.head_size, p.k, p.qkv_row, 1, b.q, attention_block, b.scores,
          attention_block, false});
  for (int j = b.first; j < b.keys; ++j)
    for (int i = 0; i < j - b.first; ++i) b.scores[j * attention_block + i] = -1e30F;
}

void attention(const Attention& p) {
  for (int first = 0; first < p.length; first += attention_block) {
    const Block b = block_at(p, first);
    score_block(p, b);
    float total[attention_block];
    for (int i = 0; i < attention_block; i += lanes) {
      Vec top = all(-1e30F);
      for (int j = 0; j < b.keys; ++j) top = larger(top, load(b.scores + j * attention_block + i));
      Vec sum{};
      for (int j = 0; j < b.keys; ++j) {
        const Vec e = exp_of(load(b.scores + j * attention_block + i) - top);
        store(b.scores + j * attention_block + i, e);
        sum += e;
      }
      store(total + i, sum);
      for (int l = 0; l < lanes && i + l < b.count; ++l) p.log_sum[first + i + l] = top[l] + logf(sum[l]);
    }
    matmul({p.head_size, attention_block, b.keys, p.v, 1, p.qkv_row, b.scores, attention_block, b.column,
            attention_block, false});
    for (int i = 0; i < b.count; ++i)
      for (int d = 0; d < p.head_size; ++d)
        p.out[(first + i) * p.out_row + d] = b.column[d * attention_block + i] / total[i];
  }
}

// Turns scores into probabilities and `second` from dP into dS = P (dP - delta).
void score_gradient(const Attention& p, const Block& b, const float* dout) {
  float delta[attention_block] = {}, log_sum[attention_block] = {};
  for (int i = 0; i < b.count; ++i) {
    for (int d = 0; d < p.head_size; ++d)
      delta[i] += dout[i * p.out_row + d] * p.out[(b.first + i) * p.out_row + d];
    log_sum[i] = p.log_sum[b.first + i];
  }
  for (int i = 0; i < attention_block; i += lanes)
    for (int j = 0; j < b.keys; ++j) {
      float* score = b.scores + j * attention_block + i;
      float* gradient = b.second + j * attention_block + i;
      const Vec probability = exp_of(load(score) - load(log_sum + i));
      store(score, probability);
      store(gradient, probability * (load(gradient) - load(delta + i)));
    }
}

void attention_backward(const Attention& p, const AttentionGradient& g) {
  const int columns = padded(p.head_size);
  for (int first = 0; first < p.length; first += attention_block) {
    const Block b = block_at(p, first);
    const float* dout = g.out + first * p.out_row;
    const float* q = p.q + first * p.qkv_row;
    score_block(p, b);
    transpose_block(b.count, p.head_size, dout, p.out_row, 1.0F, b.column);
    matmul({b.keys, attention_block, p.head_size, p.v, p.qkv_row, 1, b.column, attention_block, b.second,
            attention_block, false});
    score_gradient(p, b, dout);
    matmul({b.keys, columns, b.count, b.scores, attention_block, 1, dout, p.out_row, g.v, columns, true});
    matmul({p.head_size, attention_block, b.keys, p.k, 1, p.qkv_row, b.second, attention_block, b.column,
            attention_block, false});
    for (int i = 0; i < b.count; ++i)
      for (int d = 0; d < p.head_size; ++d)
        g.q[(first + i) * p.qkv_row + d] = b.column[d * attention_block + i] * b.scale;
    // dK uses the scaled query: fold the scale into dS once the other products are done.
    for (int n = 0; n < b.keys * attention_block; n += lanes)
      store(b.second + n, load(b.second + n) * b.scale);
    matmul({b.keys, columns, b.count, b.second, attention_block, 1, q, p.qkv_row, g.k, columns, true});
  }
}

void swiglu(int count, const float* gate, const float* up, float* act) {
  for (int i = 0; i < count; i += lanes) {
    const Vec g = load(gate + i);
    store(act + i, g / (1.0F + exp_of(-g)) * load(up + i));
  }
}

void swiglu_backward(int count, const float* gate, const float* up, const float* dact, float* dgate,
                     float* dup) {
  for (int i = 0; i < count; i += lanes) {
    const Vec g = load(gate + i), d = load(dact + i);
    const Vec s = 1.0F / (1.0F + exp_of(-g));
    store(dgate + i, d * load(up + i) * s * (1.0F + g * (1.0F - s)));
    store(dup + i, d * g * s);
  }
}

float cross_entropy(int count, float* logits, int target, float scale) {
  const int width = padded(count);
  for (int i = count; i < width; ++i) logits[i] = -1e30F;
  const float at_target = logits[target];
  Vec tops = all(-1e30F);
  for (int i = 0; i < width; i += lanes) tops = larger(tops, load(logits + i));
  const float top = max_of(tops);
  Vec sums{};
  for (int i = 0; i < width; i += lanes) {
    const Vec e = exp_of(load(logits + i) - top);
    store(logits + i, e);
    sums += e;
  }
  const float total = sum_of(sums);
  for (int i = 0; i < width; i += lanes) store(logits + i, load(logits + i) * (scale / total));
  logits[target] -= scale;
  return top + logf(total) - at_target;
}

void adamw(const AdamW& p, int count, float decay, const float* gradient, float* mean, float* variance,
           float* parameter) {
  for (int i = 0; i < count; ++i) {
    const float g = gradient[i] * p.gradient_scale;
    mean[i] = p.beta1 * mean[i] + (1.0F - p.beta1) * g;
    variance[i] = p.beta2 * variance[i] + (1.0F - p.beta2) * g * g;
    const float step = (mean[i] / p.correction1) / (sqrtf(variance[i] / p.correction2) + 1e-8F);
    parameter[i] -= p.rate * (step + decay * parameter[i]);
  }
}

#define MCULLM_TEXT_OF(x) #x
#define MCULLM_TEXT(x) MCULLM_TEXT_OF(x)

}  // namespace

extern const Kernels MCULLM_KERNELS;
const Kernels MCULLM_KERNELS = {
    MCULLM_TEXT(MCULLM_KERNELS), matmul, rmsnorm,         rmsnorm_backward, attention,
    attention_backward,          swiglu, swiglu_backward, cross_entropy,    adamw};

}  // namespace mcullm::train

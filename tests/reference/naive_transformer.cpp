// SPDX-License-Identifier: MIT
#include "naive_transformer.hpp"

#include <cmath>
#include <cstddef>

namespace mcullm::tests {

namespace {

auto power(int n) -> Int { return Int{1} << n; }

auto floor_divide(Int a, Int b) -> Int {
  const Int quotient = a / b;
  return a % b != 0 && a < 0 ? quotient - 1 : quotient;
}

auto modulo(Int a, Int b) -> Int { return a - b * floor_divide(a, b); }

auto round_shift(Int v, int s) -> Int { return s == 0 ? v : floor_divide(v + power(s - 1), power(s)); }

auto clamp(Int v, Int limit) -> Int { return v > limit ? limit : v < -limit ? -limit : v; }

auto wrap(Int v) -> Int { return modulo(v + power(31), power(32)) - power(31); }

auto rounded(long double v) -> Int { return static_cast<Int>(std::floor(v + 0.5L)); }

auto exp2_entry(Int f) -> Int {
  return rounded(32768.0L * std::pow(2.0L, -static_cast<long double>(f) / 256.0L));
}

auto sine_entry(Int k) -> Int {
  return rounded(16384.0L * std::sin(std::acos(-1.0L) / 2.0L * static_cast<long double>(k) / 32.0L));
}

auto sigmoid_entry(Int k) -> Int {
  return rounded(32768.0L / (1.0L + std::exp(-static_cast<long double>(k) / 8.0L)));
}

auto sine_of(Int phase) -> Int {
  Int p = modulo(phase, power(30));
  if (floor_divide(phase, power(30)) % 2 == 1) p = power(30) - p;
  const Int k = floor_divide(p, power(25)), r = modulo(floor_divide(p, power(17)), 256);
  const Int low = sine_entry(k);
  const Int v = r == 0 ? low : low + floor_divide((sine_entry(k + 1) - low) * r + 128, 256);
  return phase >= power(31) ? -v : v;
}

auto sigmoid_of(Int g, int frac) -> Int {
  const Int a = (g < 0 ? -g : g) * power(12 - frac);
  const Int k = floor_divide(a, 512), r = modulo(a, 512);
  const Int low = sigmoid_entry(k < 64 ? k : 64);
  const Int v = k >= 64 ? low : low + floor_divide((sigmoid_entry(k + 1) - low) * r + 256, 512);
  return g < 0 ? 32768 - v : v;
}

auto gemv(const image::Matrix& w, const Ints& a, bool wide) -> Ints {
  Ints y;
  for (int r = 0; r < w.rows; r++) {
    Int sum = 0;
    for (int c = 0; c < w.cols; c++) {
      sum += Int{w.weights[static_cast<std::size_t>(r * w.cols + c)]} * a[static_cast<std::size_t>(c)];
    }
    const Int scaled = round_shift(wrap(sum) * w.multipliers[static_cast<std::size_t>(r)], w.shift);
    y.push_back(wide ? wrap(scaled) : clamp(scaled, 32767));
  }
  return y;
}

void add(Ints& x, const Ints& y) {
  for (std::size_t i = 0; i < x.size(); i++) x[i] = wrap(x[i] + y[i]);
}

// Both elements of every pair after rotation, in Q14.
auto turn(const Ints& x, const image::ModelImage& image, int pos) -> Ints {
  const int half = image.shape.head_size() / 2;
  Ints u;
  for (std::size_t i = 0; i < x.size(); i += 2) {
    const auto step = Int{image.rope_step[i / 2 % static_cast<std::size_t>(half)]};
    const Int phase = modulo(pos * step, power(32));
    const Int sn = sine_of(phase), cs = sine_of(modulo(phase + power(30), power(32)));
    u.push_back(x[i] * cs - x[i + 1] * sn);
    u.push_back(x[i] * sn + x[i + 1] * cs);
  }
  return u;
}

}  // namespace

auto NaiveTransformer::norm(const Ints& x, const std::vector<std::int16_t>& gains, int shift) const -> Ints {
  Int u = 0;
  for (const Int v : x) u = (v < 0 ? -v : v) > u ? (v < 0 ? -v : v) : u;
  Ints y(x.size(), 0);
  if (u == 0) return y;
  int e = -14;
  for (Int rest = u; rest > 0; rest /= 2) e++;
  const Int eps = static_cast<Int>(image_.norm_eps);
  Int sum = e > 0 ? floor_divide(eps, power(2 * e)) : eps * power(-2 * e);
  Ints h;
  for (const Int v : x) {
    h.push_back(e > 0 ? round_shift(v, e) : v * power(-e));
    sum += h.back() * h.back();
  }
  Int root = static_cast<Int>(std::sqrt(static_cast<long double>(sum)));
  while (root * root > sum) root--;
  while ((root + 1) * (root + 1) <= sum) root++;
  const Int inverse = floor_divide(image_.norm_numerator, root);
  for (std::size_t i = 0; i < x.size(); i++) {
    y[i] = clamp(round_shift(clamp(round_shift(h[i] * inverse, 16), 32767) * gains[i], shift), 32767);
  }
  return y;
}

auto NaiveTransformer::attention(int layer, const Ints& query) -> Ints {
  const auto& s = image_.shape;
  const bool narrow_keys = image_.kv_format == image::KvFormat::k8v8;
  const bool wide_values = image_.kv_format == image::KvFormat::k16v16;
  const auto size = static_cast<std::size_t>(s.head_size());
  Ints& scores = trace[{MCL_OP_SCORE, layer}];
  Ints o;
  for (int h = 0; h < s.n_heads; h++) {
    const std::size_t from = static_cast<std::size_t>(h) * size;
    const std::size_t kv = static_cast<std::size_t>(h * s.n_kv_heads / s.n_heads) * size;
    Int peak = 0, total = 0;
    Ints sums(size, 0);
    for (int t = 0; t <= pos_; t++) {
      const Ints& key = keys_[layer][static_cast<std::size_t>(t)];
      const Ints& value = values_[layer][static_cast<std::size_t>(t)];
      Int dot = 0;
      for (std::size_t j = 0; j < size; j++) dot += query[from + j] * key[kv + j];
      const Int score = round_shift(wrap(dot), narrow_keys ? 6 : 12);
      scores.push_back(score);
      const Int m = -floor_divide(-score, 256);
      if (t == 0) peak = m;
      for (; m > peak; peak++) {
        total = floor_divide(total, 2);
        for (Int& a : sums) a = floor_divide(a, 2);
      }
      const Int d = 256 * peak - score;
      const Int p = d < 4096 ? round_shift(exp2_entry(modulo(d, 256)), static_cast<int>(d / 256) + 3) : 0;
      total += p;
      for (std::size_t j = 0; j < size; j++)
        sums[j] += wide_values ? round_shift(p * value[kv + j], 8) : p * value[kv + j];
    }
    const Int reciprocal = floor_divide(power(40), total);
    for (const Int a : sums) o.push_back(clamp(floor_divide(a * reciprocal + power(31), power(32)), 32767));
  }
  return o;
}

void NaiveTransformer::run_layer(int layer, Ints& x) {
  const auto& w = image_.layers[static_cast<std::size_t>(layer)];
  const auto keep = [&](mcl_op_t op, const Ints& v) { trace[{op, layer}] = v; };
  Ints a = norm(x, w.att_gains, w.att_gain_shift);
  const Ints q = gemv(w.wq, a, false), k = gemv(w.wk, a, false), v = gemv(w.wv, a, false);
  keep(MCL_OP_ATT_NORM, a);
  keep(MCL_OP_Q, q);
  keep(MCL_OP_K, k);
  keep(MCL_OP_V, v);
  Ints query, key, value;
  for (const Int u : turn(q, image_, pos_)) query.push_back(clamp(round_shift(u, 14), 32767));
  const bool narrow_keys = image_.kv_format == image::KvFormat::k8v8;
  for (const Int u : turn(k, image_, pos_)) {
    const Int centred = u - w.k_centre[key.size()] * power(14);
    key.push_back(narrow_keys ? clamp(round_shift(centred, 19), 127)
                              : clamp(round_shift(centred, 14), 32767));
  }
  for (const Int e : v) {
    value.push_back(image_.kv_format == image::KvFormat::k16v16 ? e : clamp(round_shift(e, 8), 127));
  }
  keep(MCL_OP_Q_ROPE, query);
  keep(MCL_OP_K_CACHE, key);
  keep(MCL_OP_V_CACHE, value);
  keys_[layer].push_back(key);
  values_[layer].push_back(value);
  const Ints o = attention(layer, query);
  keep(MCL_OP_ATTENTION, o);
  add(x, gemv(w.wo, o, true));
  keep(MCL_OP_ATT_RESIDUAL, x);

  a = norm(x, w.ffn_gains, w.ffn_gain_shift);
  const Ints g = gemv(w.w1, a, false), u = gemv(w.w3, a, false);
  Ints h;
  for (std::size_t r = 0; r < g.size(); r++) {
    const Int z = round_shift(g[r] * sigmoid_of(g[r], image_.gate_frac), 15);
    h.push_back(clamp(round_shift(z * u[r], w.hidden_shift), 32767));
  }
  keep(MCL_OP_FFN_NORM, a);
  keep(MCL_OP_GATE, g);
  keep(MCL_OP_UP, u);
  keep(MCL_OP_HIDDEN, h);
  add(x, gemv(w.w2, h, true));
  keep(MCL_OP_FFN_RESIDUAL, x);
}

auto NaiveTransformer::forward(int token) -> Ints {
  trace.clear();
  const auto& e = image_.embedding_matrix();
  Ints x;
  for (int i = 0; i < e.cols; i++) {
    const auto at = static_cast<std::size_t>(token * e.cols + i);
    x.push_back(
        round_shift(Int{e.weights[at]} * e.multipliers[static_cast<std::size_t>(token)], image_.embed_shift));
  }
  trace[{MCL_OP_EMBED, 0}] = x;
  for (int l = 0; l < image_.shape.n_layers; l++) run_layer(l, x);
  pos_++;
  const Ints a = norm(x, image_.final_gains, image_.final_gain_shift);
  trace[{MCL_OP_FINAL_NORM, 0}] = a;
  return trace[{MCL_OP_LOGITS, 0}] = gemv(image_.classifier, a, true);
}

}  // namespace mcullm::tests

// SPDX-License-Identifier: MIT
#include "op_vectors.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include "random_source.hpp"
#include "reference/arithmetic.hpp"
#include "reference/integer_ops.hpp"
#include "reference/integer_sampler.hpp"
#include "reference/matmul.hpp"
#include "vector_file.hpp"

namespace mcullm::tests {
namespace {

using reference::IntVector;

auto vector_of(const std::vector<std::int32_t>& values) -> IntVector {
  return Eigen::Map<const IntVector>(values.data(), static_cast<Eigen::Index>(values.size()));
}

auto json_of(const IntVector& values) -> Json {
  return std::vector<std::int32_t>(values.begin(), values.end());
}

auto rsh_cases() -> Json {
  Json cases = Json::array();
  const auto add = [&](std::int64_t v, int s) {
    cases.push_back({{"v", v}, {"s", s}, {"y", reference::rsh(v, s)}});
  };
  for (const int s : {0, 1, 2, 6, 8, 12, 14, 16, 19, 24, 32}) {
    const std::int64_t half = s == 0 ? 0 : std::int64_t{1} << (s - 1);
    for (const std::int64_t v :
         {std::int64_t{0}, half - 1, half, half + 1, 3 * half, -half - 1, -half, -half + 1, -3 * half})
      add(v, s);
    for (const std::int64_t v : {std::int64_t{2147483647} * 65535, std::int64_t{-2147483648} * 65535})
      add(v, s);
  }
  RandomSource random(1);
  for (int i = 0; i < 40; i++)
    add(random.integer(-(std::int64_t{1} << 46), std::int64_t{1} << 46),
        8 * static_cast<int>(random.integer(1, 4)));
  return cases;
}

auto isqrt_cases() -> Json {
  Json cases = Json::array();
  const auto add = [&](std::uint64_t v) { cases.push_back({{"v", v}, {"y", reference::isqrt(v)}}); };
  for (const std::uint64_t r :
       {1ULL, 2ULL, 8192ULL, 16384ULL, 65535ULL, 65536ULL, 1048575ULL, 2147483648ULL}) {
    add(r * r - 1);
    add(r * r);
    add(r * r + 1);
  }
  add((std::uint64_t{1} << 63) - 1);
  RandomSource random(2);
  for (int i = 0; i < 30; i++) add(random.next() >> random.integer(1, 40));
  return cases;
}

auto gemv_case(const image::Matrix& w, const std::vector<std::int32_t>& a) -> Json {
  return {{"rows", w.rows},
          {"cols", w.cols},
          {"shift", w.shift},
          {"weights", w.weights},
          {"multipliers", w.multipliers},
          {"a", a},
          {"y16", json_of(reference::gemv16(w, vector_of(a)))},
          {"y32", json_of(reference::gemv32(w, vector_of(a)))}};
}

auto gemv_cases() -> Json {
  RandomSource random(3);
  Json cases = Json::array();
  for (const int shift : {8, 16, 24, 32}) {
    for (const auto& [rows, cols] : {std::pair{1, 1}, {3, 5}, {2, 64}, {5, 21}}) {
      image::Matrix w{rows,
                      cols,
                      8,
                      shift,
                      random.integers<std::int8_t>(rows * cols, -127, 127),
                      random.integers<std::uint16_t>(rows, 0, 65535)};
      cases.push_back(gemv_case(w, random.integers<std::int32_t>(cols, -32767, 32767)));
    }
  }
  // the greatest sum that 516 columns reach, both signs, with the greatest and least multipliers
  const image::Matrix extreme{4, 516, 8, 16, std::vector<std::int8_t>(4 * 516, 127), {65535, 1, 0, 32768}};
  for (const std::int32_t a : {32767, -32767})
    cases.push_back(gemv_case(extreme, std::vector<std::int32_t>(516, a)));
  return cases;
}

auto norm_case(const std::vector<std::int32_t>& x, const std::vector<std::int16_t>& gains, int gain_shift,
               std::uint64_t eps) -> Json {
  const auto dim = static_cast<double>(x.size());
  image::ModelImage image;
  image.norm_frac = 15 - static_cast<int>(std::ceil(std::log2(dim) / 2.0));
  image.norm_numerator =
      static_cast<std::uint32_t>(std::llround(std::sqrt(dim) * std::exp2(image.norm_frac + 16)));
  image.norm_eps = eps;
  return {{"x", x},
          {"gains", gains},
          {"gain_shift", gain_shift},
          {"norm_numerator", image.norm_numerator},
          {"norm_eps", eps},
          {"y", json_of(reference::rms_norm(vector_of(x), gains, gain_shift, image))}};
}

auto norm_cases() -> Json {
  RandomSource random(4);
  Json cases = Json::array();
  const std::vector<std::int16_t> ones = {16384, 16384, 16384, -16384};
  constexpr std::int32_t least = -2147483647 - 1;
  for (const std::vector<std::int32_t>& x :
       std::vector<std::vector<std::int32_t>>{{0, 0, 0, 0},
                                              {1, 0, 0, 0},
                                              {-1, 1, -1, 1},
                                              {8191, 8192, 16383, -16384},
                                              {16385, -16385, 3, 32767},
                                              {least, least, least, least},
                                              {2147483647, least, 0, 1},
                                              {least, 0, 0, 0}}) {
    for (const std::uint64_t eps : {std::uint64_t{0}, std::uint64_t{171799}, (std::uint64_t{1} << 36) - 1}) {
      cases.push_back(norm_case(x, ones, 14, eps));
    }
  }
  // n before it saturates, a term of EPS that must be cut and not rounded, the magnitude of -2^31
  cases.push_back(norm_case({5, 0, 0, 0}, std::vector<std::int16_t>(4, 12000), 14, 0));
  cases.push_back(norm_case({-493304, -445271}, std::vector<std::int16_t>(2, 20000), 14, 52094446551ULL));
  cases.push_back(norm_case({least, 400003, -77777, 12345678}, std::vector<std::int16_t>(4, 20000), 14, 0));
  for (const int dim : {2, 24, 64}) {
    for (const int width : {4, 14, 18, 24, 31}) {
      const std::int64_t most = (std::int64_t{1} << width) - 1;
      cases.push_back(norm_case(random.integers<std::int32_t>(dim, -most, most),
                                random.integers<std::int16_t>(dim, -32767, 32767),
                                static_cast<int>(random.integer(0, 18)), 2748779));
    }
  }
  return cases;
}

auto sine_cases() -> Json {
  Json cases = Json::array();
  const auto add = [&](std::uint32_t phase) {
    cases.push_back({{"phase", phase}, {"y", reference::sine(phase)}});
  };
  for (std::uint32_t quarter = 0; quarter < 4; quarter++) {
    const std::uint32_t begin = quarter << 30;
    for (const std::uint32_t offset :
         {0U, 1U, 131071U, 131072U, 33554431U, 33554432U, 536870912U, 1073741823U})
      add(begin + offset);
  }
  RandomSource random(5);
  for (int i = 0; i < 64; i++) add(static_cast<std::uint32_t>(random.next()));
  return cases;
}

auto rotary_cases() -> Json {
  RandomSource random(6);
  Json cases = Json::array();
  for (const auto& [head_size, dim, pos] :
       {std::tuple{2, 4, 0}, {2, 4, 511}, {8, 16, 1}, {8, 16, 4095}, {32, 32, 100}}) {
    std::vector<std::uint32_t> steps;
    for (int i = 0; i < head_size / 2; i++) {
      steps.push_back(static_cast<std::uint32_t>(
          std::llround(std::pow(10000.0, -2.0 * i / head_size) / 6.283185307179586 * 4294967296.0)));
    }
    auto x = random.integers<std::int32_t>(dim, -32767, 32767);
    x[0] = x[1] = 32767;
    const auto centre = random.integers<std::int16_t>(dim, -20000, 20000);
    Json query = Json::array(), key8 = Json::array(), key16 = Json::array();
    const auto u = reference::rotated(vector_of(x), steps, pos);
    for (std::size_t j = 0; j < u.size(); j++) {
      const std::int64_t centred = u[j] - std::int64_t{centre[j]} * 16384;
      query.push_back(reference::sat16(reference::rsh(u[j], 14)));
      key8.push_back(reference::sat8(reference::rsh(centred, 19)));
      key16.push_back(reference::sat16(reference::rsh(centred, 14)));
    }
    cases.push_back({{"pos", pos},
                     {"rope_step", steps},
                     {"x", x},
                     {"k_centre", centre},
                     {"query", query},
                     {"key8", key8},
                     {"key16", key16}});
  }
  return cases;
}

auto exp2_cases() -> Json {
  Json cases = Json::array();
  for (const auto v : reference::exp2_table()) cases.push_back(v);
  return cases;
}

auto sigmoid_cases() -> Json {
  RandomSource random(7);
  Json cases = Json::array();
  for (int frac = 8; frac <= 12; frac++) {
    std::vector<std::int32_t> g = {0, 1, -1, 511, 512, 513, -512, 32256, 32767, -32767};
    for (int i = 0; i < 30; i++) g.push_back(static_cast<std::int32_t>(random.integer(-32767, 32767)));
    Json y = Json::array();
    for (const auto v : g) y.push_back(reference::sigmoid(v, frac));
    cases.push_back({{"gate_frac", frac}, {"g", g}, {"y", y}});
  }
  return cases;
}

auto gated_cases() -> Json {
  RandomSource random(8);
  Json cases = Json::array();
  for (const auto& [frac, shift] : {std::pair{12, 0}, {12, 13}, {11, 16}, {8, 30}}) {
    auto g = random.integers<std::int32_t>(24, -32767, 32767),
         u = random.integers<std::int32_t>(24, -32767, 32767);
    g[0] = u[0] = u[1] = 32767;
    g[1] = -32767;
    cases.push_back({{"gate_frac", frac},
                     {"hidden_shift", shift},
                     {"g", g},
                     {"u", u},
                     {"h", json_of(reference::gated(vector_of(g), vector_of(u), frac, shift))}});
  }
  return cases;
}

struct AttentionInput {
  const char* about;
  bool wide_keys, wide_values;
  std::vector<std::int32_t> query;
  std::vector<std::int16_t> keys, values;  // (positions, head_size)
};

auto attention_case(const AttentionInput& in) -> Json {
  const int size = static_cast<int>(in.query.size()), positions = static_cast<int>(in.keys.size()) / size;
  const IntVector scores =
      reference::attention_scores(in.query, {in.keys.data(), positions, size, size}, in.wide_keys);
  const std::vector<std::int32_t> s(scores.begin(), scores.end());
  const IntVector o =
      reference::attention_output(s, {in.values.data(), positions, size, size}, in.wide_values);
  return {{"about", in.about},
          {"wide_keys", in.wide_keys},
          {"wide_values", in.wide_values},
          {"query", in.query},
          {"keys", in.keys},
          {"values", in.values},
          {"scores", s},
          {"o", json_of(o)}};
}

// Keys that give one score after the other: element 0 of the query carries them, with 8-bit keys.
auto staircase(const char* about, bool wide_values, const std::vector<std::int16_t>& steps,
               RandomSource& random) -> Json {
  AttentionInput in{about, false, wide_values, {700, 3}, {}, {}};
  const int limit = wide_values ? 32767 : 127;
  for (const auto step : steps) {
    in.keys.insert(in.keys.end(), {step, static_cast<std::int16_t>(random.integer(-127, 127))});
    for (int j = 0; j < 2; j++) in.values.push_back(static_cast<std::int16_t>(random.integer(-limit, limit)));
  }
  return attention_case(in);
}

auto attention_cases() -> Json {
  RandomSource random(9);
  Json cases = Json::array();
  for (const bool wide_values : {false, true}) {
    cases.push_back(staircase("one key", wide_values, {5}, random));
    cases.push_back(staircase("rising scores: the maximum moves at every key", wide_values,
                              {-120, -80, -40, 0, 40, 80, 120}, random));
    cases.push_back(staircase("falling scores", wide_values, {120, 80, 40, 0, -40, -80, -120}, random));
    cases.push_back(staircase("equal scores", wide_values, std::vector<std::int16_t>(20, 17), random));
    cases.push_back(staircase("rising and falling", wide_values,
                              {0, 23, 24, 23, 46, 47, 0, 46, 70, 70, -127, 71, 127, 1}, random));
  }
  for (const auto& [wide_keys, wide_values] : {std::pair{false, false}, {true, false}, {true, true}}) {
    for (const std::int32_t reach : {200, 3000, 32767}) {
      const int key_limit = wide_keys ? 32767 : 127, value_limit = wide_values ? 32767 : 127;
      cases.push_back(
          attention_case({"random", wide_keys, wide_values, random.integers<std::int32_t>(8, -reach, reach),
                          random.integers<std::int16_t>(8 * 24, -key_limit, key_limit),
                          random.integers<std::int16_t>(8 * 24, -value_limit, value_limit)}));
    }
  }
  cases.push_back(attention_case({"16-bit keys whose sum wraps",
                                  true,
                                  true,
                                  {32767, 32767, 32767, 32767},
                                  {32767, 32767, 32767, 32767, -32767, -32767, 0, 0, 1, 1, 1, 1},
                                  {32767, -32767, 1, 0, 5, 6, 7, 8, -1, -2, -3, -4}}));
  cases.push_back(attention_case(
      {"values at both ends", false, false, {0, 0}, {0, 0, 0, 0, 0, 0}, {127, -127, 127, -127, 127, -127}}));
  return cases;
}

auto sampler_cases() -> Json {
  RandomSource random(10);
  Json cases = Json::array();
  const auto add = [&](const std::vector<std::int32_t>& logits, std::uint32_t kt, std::uint32_t top_p,
                       std::uint64_t state) {
    reference::IntegerSampler sampler(kt, top_p, state);
    const int token = sampler.choose(logits);
    cases.push_back({{"logits", logits},
                     {"inv_temperature", kt},
                     {"top_p", top_p},
                     {"state", state},
                     {"token", token},
                     {"state_after", sampler.state()}});
  };
  for (const std::uint32_t kt : {0U, 47274U, 94548U, 945483U, 4294967295U}) {
    for (const std::uint32_t top_p : {1U, 32768U, 58982U, 65536U}) {
      const int reach = static_cast<int>(random.integer(1, 600000));
      for (int i = 0; i < 3; i++)
        add(random.integers<std::int32_t>(33, -reach, reach), kt, top_p, random.next() | 1);
    }
  }
  add(std::vector<std::int32_t>(40, 7), 94548, 65536, 1);
  add(std::vector<std::int32_t>(40, 7), 0, 65536, 1);
  constexpr std::int32_t least = -2147483647 - 1;
  constexpr std::int32_t most = 2147483647;
  add({least, most, least, most - 1}, 94548, 58982, 18446744073709551615ULL);
  // each of these tells a right comparison, bound or width from its neighbour: > from >= at the target and at
  // the nucleus, floor from ceiling, distances near 6400, differences and products that need unsigned 32 and
  // 64 bits
  add({0, 0}, 65536, 65536, 9089908879303559265ULL);
  add({least, 0, 0}, 65536, 65536, 15433650427996829290ULL);
  constexpr std::uint64_t state = 8863523748748457001ULL;
  add({-65536, 0, -65536}, 65536, 32768, state);
  add({0, -123904}, 65536, 51616, state);
  add({most, least}, 4294967295U, 65536, state);
  add({most, least, most}, 1, 65536, state);
  add({0, -1572864, -1572864, -1572864, -1638144, -1638144, -1638144, -1638144, -1664000}, 65536, 65536,
      state);
  return cases;
}

auto matmul_cases() -> Json {
  RandomSource random(11);
  Json cases = Json::array();
  const auto add = [&](const reference::MatmulShape& shape, bool wide, const std::vector<std::int32_t>& a,
                       const std::vector<std::int32_t>& b) {
    cases.push_back({{"rows", shape.rows},
                     {"inner", shape.inner},
                     {"cols", shape.cols},
                     {"b_bits", wide ? 16 : 8},
                     {"a", a},
                     {"b", b},
                     {"int32", reference::matmul(shape, a, b)},
                     {"int16", reference::matmul(shape, a, b, true)}});
  };
  for (const auto& shape :
       {reference::MatmulShape{1, 1, 1}, {2, 3, 4}, {5, 16, 1}, {1, 7, 5}, {16, 16, 16}}) {
    for (const bool wide : {false, true}) {
      const std::int32_t end = wide ? 32767 : 127;
      add(shape, wide, random.integers<std::int32_t>(shape.rows * shape.inner, -128, 127),
          random.integers<std::int32_t>(shape.inner * shape.cols, -end - 1, end));
    }
  }
  add({1, 600, 1}, true, std::vector<std::int32_t>(600, -128),
      std::vector<std::int32_t>(600, -32768));  // wraps 32 bits
  add({2, 4, 1}, false, {127, 127, 127, 127, -128, -128, -128, -128}, {127, 127, 127, -128});
  return cases;
}

}  // namespace

void write_op_vectors(const std::filesystem::path& folder) {
  write_cases(folder, "rsh", "section 1: y = rsh(v, s)", rsh_cases());
  write_cases(folder, "isqrt", "section 1: y = isqrt(v)", isqrt_cases());
  write_cases(folder, "gemv", "section 2: weights (rows, cols), y16 = gemv16, y32 = gemv32", gemv_cases());
  write_cases(folder, "rms_norm", "section 4", norm_cases());
  write_cases(folder, "sine", "section 6: y = SIN(phase)", sine_cases());
  write_cases(folder, "rotary", "section 6: x turned at pos, as query and as cached key of 8 and 16 bits",
              rotary_cases());
  write_cases(folder, "exp2", "section 7: EXP2[0 .. 255]", exp2_cases());
  write_cases(folder, "attention", "section 7, one head: keys and values (positions, head_size)",
              attention_cases());
  write_cases(folder, "sigmoid", "section 8: y = SIGMOID(g)", sigmoid_cases());
  write_cases(folder, "gated", "section 8: h from g and u", gated_cases());
  write_cases(folder, "sampler", "section 10: token and random state after it", sampler_cases());
  write_cases(folder, "matmul", "section 11: a (rows, inner), b (inner, cols)", matmul_cases());
}

}  // namespace mcullm::tests

// SPDX-License-Identifier: MIT
#include "report/bench_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "report/bench_style.hpp"
#include "report/svg.hpp"

namespace mcullm::report {
namespace {

using nlohmann::ordered_json;

struct OpLook {
  std::string_view op, title, colour;
};

// Ops of one kind have one hue.
constexpr std::array looks = {
    OpLook{"embed", "embedding", "#7f8794"},
    OpLook{"att_norm", "norm", "#b4bac4"},
    OpLook{"q", "q", "#3d6fb4"},
    OpLook{"k", "k", "#5b8bcb"},
    OpLook{"v", "v", "#83a9dd"},
    OpLook{"q_rope", "rotation", "#2f9c95"},
    OpLook{"k_cache", "k cache", "#55b3ac"},
    OpLook{"v_cache", "v cache", "#7fc8c2"},
    OpLook{"score", "scores", "#e8a33d"},
    OpLook{"attention", "attention", "#e07b39"},
    OpLook{"att_residual", "o", "#2a5796"},
    OpLook{"ffn_norm", "norm", "#b4bac4"},
    OpLook{"gate", "gate", "#a9659e"},
    OpLook{"up", "up", "#bd83b4"},
    OpLook{"hidden", "gate, up", "#9a4f8e"},
    OpLook{"ffn_residual", "down", "#6f4a9c"},
    OpLook{"final_norm", "norm", "#b4bac4"},
    OpLook{"logits", "classifier", "#4f9153"},
};

auto look_of(std::string_view op) -> OpLook {
  const auto* found = std::ranges::find(looks, op, &OpLook::op);
  return found == looks.end() ? OpLook{op, op, "#999999"} : *found;
}

auto cell(std::string_view pointer, const ordered_json& data) -> std::string {
  const auto& value = data.at(nlohmann::ordered_json::json_pointer(std::string(pointer)));
  return value.is_number() ? number(pointer, value.get<double>(), readable(value.get<double>())) : "–";
}

auto text_at(const ordered_json& json, const char* key) -> std::string {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

// -- the head --------------------------------------------------------------------------------------------

auto tile(const std::string& value, std::string_view unit, std::string_view meaning) -> std::string {
  return fmt::format("<div class=\"tile\"><b>{}</b> <span>{}</span><p>{}</p></div>\n", value, unit,
                     escaped(meaning));
}

// The test that a person cares about: the first that decodes.
auto main_test(const ordered_json& bench) -> std::size_t {
  const auto& tests = bench.at("tests");
  for (std::size_t i = 0; i < tests.size(); ++i)
    if (tests[i].at("test") == "decode") return i;
  return 0;
}

auto head(const BenchPage& page) -> std::string {
  const auto& bench = page.bench;
  const auto board = text_at(bench, "board").empty() ? text_at(bench, "agent_name") : text_at(bench, "board");
  const auto test = fmt::format("/tests/{}", main_test(bench));
  const auto unit = text_at(bench, "tick_unit");
  std::string html = fmt::format(
      "<header><h1>{} <small>on</small> {}</h1>\n<p class=\"sub\">{} · {} parameters · {} bytes · {} MHz · "
      "<em>{}</em> · {}</p></header>\n<section class=\"tiles\">\n",
      escaped(text_at(bench, "model")), escaped(board), escaped(text_at(bench, "formats")),
      cell("/parameters", bench), cell("/image_bytes", bench),
      readable(bench.at("clock_hz").get<double>() / 1e6), escaped(text_at(bench, "basis")),
      escaped(text_at(bench, "port")));
  html += tile(
      cell(test + "/tokens_per_second", bench), "tokens/s",
      fmt::format("{} tokens from position {}", bench.at("tests")[main_test(bench)].at("tokens").get<int>(),
                  bench.at("tests")[main_test(bench)].at("depth").get<int>()));
  html += tile(cell(test + "/ticks_per_token", bench), unit, "per token");
  html += tile(cell(test + "/ticks_per_mac", bench), unit, "per multiplication, all products");
  html += tile(cell("/arena_bytes_used", bench), "bytes",
               "of memory, of " + readable(bench.at("arena_bytes").get<double>()));
  return html + "</section>\n";
}

// -- where the ticks go ----------------------------------------------------------------------------------

auto bar_of(std::string name, const ordered_json& run) -> Bar {
  Bar bar{.name = std::move(name), .total = readable(run.at("ticks").get<double>())};
  for (const auto& [op, ticks] : run.at("ops").items()) {
    const auto look = look_of(op);
    if (ticks.get<double>() > 0)
      bar.slices.push_back({std::string(look.title), std::string(look.colour), ticks.get<double>()});
  }
  return bar;
}

struct OpShare {
  std::string op;
  double ticks = 0;
};

auto shares_of(const ordered_json& token) -> std::vector<OpShare> {
  std::vector<OpShare> shares;
  for (const auto& [op, ticks] : token.at("ops").items())
    if (ticks.get<double>() > 0) shares.push_back({op, ticks.get<double>()});
  std::ranges::stable_sort(shares, std::ranges::greater{}, &OpShare::ticks);
  return shares;
}

auto share_table(const ordered_json& bench, const std::string& unit) -> std::string {
  const auto& token = bench.at("profile");
  const double all = std::max(token.at("ticks").get<double>(), 1.0);
  std::string html = fmt::format(
      "<table class=\"shares\"><thead><tr><th>op</th><th class=\"r\">{}</th><th "
      "class=\"r\">share</th><th></th></tr></thead>\n",
      escaped(unit));
  const auto shares = shares_of(token);
  for (const auto& share : shares) {
    const auto look = look_of(share.op);
    html += fmt::format(
        "<tr><td><i style=\"background:{}\"></i>{} <code>{}</code></td><td class=\"r\">{}</td><td "
        "class=\"r\">{:.1f} %</td>"
        "<td class=\"w\"><div style=\"width:{:.1f}%;background:{}\"></div></td></tr>\n",
        look.colour, escaped(look.title), escaped(share.op),
        cell(fmt::format("/profile/ops/{}", share.op), bench), 100 * share.ticks / all,
        100 * share.ticks / shares.front().ticks, look.colour);
  }
  return html + "</table>\n";
}

auto profile_section(const ordered_json& bench) -> std::string {
  if (!bench.contains("profile")) return "";
  const auto& profile = bench.at("profile");
  const auto unit = text_at(bench, "tick_unit");
  std::vector<Bar> bars = {bar_of("whole token", profile)};
  std::string html = fmt::format(
      "<section><h2>Where the {} of a token go</h2>\n<p>One token at position {}: {} {}.</p>\n",
      escaped(unit), cell("/profile/position", bench), cell("/profile/ticks", bench), escaped(unit));
  html += fmt::format("<figure>{}</figure>\n{}", stacked_bars(bars, unit), share_table(bench, unit));
  std::vector<Bar> layers;
  for (const auto& layer : profile.at("layers"))
    layers.push_back(bar_of(fmt::format("layer {}", layer.at("layer").get<int>()), layer));
  if (!layers.empty())
    html += "<h3>Layer by layer, at the same position</h3>\n<figure>" + stacked_bars(layers, unit) +
            "</figure>\n";
  return html + "</section>\n";
}

// -- speed -----------------------------------------------------------------------------------------------

// Where in the context a test lies, on average.
auto middle(const ordered_json& test) -> double {
  return test.at("depth").get<double>() + test.at("tokens").get<double>() / 2;
}

auto curves(const ordered_json& tests) -> std::vector<Series> {
  std::vector<Series> series = {{.name = "decode", .colour = "#3d6fb4"},
                                {.name = "prefill", .colour = "#4f9153"},
                                {.name = "predicted", .colour = "#b0562a", .dashed = true},
                                {.name = "predicted, prefill", .colour = "#c08a62", .dashed = true}};
  for (const auto& test : tests) {
    const std::size_t kind = test.at("test") == "decode" ? 0 : 1;
    series[kind].points.push_back({middle(test), test.at("tokens_per_second").get<double>()});
    const auto& predicted = test.at("predicted_tokens_per_second");
    if (predicted.is_number()) series[kind + 2].points.push_back({middle(test), predicted.get<double>()});
  }
  for (auto& one : series) std::ranges::stable_sort(one.points, {}, &Point::x);
  std::erase_if(series, [](const Series& one) { return one.points.empty(); });
  return series;
}

auto error_text(const ordered_json& test) -> std::string {
  const auto& predicted = test.at("predicted_tokens_per_second");
  const double achieved = test.at("tokens_per_second").get<double>();
  if (!predicted.is_number() || achieved <= 0) return "–";
  return fmt::format("{:+.1f} %", 100 * (predicted.get<double>() / achieved - 1));
}

auto speed_section(const ordered_json& bench) -> std::string {
  const auto& tests = bench.at("tests");
  const auto unit = text_at(bench, "tick_unit");
  std::string html = fmt::format(
      "<section><h2>Speed against context, predicted and achieved</h2>\n<p>Tokens per second of the board's "
      "own clock "
      "(<em>{}</em>), mean of {} runs. Predictions are those of <code>mcullm plan</code>, made before "
      "anything ran.</p>\n",
      escaped(text_at(bench, "basis")), bench.at("repetitions").get<int>());
  html += fmt::format("<figure>{}</figure>\n", line_chart(curves(tests), {.x_axis = "position in the context",
                                                                          .y_axis = "tokens per second"}));
  html += fmt::format(
      "<table><thead><tr><th>test</th><th class=\"r\">from position</th><th class=\"r\">tokens/s</th><th "
      "class=\"r\">±</th>"
      "<th class=\"r\">predicted</th><th class=\"r\">off by</th><th class=\"r\">{0}/token</th><th "
      "class=\"r\">{0}/MAC</th>"
      "<th class=\"r\">link bytes/token</th></tr></thead>\n",
      escaped(unit));
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const auto at = fmt::format("/tests/{}/", i);
    html += fmt::format("<tr><td>{} {}</td>", escaped(text_at(tests[i], "test")),
                        tests[i].at("tokens").get<int>());
    for (const char* key : {"depth", "tokens_per_second", "deviation", "predicted_tokens_per_second"})
      html += fmt::format("<td class=\"r\">{}</td>", cell(at + key, bench));
    html += fmt::format("<td class=\"r\">{}</td>", error_text(tests[i]));
    for (const char* key : {"ticks_per_token", "ticks_per_mac", "link_bytes_per_token"})
      html += fmt::format("<td class=\"r\">{}</td>", cell(at + key, bench));
    html += "</tr>\n";
  }
  return html + "</table></section>\n";
}

// -- quality ---------------------------------------------------------------------------------------------

auto quality_section(const std::vector<Quality>& qualities) -> std::string {
  if (qualities.empty()) return "";
  Series series{.name = "images", .colour = "#9a4f8e", .joined = false};
  std::string rows;
  for (const auto& one : qualities) {
    series.points.push_back({one.bytes, one.kl_nats, one.name});
    rows += fmt::format(
        "<tr><td>{}</td><td class=\"r\">{}</td><td class=\"r\">{:.5f}</td><td class=\"r\">{:.2f} %</td><td "
        "class=\"r\">{:.4f}</td></tr>\n",
        escaped(one.name), readable(one.bytes), one.kl_nats, 100 * one.top1, one.perplexity);
  }
  const auto chart =
      line_chart({series}, {.x_axis = "bytes of the image", .y_axis = "KL to fp32, nats", .log_y = true});
  return fmt::format(
      "<section><h2>Quality against bytes</h2>\n<p>How far the integer model is from the float one it was "
      "made of: mean KL "
      "divergence of the next token, lower is better (<code>mcullm "
      "eval</code>).</p>\n<figure>{}</figure>\n<table><thead><tr>"
      "<th>image</th><th class=\"r\">bytes</th><th class=\"r\">KL, nats</th><th class=\"r\">same first "
      "choice</th>"
      "<th class=\"r\">perplexity</th></tr></thead>\n{}</table></section>\n",
      chart, rows);
}

auto foot(const BenchPage& page) -> std::string {
  // "</" would end the element early
  std::string data = page.bench.dump(-1, ' ', true, ordered_json::error_handler_t::replace);
  for (auto at = data.find("</"); at != std::string::npos; at = data.find("</", at + 3))
    data.insert(data.begin() + static_cast<std::ptrdiff_t>(at) + 1, '\\');
  return fmt::format(
      "<footer><p><code>{}</code></p><p>mcullm {}, {}. The numbers stand in this file as JSON too, as "
      "<code>mcullm bench --json</code> prints them.</p></footer>\n"
      "<script type=\"application/json\" id=\"bench\">{}</script>\n",
      escaped(page.command), escaped(page.version), escaped(page.date), data);
}

}  // namespace

auto bench_page(const BenchPage& page) -> std::string {
  return fmt::format(
             "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta name=\"viewport\" "
             "content=\"width=device-width, initial-scale=1\">\n<title>{} on "
             "{}</title>\n<style>{}</style></head>\n<body><main>\n",
             escaped(text_at(page.bench, "model")), escaped(text_at(page.bench, "agent_name")), bench_style) +
         head(page) + profile_section(page.bench) + speed_section(page.bench) +
         quality_section(page.qualities) + foot(page) + "</main></body></html>\n";
}

}  // namespace mcullm::report

// SPDX-License-Identifier: MIT
// How the page of a benchmark looks, on a screen and on paper.
#pragma once

namespace mcullm::report {

inline constexpr auto bench_style = R"(
:root{--ink:#1c2430;--soft:#5d6876;--line:#dfe3e8;--paper:#fff;--tile:#f5f7f9}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif}
main{max-width:860px;margin:0 auto;padding:40px 28px}
h1{font-size:30px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
h1 small{font-weight:400;color:var(--soft)}
h2{font-size:20px;margin:0 0 4px}
h3{font-size:15px;margin:26px 0 8px}
p{margin:0 0 12px;color:var(--soft)}
em{font-style:normal;font-weight:600;color:#8a4b12;background:#fdf1e3;border-radius:3px;padding:0 5px}
code{font:13px ui-monospace,"DejaVu Sans Mono",monospace;color:inherit}
section{margin:40px 0 0}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin-top:22px}
.tile{background:var(--tile);border:1px solid var(--line);border-radius:8px;padding:12px 14px}
.tile b{font-size:22px;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
.tile span{color:var(--soft);white-space:nowrap}
.tile p{margin:2px 0 0;font-size:13px}
figure{margin:14px 0}
svg{display:block;width:100%;height:auto;font:12px system-ui,"Segoe UI","DejaVu Sans",sans-serif}
.grid{stroke:var(--line)}
.curve{fill:none;stroke-width:2.5;stroke-linejoin:round}
circle{stroke-width:2}
.mark{fill:var(--ink);font-variant-numeric:tabular-nums}
.axis{fill:var(--soft)}
.name,.label{font-weight:600}
.inside{fill:#fff;font-weight:600}
table{margin-top:8px;border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th{font-weight:600;color:var(--soft);text-align:left;border-bottom:1px solid var(--ink);padding:5px 8px 5px 0;vertical-align:bottom}
td{border-bottom:1px solid var(--line);padding:5px 8px 5px 0;white-space:nowrap}
th.r,td.r{text-align:right;padding:5px 8px}
td.w{width:38%;padding-left:14px}
td.w div{height:11px;border-radius:2px;min-width:1px}
td i{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:8px}
td code{color:var(--soft);margin-left:4px}
footer{margin-top:44px;border-top:1px solid var(--line);padding-top:14px;font-size:13px}
footer p{margin:0 0 4px}
@media(max-width:640px){.tiles{grid-template-columns:repeat(2,1fr)}main{padding:20px 14px}section{overflow-x:auto}}
@media print{main{max-width:none;padding:0}body{font-size:12px}section{break-inside:avoid}
rect,td i,td.w div,.tile,em{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)";

}  // namespace mcullm::report

// SPDX-License-Identifier: MIT
// A benchmark as one page: a file of its own, without scripts, for a browser and for paper.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mcullm::report {

// How good a model image is, against how large: what `mcullm eval --json` says, and the image's bytes.
struct Quality {
  std::string name;
  double bytes = 0, kl_nats = 0, top1 = 0, perplexity = 0;
};

struct BenchPage {
  // What `mcullm bench --json` prints, with "profile": the ticks of each op of one token, and of each layer.
  nlohmann::ordered_json bench;
  std::vector<Quality> qualities;
  std::string command, version, date;
};

// Every number of the page carries its value and the JSON pointer of where it stands in `bench`.
auto bench_page(const BenchPage& page) -> std::string;

}  // namespace mcullm::report

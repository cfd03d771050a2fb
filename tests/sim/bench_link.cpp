// SPDX-License-Identifier: MIT
// bench_link [MODEL.mcm]: round trips and rates of the agent of this computer.
#include <chrono>
#include <cstdio>

#include "base/file.hpp"
#include "flash/upload.hpp"
#include "link/board.hpp"
#include "sim/open_port.hpp"

using namespace mcullm;

namespace {

template <class Work>
auto seconds(Work&& work) -> double {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

auto fail(const Error& error) -> int {
  std::fprintf(stderr, "%s\n", error.what.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  auto line = sim::open_port("sim:native");
  if (!line) return fail(line.error());
  link::Board board(std::move(line).value());
  if (const auto hello = board.connect(); !hello) return fail(hello.error());

  constexpr int round_trips = 20'000;
  const auto stats_time = seconds([&] {
    for (int i = 0; i < round_trips; ++i) (void)board.stats();
  });
  std::printf("STATS   %6.1f us a round trip\n", stats_time / round_trips * 1e6);

  const std::vector<std::byte> block(1 << 20, std::byte{0x5A});
  const auto put_time = seconds([&] { (void)board.put(0, block); });
  const auto get_time = seconds([&] { (void)board.get(0, block.size()); });
  std::printf("PUT     %6.1f MB/s\nGET     %6.1f MB/s\n", 1.048576 / put_time, 1.048576 / get_time);

  if (argc > 1) {
    const auto image = read_file(argv[1]);
    if (!image) return fail(image.error());
    std::optional<Error> error;
    const auto upload_time = seconds([&] {
      const auto done = flash::upload(board, *image);
      if (!done) error = done.error();
    });
    if (error) return fail(*error);
    const auto again_time = seconds([&] { (void)flash::upload(board, *image); });
    std::printf("upload  %6.3f s for %zu bytes, %.3f s when they are there already\n", upload_time,
                image->size(), again_time);
  }
  std::printf("retries %6llu of %llu requests\n", static_cast<unsigned long long>(board.statistics().retries),
              static_cast<unsigned long long>(board.statistics().requests));
  return 0;
}

// SPDX-License-Identifier: MIT
// Threads that do the same work on different shares, again and again.
#pragma once

#include <barrier>
#include <functional>
#include <thread>
#include <vector>

namespace mcullm::train {

class ThreadTeam {
 public:
  explicit ThreadTeam(int size) : start_(size), end_(size) {
    for (int index = 1; index < size; ++index)
      threads_.emplace_back([this, index] {
        for (;;) {
          start_.arrive_and_wait();
          if (!work_) return;
          work_(index);
          end_.arrive_and_wait();
        }
      });
  }

  ~ThreadTeam() {
    work_ = nullptr;
    start_.arrive_and_wait();
    for (auto& thread : threads_) thread.join();
  }

  ThreadTeam(const ThreadTeam&) = delete;
  auto operator=(const ThreadTeam&) -> ThreadTeam& = delete;

  auto size() const -> int { return static_cast<int>(threads_.size()) + 1; }

  // Calls work(0) .. work(size - 1) at the same time and returns when all are done.
  void run(std::function<void(int)> work) {
    work_ = std::move(work);
    start_.arrive_and_wait();
    work_(0);
    end_.arrive_and_wait();
  }

 private:
  std::function<void(int)> work_;
  std::barrier<> start_, end_;
  std::vector<std::thread> threads_;
};

}  // namespace mcullm::train

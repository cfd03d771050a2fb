// SPDX-License-Identifier: MIT
#include "trace/recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "trace/hex.hpp"

namespace mcullm::trace {
namespace {

// A text as JSON writes it; bytes that are no UTF-8 become replacement characters.
auto json_text(std::string_view text) -> std::string {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// 0, or why not all was written: a full disk ends the recording, not the conversation.
auto write_all(int fd, std::string_view text) -> int {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

class RecordedTransport : public link::Transport {
 public:
  RecordedTransport(std::unique_ptr<link::Transport> line, std::shared_ptr<Recorder> recorder)
      : line_(std::move(line)),
        recorder_(std::move(recorder)),
        number_(recorder_->open_line(line_->name())) {}
  ~RecordedTransport() override { recorder_->mark(number_, "close"); }

  auto read(std::span<std::byte> into, std::chrono::milliseconds patience) -> std::size_t override {
    const auto count = line_->read(into, patience);
    if (count > 0) recorder_->received(number_, into.first(count));
    return count;
  }
  void write(std::span<const std::byte> bytes) override {
    recorder_->sent(number_, bytes);  // before the reply can come
    line_->write(bytes);
  }
  void drain() override { line_->drain(); }
  auto connected() const -> bool override {
    const bool here = line_->connected();
    if (!here && !std::exchange(gone_, true)) recorder_->mark(number_, "gone");
    return here;
  }
  auto next_rate() -> bool override { return line_->next_rate(); }
  void reset() override {
    recorder_->mark(number_, "reset");
    line_->reset();
  }
  auto slowness() const -> int override { return line_->slowness(); }
  auto name() const -> std::string override { return line_->name(); }
  auto failure() const -> std::optional<Error> override { return line_->failure(); }
  auto remedy() const -> std::string override { return line_->remedy(); }

 private:
  std::unique_ptr<link::Transport> line_;
  std::shared_ptr<Recorder> recorder_;
  int number_;
  mutable bool gone_ = false;  // and written down
};

}  // namespace

auto Recorder::open(const std::filesystem::path& path, const std::string& version,
                    const std::vector<std::string>& command) -> Result<std::shared_ptr<Recorder>> {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) {
    return Error{Exit::usage, fmt::format("--trace {}: {}", path.string(), std::strerror(errno)),
                 "name a file in a folder that you may write to"};
  }
  std::vector<std::string> words;
  for (const auto& word : command) words.push_back(json_text(word));
  std::shared_ptr<Recorder> recorder(new Recorder(fd));
  recorder->put(fmt::format("{{\"schema\":\"mcullm.trace.v1\",\"version\":{},\"command\":[{}]}}\n",
                            json_text(version), fmt::join(words, ",")));
  return recorder;
}

Recorder::~Recorder() { ::close(fd_); }

auto Recorder::loss() const -> std::string { return failed_ == 0 ? "" : std::strerror(failed_); }

// One write() a record: a crash cuts at most the last of them.
void Recorder::put(std::string_view record) {
  if (const int failed = write_all(fd_, record); failed != 0 && failed_ == 0) failed_ = failed;
}

void Recorder::write(std::string_view rest) {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began_;
  put(fmt::format("{{\"t\":{:.6f},{}}}\n", elapsed.count(), rest));
}

auto Recorder::open_line(std::string_view name) -> int {
  const std::scoped_lock lock(mutex_);
  ++lines_;
  write(fmt::format(R"("line":{},"open":{})", lines_, json_text(name)));
  return lines_;
}

void Recorder::sent(int line, std::span<const std::byte> bytes) {
  const std::scoped_lock lock(mutex_);
  write(fmt::format(R"("line":{},"to":"{}")", line, to_hex(bytes)));
}

void Recorder::received(int line, std::span<const std::byte> bytes) {
  const std::scoped_lock lock(mutex_);
  write(fmt::format(R"("line":{},"from":"{}")", line, to_hex(bytes)));
}

void Recorder::mark(int line, std::string_view what) {
  const std::scoped_lock lock(mutex_);
  write(fmt::format(R"("line":{},"{}":true)", line, what));
}

void Recorder::note(std::string_view key, std::string_view text) {
  const std::scoped_lock lock(mutex_);
  write(fmt::format(R"("note":{},"text":{})", json_text(key), json_text(text)));
}

auto make_recorded(std::unique_ptr<link::Transport> line, std::shared_ptr<Recorder> recorder)
    -> std::unique_ptr<link::Transport> {
  return std::make_unique<RecordedTransport>(std::move(line), std::move(recorder));
}

}  // namespace mcullm::trace

// SPDX-License-Identifier: MIT
// The agent as a program: a byte stream on its standard input and output, flash memory in a file.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "proto/bytes.h"
#include "proto/frame.h"
#include "proto/message.h"

namespace {

using Bytes = std::vector<std::uint8_t>;

// The agent on two pipes, or on the slave of a pty.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments, bool on_pty = false) {
    int to[2], from[2];
    if (on_pty) {
      to[1] = from[0] = posix_openpt(O_RDWR | O_NOCTTY);
      REQUIRE(grantpt(to[1]) == 0);
      REQUIRE(unlockpt(to[1]) == 0);
      to[0] = from[1] = open(ptsname(to[1]), O_RDWR | O_NOCTTY);
    } else {
      REQUIRE(pipe(to) == 0);
      REQUIRE(pipe(from) == 0);
    }
    arguments.insert(arguments.begin(), AGENT_PROGRAM);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(to[0], 0);
      dup2(from[1], 1);
      for (const int fd : {to[0], to[1], from[0], from[1]}) close(fd);
      std::vector<char*> argv;
      for (auto& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      execv(AGENT_PROGRAM, argv.data());
      _exit(127);
    }
    close(to[0]);
    if (from[1] != to[0]) close(from[1]);
    in_ = to[1];
    out_ = from[0];
    if (on_pty) wait_until_raw();
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  ~Program() {
    hang_up();
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }

  void hang_up() {
    if (in_ >= 0) close(in_);
    if (out_ >= 0 && out_ != in_) close(out_);
    in_ = out_ = -1;
  }

  // The exit status once it ends by itself within two seconds, else -1.
  auto wait() -> int {
    for (int i = 0; i < 200; i++) {
      int status = 0;
      if (waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return -1;
  }

  auto request(std::uint8_t type, const Bytes& payload = {}) -> Bytes {
    const mcl_frame_t frame = {
        MCL_WIRE_VERSION, type, ++seq_, boot_id, static_cast<std::uint16_t>(payload.size()), payload.data()};
    Bytes wire(MCL_WIRE_BYTES(payload.size()));
    wire.resize(mcl_frame_encode(wire.data(), &frame));
    REQUIRE(::write(in_, wire.data(), wire.size()) == static_cast<ssize_t>(wire.size()));
    return reply();
  }

  auto hello() -> mcl_hello_t {
    boot_id = 0;
    const auto payload = request(MCL_HELLO, {1});
    mcl_hello_t hello = {};
    REQUIRE(mcl_hello_unpack(&hello, payload.data() + 1, payload.size() - 1));
    boot_id = hello.boot_id;
    return hello;
  }

  auto cpu_ticks() const -> long {
    std::ifstream stat("/proc/" + std::to_string(pid_) + "/stat");
    std::string field;
    long ticks = 0;
    for (int i = 1; i <= 15 && stat >> field; i++) {
      if (i >= 14) ticks += std::stol(field);
    }
    return ticks;
  }

  std::uint16_t boot_id = 0;

 private:
  // Until then a terminal echoes, and takes some bytes for itself.
  void wait_until_raw() {
    for (int i = 0; i < 200; i++) {
      termios mode;
      REQUIRE(tcgetattr(in_, &mode) == 0);
      if ((mode.c_lflag & (ICANON | ECHO)) == 0) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL("the agent does not set its terminal raw");
  }

  auto reply() -> Bytes {
    Bytes buffer(2048);
    mcl_receiver_t receiver;
    mcl_receiver_init(&receiver, buffer.data(), static_cast<std::uint16_t>(buffer.size()));
    for (pollfd fd = {out_, POLLIN, 0}; poll(&fd, 1, 5000) > 0;) {
      std::uint8_t byte = 0;
      if (read(out_, &byte, 1) != 1) break;
      mcl_frame_t frame;
      if (mcl_receiver_push(&receiver, byte, &frame))
        return {frame.payload, frame.payload + frame.payload_len};
    }
    FAIL("no reply");
    return {};
  }

  pid_t pid_ = -1;
  int in_ = -1, out_ = -1;
  std::uint16_t seq_ = 0;
};

struct TemporaryFile {
  std::string path =
      (std::filesystem::temp_directory_path() / ("mcullm-flash-" + std::to_string(getpid()))).string();
  ~TemporaryFile() { std::filesystem::remove(path); }
};

}  // namespace

TEST_CASE("posix agent: answers over a pipe and over a pty, and ends when the other side is gone",
          "[device][posix]") {
  const bool on_pty = GENERATE(false, true);
  CAPTURE(on_pty);
  Program agent({"--arena", "8192", "--max-payload", "200"}, on_pty);
  const auto hello = agent.hello();
  CHECK(std::string(hello.board) == "native");
  CHECK(hello.arena_bytes == 8192);
  CHECK(hello.max_payload == 200);
  CHECK(hello.tick_unit == MCL_TICKS_NANOSECONDS);
  // every byte value passes, the control characters of terminals too
  Bytes put = {0, 0, 0, 0};
  for (int i = 0; i < 190; i++) put.push_back(static_cast<std::uint8_t>(i));
  CHECK(agent.request(MCL_PUT, put) == Bytes{MCL_OK});
  const auto got = agent.request(MCL_GET, {0, 0, 0, 0, 190, 0});
  CHECK(Bytes(got.begin() + 1, got.end()) == Bytes(put.begin() + 4, put.end()));
  agent.hang_up();
  CHECK(agent.wait() == 0);
}

TEST_CASE("posix agent: sleeps when nothing arrives", "[device][posix]") {
  Program agent({});
  agent.hello();
  const auto before = agent.cpu_ticks();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  CHECK(agent.cpu_ticks() - before <= 2);
}

TEST_CASE("posix agent: a reset is a new boot with the same store", "[device][posix]") {
  const TemporaryFile flash;
  Program agent({"--store", flash.path, "--store-bytes", "65536"});
  const auto before = agent.hello();
  CHECK(before.store_bytes == 65536);
  CHECK(before.erase_bytes == 4096);
  CHECK(agent.request(MCL_STORE_BEGIN, {0, 16, 0, 0}) == Bytes({MCL_OK, 0, 2, 0, 0}));
  Bytes block = {0, 2, 0, 0};
  block.resize(4 + 512, 0x5A);
  CHECK(agent.request(MCL_STORE_WRITE, block) == Bytes({MCL_OK, 0, 4, 0, 0}));
  CHECK(agent.request(MCL_RESET) == Bytes{MCL_OK});
  CHECK(agent.request(MCL_STATS).at(0) == MCL_ERR_BOOT);
  agent.hello();
  CHECK(agent.boot_id != before.boot_id);
  CHECK(agent.request(MCL_STORE_READ, {0, 2, 0, 0, 2, 0}) == Bytes({MCL_OK, 0x5A, 0x5A}));
  CHECK(std::filesystem::file_size(flash.path) == 65536);
}

TEST_CASE("posix agent: wrong options end it with status 2", "[device][posix]") {
  const auto arguments =
      GENERATE(std::vector<std::string>{"--arena", "many"}, std::vector<std::string>{"--max-payload", "95"},
               std::vector<std::string>{"surplus"}, std::vector<std::string>{"--nonsense"});
  Program agent(arguments);
  CHECK(agent.wait() == 2);
}

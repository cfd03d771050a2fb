// SPDX-License-Identifier: MIT
// An agent that computes right and tells wrong: it relays a real one, and changes one bit in the Nth reply to
// GENERATE or MATMUL. Every frame it sends has its right CRC, so that only the reference can know.
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <thread>
#include <vector>

#include "link/process_transport.hpp"
#include "proto/frame.h"
#include "proto/message.h"

namespace {

constexpr std::size_t first_logits_crc = 1 + 4 + 8 + 1 + 2;  // of a GENERATE reply: after status .. token
constexpr std::size_t first_cell = 1 + 4;                    // of a MATMUL reply: after status, ticks

class Liar {
 public:
  explicit Liar(int lie_at) : lie_at_(lie_at), buffer_(MCL_COBS_MAX(MCL_FRAME_BYTES(MCL_PAYLOAD_MAX))) {
    mcl_receiver_init(&receiver_, buffer_.data(), static_cast<std::uint16_t>(buffer_.size()));
  }

  void relay(std::span<const std::byte> bytes) {
    for (const auto byte : bytes) {
      mcl_frame_t frame{};
      if (mcl_receiver_push(&receiver_, std::to_integer<std::uint8_t>(byte), &frame) != 0) tell(frame);
    }
  }

 private:
  void tell(mcl_frame_t frame) {
    std::vector<std::uint8_t> payload(frame.payload, frame.payload + frame.payload_len);
    const auto place = frame.type == (MCL_MATMUL | MCL_REPLY) ? first_cell : first_logits_crc;
    const bool is_answer = frame.type == (MCL_GENERATE | MCL_REPLY) || frame.type == (MCL_MATMUL | MCL_REPLY);
    if (is_answer && payload.size() > place && ++answers_ == lie_at_) payload[place] ^= 1;
    frame.payload = payload.data();
    std::array<std::uint8_t, MCL_WIRE_BYTES(MCL_PAYLOAD_MAX)> wire;
    const auto size = mcl_frame_encode(wire.data(), &frame);
    if (::write(STDOUT_FILENO, wire.data(), size) < 0) std::_Exit(1);
  }

  int lie_at_, answers_ = 0;
  std::vector<std::uint8_t> buffer_;
  mcl_receiver_t receiver_{};
};

void listen(mcullm::link::Transport& agent) {
  std::array<std::byte, 4096> bytes;
  for (;;) {
    const auto count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0) std::_Exit(0);
    agent.write(std::span(bytes).first(static_cast<std::size_t>(count)));
  }
}

}  // namespace

// lying_agent N AGENT ARGUMENT...
int main(int argc, char** argv) {
  if (argc < 3) return 2;
  auto agent = mcullm::link::start_process(std::vector<std::string>(argv + 2, argv + argc), "agent");
  if (!agent) return 1;
  std::thread listener([&] { listen(**agent); });
  Liar liar(std::atoi(argv[1]));
  std::array<std::byte, 4096> bytes;
  while ((*agent)->connected()) {
    const auto count = (*agent)->read(bytes, std::chrono::milliseconds(100));
    liar.relay(std::span(bytes).first(count));
  }
  std::_Exit(0);
}

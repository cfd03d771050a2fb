// SPDX-License-Identifier: MIT
// Writes the seeds of every fuzzer: good files of many shapes, and every bad file of the tests under the name
// of its defect. fuzz_seeds FOLDER
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "base/file.hpp"
#include "checkpoint/llama2c.hpp"
#include "image/model_image.hpp"
#include "proto/frame.h"
#include "proto/message.h"
#include "tests/checkpoint/bad_checkpoints.hpp"
#include "tests/checkpoint/sample_checkpoint.hpp"
#include "tests/image/bad_images.hpp"
#include "tests/image/sample_image.hpp"
#include "trace/hex.hpp"
#include "trace/pieces.hpp"
#include "train/training_state.hpp"

using namespace mcullm;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t header_bytes = 512, most_bytes = 8192;

class Folder {
 public:
  explicit Folder(fs::path path) : path_(std::move(path)) { fs::create_directories(path_); }

  // Large files only slow a fuzzer down.
  void put(const std::string& name, std::span<const std::byte> bytes) {
    if (bytes.size() <= most_bytes && !write_file(path_ / name, bytes)) failed_ = true;
  }
  void put_bad(const std::vector<tests::BadFile>& bad) {
    for (const auto& file : bad) put(file.defect, file.bytes);
  }
  auto failed() const -> bool { return failed_; }

 private:
  fs::path path_;
  bool failed_ = false;
};

auto seed_checkpoints(Folder folder) -> bool {
  std::uint32_t seed = 0;
  for (const auto& shape : tests::sample_shapes(6)) {
    ++seed;
    const auto model = tests::sample_model(shape, seed % 2 == 0, seed);
    folder.put(fmt::format("good_v0_{}", seed), checkpoint::write_checkpoint_v0(model));
    folder.put(fmt::format("good_v1_{}", seed), tests::write_v1(model));
    folder.put(fmt::format("good_v2_{}", seed), tests::write_v2(model, 2).bytes);
  }
  folder.put_bad(tests::bad_checkpoints());
  return !folder.failed();
}

auto seed_tokenizers(Folder folder) -> bool {
  for (const int vocab_size : {32, 33, 64, 500})
    folder.put(fmt::format("good_{}", vocab_size),
               checkpoint::write_tokenizer(tests::sample_vocabulary(vocab_size, 1)));
  folder.put_bad(tests::bad_tokenizers());
  return !folder.failed();
}

auto seed_images(Folder models, Folder floats, Folder headers) -> bool {
  std::uint32_t seed = 0;
  for (const auto& shape : tests::sample_shapes(8)) {
    ++seed;
    const tests::Storage storage{.layer_bits = seed % 2 == 0 ? 8 : 4, .shared_classifier = seed % 3 != 0};
    const auto model = image::write_model_image(tests::sample_model_image(shape, storage, seed));
    models.put(fmt::format("good_{}", seed), model);
    headers.put(fmt::format("good_{}", seed), std::span(model).first(header_bytes));
    floats.put(fmt::format("good_{}", seed),
               image::write_float_image(tests::sample_float_image(shape, storage.shared_classifier, seed)));
  }
  models.put_bad(tests::bad_model_images());
  headers.put_bad(tests::bad_model_images());
  floats.put_bad(tests::bad_float_images());
  return !models.failed() && !floats.failed() && !headers.failed();
}

auto seed_frames(Folder folder) -> bool {
  for (const auto length : {0U, 1U, 16U, 253U, 254U, 255U, 1024U}) {
    for (const auto fill : {0x00, 0x01, 0xFF}) {
      const std::vector<std::uint8_t> payload(length, static_cast<std::uint8_t>(fill));
      mcl_frame_t frame{};
      frame.version = MCL_WIRE_VERSION;
      frame.type = MCL_PUT;
      frame.seq = 0x0100;
      frame.payload_len = static_cast<std::uint16_t>(length);
      frame.payload = payload.data();
      std::vector<std::uint8_t> wire(MCL_WIRE_BYTES(length));
      wire.resize(mcl_frame_encode(wire.data(), &frame));
      folder.put(fmt::format("good_{}_{:02x}", length, fill), std::as_bytes(std::span(wire)));
    }
  }
  return !folder.failed();
}

// A HELLO, and lists of replies: a length byte, a status, fields.
auto seed_messages(Folder folder) -> bool {
  std::vector<std::uint8_t> hello(MCL_HELLO_REPLY_BYTES);
  const mcl_hello_t empty{};
  mcl_hello_pack(hello.data(), &empty);
  folder.put("hello", std::as_bytes(std::span(hello)));
  for (const auto length : {1U, 5U, 9U, 16U, 25U, 255U}) {
    std::vector<std::uint8_t> replies;
    for (int i = 0; i < 12; ++i) {
      replies.push_back(static_cast<std::uint8_t>(length));
      replies.push_back(MCL_OK);
      replies.insert(replies.end(), length - 1, 1);
    }
    folder.put(fmt::format("replies_{}", length), std::as_bytes(std::span(replies)));
  }
  return !folder.failed();
}

// A conversation, and the same with its fields cut off one by one.
auto seed_saved_texts(Folder folder) -> bool {
  const std::string_view text =
      R"({"schema": "mcullm.conversation.v1", "model": "model", "text": "Once", "temperature": 0.7, )"
      R"("top_p": 0.9, "n": 0, "random_state": "18446744073709551615", "tokens": [1, 403, 65535]})";
  for (auto end = text.size(); end != std::string_view::npos && end > 0; end = text.rfind(',', end - 1))
    folder.put(fmt::format("cut_at_{}", end), std::as_bytes(std::span(text.substr(0, end))));
  return !folder.failed();
}

auto seed_training_states(Folder folder) -> bool {
  train::TrainingState state;
  state.step = 3;
  for (auto* buffer : {&state.parameters, &state.mean, &state.variance, &state.best_parameters})
    buffer->assign(4, 0.5F);
  folder.put("good", train::write_training_state(state));
  return !folder.failed();
}

auto seed_avr_programs(Folder folder) -> bool {
  const std::string_view hex = ":100000000C9434000C943E000C943E000C943E0082\n:0210000001DA13\n:00000001FF\n";
  folder.put("hex", std::as_bytes(std::span(hex)));
  folder.put("elf_magic", std::as_bytes(std::span(std::string_view("\177ELF\1\1\1"))));
  return !folder.failed();
}

auto trace_record(double seconds, std::string_view what, std::uint8_t type,
                  const std::vector<std::byte>& payload) -> std::string {
  const trace::Frame frame{MCL_WIRE_VERSION, type, 7, 1, payload};
  return fmt::format("{{\"t\":{},\"line\":1,\"{}\":\"{}\"}}\n", seconds, what,
                     trace::to_hex(trace::encode_frame(frame)));
}

// One request of each kind with a reply, and a recording of all of them.
auto seed_traces(Folder folder) -> bool {
  const std::string opening =
      "{\"schema\":\"mcullm.trace.v1\",\"version\":\"1\",\"command\":[\"mcullm\"]}\n"
      "{\"t\":0,\"line\":1,\"open\":\"sim:native\"}\n{\"t\":0,\"note\":\"seed\",\"text\":\"1\"}\n";
  const std::string closing = "{\"t\":9,\"line\":1,\"gone\":true}\n{\"t\":9,\"line\":1,\"close\":true}\n";
  std::string all = opening;
  for (const std::uint8_t type : {MCL_HELLO, MCL_STATS, MCL_PUT, MCL_MATMUL, MCL_TOKEN, MCL_PREFILL,
                                  MCL_GENERATE, MCL_TRACE, MCL_STORE_WRITE}) {
    const std::vector<std::byte> payload(24, std::byte{0});
    const auto exchange =
        trace_record(1, "to", type, payload) + trace_record(1, "from", type | MCL_REPLY, payload);
    const std::string one = opening + exchange + closing;
    folder.put(fmt::format("good_{:02x}", type), std::as_bytes(std::span(one)));
    all += exchange;
  }
  all += closing;
  folder.put("good", std::as_bytes(std::span(all)));
  return !folder.failed();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
    return 2;
  }
  const fs::path root = argv[1];
  const bool ok = seed_checkpoints(Folder(root / "checkpoint")) &&
                  seed_tokenizers(Folder(root / "tokenizer")) &&
                  seed_images(Folder(root / "model_image"), Folder(root / "float_image"),
                              Folder(root / "image_header")) &&
                  seed_frames(Folder(root / "frame")) && seed_messages(Folder(root / "message")) &&
                  seed_saved_texts(Folder(root / "saved_text")) &&
                  seed_training_states(Folder(root / "training_state")) &&
                  seed_avr_programs(Folder(root / "avr_program")) && seed_traces(Folder(root / "trace"));
  return ok ? 0 : 1;
}

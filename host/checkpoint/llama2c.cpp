// SPDX-License-Identifier: MIT
// v0: seven int32, then fp32 tensors in the order of tensors_of, with two rope tables before wcls.
// v1: header of 256 bytes, then fp32 tensors, the norms first.
// v2: header of 256 bytes, the norms in fp32, then per matrix int8 values and fp32 scales, one per group of
//     `group_size` values that follow one another across rows.
#include "checkpoint/llama2c.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/byte_writer.hpp"
#include "base/span_reader.hpp"
#include "checkpoint/shape.hpp"
#include "checkpoint/tensors.hpp"

namespace mcullm::checkpoint {

namespace {

constexpr std::uint32_t magic = 0x616B3432;  // "ak42"
constexpr std::size_t v0_header_bytes = 28, header_bytes = 256;

struct Header {
  ModelShape shape;
  bool shared_classifier = true;
  int version = 0;
  int group_size = 0;
};

auto bad(std::string_view name, const std::string& what, std::string hint) -> Error {
  return {Exit::input, fmt::format("{}: {}", name, what), std::move(hint)};
}

auto bad_field(std::string_view name, std::string_view field, std::int64_t found, std::string_view expected)
    -> Error {
  return bad(name, fmt::format("field '{}' is {}, expected {}", field, found, expected),
             "is this a checkpoint of llama2.c's export.py, and whole?");
}

auto too_short(std::string_view name, std::size_t found, std::size_t least) -> Error {
  return bad(name, fmt::format("{} bytes, too short for a checkpoint header of {}", found, least),
             "the file is empty, incomplete or something else");
}

// The seven integers that all versions share; vocab_size keeps its sign. Precondition: 28 bytes remain.
auto read_shape(SpanReader& in) -> ModelShape {
  ModelShape shape;
  for (int* field : {&shape.dim, &shape.hidden_dim, &shape.n_layers, &shape.n_heads, &shape.n_kv_heads,
                     &shape.vocab_size, &shape.context})
    *field = *in.read_i32();
  return shape;
}

auto check_shape(const ModelShape& shape, std::string_view name) -> Result<Ok> {
  if (const auto fault = shape_fault(shape)) return bad_field(name, fault->field, fault->found, fault->rule);
  return Ok{};
}

auto read_v0_header(SpanReader& in, std::string_view name) -> Result<Header> {
  if (in.remaining() < v0_header_bytes) return too_short(name, in.remaining(), v0_header_bytes);
  Header header{.shape = read_shape(in)};
  // a negative vocabulary says that the classifier is not shared
  header.shared_classifier = header.shape.vocab_size > 0;
  if (header.shape.vocab_size < -65536)
    return bad_field(name, "vocab_size", header.shape.vocab_size, "32..65536, or negative when not shared");
  header.shape.vocab_size = std::abs(header.shape.vocab_size);
  if (const auto ok = check_shape(header.shape, name); !ok) return ok.error();
  return header;
}

// Precondition: the magic has been read.
auto read_versioned_header(SpanReader& in, std::string_view name) -> Result<Header> {
  const auto rest = in.read_bytes(header_bytes - sizeof magic);
  if (!rest) return too_short(name, in.offset() + in.remaining(), header_bytes);
  SpanReader fields(*rest);
  Header header;
  header.version = *fields.read_i32();
  if (header.version != 1 && header.version != 2)
    return bad(name, fmt::format("field 'version' is {}, expected 1 or 2", header.version),
               "export it with llama2.c's export.py --version 0, 1 or 2");
  header.shape = read_shape(fields);
  if (const auto ok = check_shape(header.shape, name); !ok) return ok.error();
  const auto shared = *fields.read_le<std::uint8_t>();
  if (shared > 1) return bad_field(name, "shared_classifier", shared, "0 or 1");
  header.shared_classifier = shared == 1;
  if (header.version == 2) header.group_size = *fields.read_i32();
  if (header.version == 2 && header.group_size < 1)
    return bad_field(name, "group_size", header.group_size, "at least 1");
  while (const auto padding = fields.read_le<std::uint8_t>()) {
    if (*padding != 0)
      return bad_field(name, fmt::format("padding at byte {}", sizeof magic + fields.offset() - 1), *padding,
                       "0");
  }
  return header;
}

auto is_norm(const Tensor& tensor) -> bool { return tensor.name.ends_with("norm"); }

// llama2.c's order for v1 and v2: all norms, then the embedding and the matrices, the classifier last.
auto norms_first(std::vector<Tensor> tensors) -> std::vector<Tensor> {
  std::stable_partition(tensors.begin(), tensors.end(), is_norm);
  return tensors;
}

auto rope_table_bytes(const ModelShape& shape) -> std::uint64_t {
  return sizeof(float) * static_cast<std::uint64_t>(shape.context) *
         static_cast<std::uint64_t>(shape.head_size());
}

// Bytes after the header. The limits of a shape keep every sum far below 2^64.
auto body_bytes(const Header& header) -> std::uint64_t {
  const auto tensors = tensors_of(header.shape, header.shared_classifier);
  std::uint64_t bytes = header.version == 0 ? rope_table_bytes(header.shape) : 0;
  for (const auto& tensor : tensors) {
    const bool quantized = header.version == 2 && !is_norm(tensor);
    bytes += quantized ? tensor.elements() +
                             sizeof(float) * tensor.elements() / static_cast<std::uint64_t>(header.group_size)
                       : sizeof(float) * tensor.elements();
  }
  return bytes;
}

auto check_groups(const Header& header, std::string_view name) -> Result<Ok> {
  if (header.version != 2) return Ok{};
  for (const auto& tensor : tensors_of(header.shape, header.shared_classifier)) {
    if (is_norm(tensor) || tensor.elements_per_layer() % static_cast<std::uint64_t>(header.group_size) == 0)
      continue;
    return bad(name,
               fmt::format("field 'group_size' is {}, which does not divide the {} elements of tensor '{}'",
                           header.group_size, tensor.elements_per_layer(), tensor.name),
               "export.py halves the group size until it divides dim: export the model again");
  }
  return Ok{};
}

auto check_size(const Header& header, std::size_t found, std::string_view name) -> Result<Ok> {
  const auto expected = body_bytes(header);
  if (found == expected) return Ok{};
  auto other = header;
  other.shared_classifier = !header.shared_classifier;
  const auto what =
      fmt::format("{}: a v{} checkpoint of this shape has {} bytes after its header, this file {}",
                  found < expected ? "truncated" : "oversized", header.version, expected, found);
  if (found == body_bytes(other))
    return bad(name, what,
               fmt::format("the size is right for a classifier that is {}: the header is wrong about it",
                           other.shared_classifier ? "shared" : "not shared"));
  return bad(name, what, found < expected ? "copy or export it again" : "is this the right file?");
}

auto read_v0_body(SpanReader& in, FloatModel& model, std::string_view name) -> Result<Ok> {
  for (const auto& tensor : tensors_of(model.shape, model.shared_classifier)) {
    // the rope tables stand before wcls; every engine computes its own
    if (tensor.name == "wcls") std::ignore = in.read_bytes(rope_table_bytes(model.shape));
    if (const auto ok = read_tensor(in, tensor, model, name); !ok) return ok;
  }
  return Ok{};
}

// One layer of a quantized tensor: all values, then one scale for each group of them.
auto dequantize(SpanReader& in, int group_size, std::span<float> values) -> std::optional<std::string> {
  const auto group = static_cast<std::size_t>(group_size);
  SpanReader quantized(*in.read_bytes(values.size()));
  for (std::size_t first = 0; first < values.size(); first += group) {
    const float scale = *in.read_f32();
    if (!std::isfinite(scale) || scale < 0)
      return fmt::format("scale {} is {}, expected a finite number of at least 0", first / group, scale);
    for (auto& value : values.subspan(first, group))
      value = static_cast<float>(static_cast<std::int8_t>(*quantized.read_le<std::uint8_t>())) * scale;
  }
  return std::nullopt;
}

auto read_quantized(SpanReader& in, const Tensor& tensor, int group_size, FloatModel& model,
                    std::string_view name) -> Result<Ok> {
  const auto refused = [&](const std::string& what) {
    return bad(name, fmt::format("tensor '{}': {}", tensor.name, what),
               "the model is damaged or its training diverged; export it again");
  };
  auto& values = model.*tensor.values;
  values.resize(tensor.elements());
  for (int layer = 0; layer < tensor.layers; ++layer) {
    const auto part = std::span(values).subspan(static_cast<std::size_t>(layer) * tensor.elements_per_layer(),
                                                tensor.elements_per_layer());
    if (const auto fault = dequantize(in, group_size, part))
      return refused(fmt::format("layer {}: {}", layer, *fault));
  }
  // a huge finite scale can still overflow
  if (const auto element = nonfinite_element(tensor, values)) return refused(*element);
  return Ok{};
}

auto read_versioned_body(SpanReader& in, const Header& header, FloatModel& model, std::string_view name)
    -> Result<Ok> {
  for (const auto& tensor : norms_first(tensors_of(model.shape, model.shared_classifier))) {
    const auto ok = header.version == 2 && !is_norm(tensor)
                        ? read_quantized(in, tensor, header.group_size, model, name)
                        : read_tensor(in, tensor, model, name);
    if (!ok) return ok;
  }
  return Ok{};
}

auto has_magic(std::span<const std::byte> bytes) -> bool {
  return SpanReader(bytes).read_le<std::uint32_t>() == magic;
}

}  // namespace

auto parse_checkpoint(std::span<const std::byte> bytes, std::string_view name) -> Result<Checkpoint> {
  SpanReader in(bytes);
  if (has_magic(bytes)) std::ignore = in.read_le<std::uint32_t>();
  const auto header = in.offset() == 0 ? read_v0_header(in, name) : read_versioned_header(in, name);
  if (!header) return header.error();
  if (const auto ok = check_groups(header.value(), name); !ok) return ok.error();
  if (const auto ok = check_size(header.value(), in.remaining(), name); !ok) return ok.error();

  Checkpoint checkpoint;
  checkpoint.version = header->version;
  checkpoint.group_size = header->group_size;
  checkpoint.model.shape = header->shape;
  checkpoint.model.shared_classifier = header->shared_classifier;
  const auto body = header->version == 0 ? read_v0_body(in, checkpoint.model, name)
                                         : read_versioned_body(in, header.value(), checkpoint.model, name);
  if (!body) return body.error();
  return checkpoint;
}

auto write_checkpoint_v0(const FloatModel& model) -> std::vector<std::byte> {
  const auto& shape = model.shape;
  ByteWriter out;
  const int vocab_size = model.shared_classifier ? shape.vocab_size : -shape.vocab_size;
  for (const int field : {shape.dim, shape.hidden_dim, shape.n_layers, shape.n_heads, shape.n_kv_heads,
                          vocab_size, shape.context})
    out.put_i32(field);
  const auto write_rope_tables = [&] {
    for (const bool sine : {false, true}) {
      for (int pos = 0; pos < shape.context; ++pos) {
        for (int i = 0; i < shape.head_size(); i += 2) {
          const double angle = pos * std::pow(model.rope_theta, -double(i) / shape.head_size());
          out.put_f32(static_cast<float>(sine ? std::sin(angle) : std::cos(angle)));
        }
      }
    }
  };
  for (const auto& tensor : tensors_of(shape, model.shared_classifier)) {
    if (tensor.name == "wcls") write_rope_tables();
    write_tensor(out, tensor, model);
  }
  if (model.shared_classifier) write_rope_tables();
  return out.take();
}

}  // namespace mcullm::checkpoint

#include "acl_shim/om/inout_info.h"

#include "acl_shim/om/byte_reader.h"

namespace npuemu::om {
namespace {

// The 64-bit numbers in the next `bytes` bytes.
std::vector<int64_t> Numbers(ByteReader& reader, uint32_t bytes) {
  ByteReader inner(reader.Take(bytes), reader.offset(), "a list of extents");
  std::vector<int64_t> values;
  while (inner.left() >= 8) values.push_back(inner.Next<int64_t>());
  return values;
}

InoutTensor ParseTensor(ByteReader& reader) {
  InoutTensor tensor;
  tensor.size = reader.Next<uint64_t>();
  tensor.format = reader.Next<int32_t>();
  tensor.dtype = reader.Next<int32_t>();
  const auto name_bytes = reader.Next<uint32_t>();
  const auto dims_bytes = reader.Next<uint32_t>();
  const auto dims_v2_bytes = reader.Next<uint32_t>();
  const auto range_bytes = reader.Next<uint32_t>();
  const Bytes name = reader.Take(name_bytes);
  tensor.name.assign(reinterpret_cast<const char*>(name.data()), name.size());
  tensor.dims = Numbers(reader, dims_bytes);
  tensor.dims_v2 = Numbers(reader, dims_v2_bytes);
  const std::vector<int64_t> bounds = Numbers(reader, range_bytes);
  for (size_t i = 0; i + 1 < bounds.size(); i += 2) {
    tensor.ranges.emplace_back(bounds[i], bounds[i + 1]);
  }
  return tensor;
}

absl::Status ParseTensors(Bytes bytes, uint64_t offset,
                          std::vector<InoutTensor>* tensors) {
  ByteReader reader(bytes, offset, "a tensor of MODEL_INOUT_INFO");
  const auto count = reader.Next<uint32_t>();
  // Each tensor takes at least 32 bytes, so a false count ends early.
  for (uint32_t i = 0; i < count && reader.status().ok(); ++i) {
    tensors->push_back(ParseTensor(reader));
  }
  return reader.status();
}

}  // namespace

absl::StatusOr<InoutInfo> ParseInoutInfo(const Partition& partition) {
  ByteReader reader(partition.bytes, partition.file_offset,
                    "a record of MODEL_INOUT_INFO");
  InoutInfo info;
  while (reader.left() > 0) {
    const auto type = reader.Next<uint32_t>();
    const auto size = reader.Next<uint32_t>();
    const uint64_t offset = reader.offset();
    const Bytes value = reader.Take(size);
    if (!reader.status().ok()) return reader.status();
    if (type == 0) {
      RETURN_IF_ERROR(ParseTensors(value, offset, &info.inputs));
    } else if (type == 1) {
      RETURN_IF_ERROR(ParseTensors(value, offset, &info.outputs));
    } else {
      info.other_records.push_back(type);
    }
  }
  return info;
}

}  // namespace npuemu::om

#include "acl_shim/om/tensor_codec.h"

#include <utility>

#include "acl_shim/om/ge_names.h"

namespace npuemu::om {
namespace {

using kernels::Format;

AttrDef IntList(std::vector<int64_t> values) {
  ListValue list = ListValue::Of(ListCase::kInt);
  list.ints = std::move(values);
  return AttrDef::List(std::move(list));
}

// What the real runtime expects behind a device tensor (R136).
int64_t DeviceSize(const kernels::TensorSpec& spec) {
  const uint64_t bytes = spec.bytes();
  return static_cast<int64_t>(bytes == 0 ? 0 : (bytes + 31) / 32 * 32 + 32);
}

void SetConst(const OmTensor& tensor, TensorDescriptor* desc) {
  TensorDef value;
  value.desc.proto_dtype = desc->proto_dtype;
  value.desc.shape = desc->shape;
  value.desc.layout = desc->layout;
  value.data.assign(reinterpret_cast<const char*>(tensor.const_value.data()),
                    tensor.const_value.size());
  desc->attrs["is_const"] = AttrDef::Bool(true);
  desc->attrs["value"] = AttrDef::Tensor(std::move(value));
}

std::vector<std::byte> ConstBytes(const AttrDef& value, Bytes weights) {
  if (value.tensor.empty()) return {};
  const TensorDef& tensor = value.tensor.front();
  if (!tensor.data.empty()) {
    const auto* begin = reinterpret_cast<const std::byte*>(tensor.data.data());
    return {begin, begin + tensor.data.size()};
  }
  const auto offset = static_cast<uint64_t>(tensor.desc.data_offset);
  const auto size = static_cast<uint64_t>(tensor.desc.weight_size);
  if (offset > weights.size() || size > weights.size() - offset) return {};
  const Bytes found = weights.subspan(offset, size);
  return {found.begin(), found.end()};
}

// `name` as a format, by number (low 8 bits) or by name.
std::optional<Format> FormatAttr(const AttrMap& attrs, const char* name) {
  if (const AttrDef* attr = FindAttr(attrs, name, AttrCase::kInt)) {
    return FromGeFormat(attr->i & 0xff);
  }
  if (const AttrDef* attr = FindAttr(attrs, name, AttrCase::kString)) {
    return FormatByName(attr->s);
  }
  return std::nullopt;
}

Format LayoutOf(const TensorDescriptor& desc) {
  if (auto format = FormatByName(desc.layout)) return *format;
  return FormatAttr(desc.attrs, "format_for_int").value_or(Format::kUndefined);
}

}  // namespace

TensorDescriptor ToDescriptor(const OmTensor& tensor) {
  TensorDescriptor desc;
  desc.name = tensor.name;
  desc.proto_dtype = ToProtoDtype(tensor.spec.dtype);
  desc.shape = tensor.spec.shape;
  desc.layout = FormatName(tensor.spec.format);
  desc.device_type = "NPU";
  desc.size = DeviceSize(tensor.spec);
  AttrMap& attrs = desc.attrs;
  attrs["format_for_int"] = AttrDef::Int(ToGeFormat(tensor.spec.format));
  // A descriptor always names its origin; nullopt means "the same".
  const Format origin = tensor.origin_format.value_or(tensor.spec.format);
  attrs["origin_format"] = AttrDef::String(FormatName(origin));
  attrs["origin_format_for_int"] = AttrDef::Int(ToGeFormat(origin));
  attrs["origin_shape_initialized"] =
      AttrDef::Bool(tensor.origin_shape.has_value());
  attrs["origin_shape"] =
      IntList(tensor.origin_shape.value_or(tensor.spec.shape));
  if (!tensor.shape_range.empty()) {
    std::vector<std::vector<int64_t>> rows;
    for (const auto& [low, high] : tensor.shape_range) {
      rows.push_back({low, high});
    }
    attrs["shape_range"] = AttrDef::ListListInt(std::move(rows));
  }
  if (tensor.storage_format.has_value()) {
    attrs["storage_format"] = AttrDef::Int(ToGeFormat(*tensor.storage_format));
  }
  if (!tensor.storage_shape.empty()) {
    attrs["storage_shape"] = IntList(tensor.storage_shape);
  }
  if (tensor.mem_type != 0) attrs["_mem_type"] = AttrDef::Int(tensor.mem_type);
  if (tensor.is_const) SetConst(tensor, &desc);
  return desc;
}

OmTensor FromDescriptor(const TensorDescriptor& desc, Bytes weights) {
  OmTensor tensor;
  tensor.name = desc.name;
  tensor.spec.dtype = FromProtoDtype(desc.proto_dtype);
  tensor.spec.format = LayoutOf(desc);
  tensor.spec.shape = desc.shape;
  const AttrMap& attrs = desc.attrs;
  if (const AttrDef* range =
          FindAttr(attrs, "shape_range", AttrCase::kListListInt)) {
    for (const std::vector<int64_t>& row : range->list_list_int) {
      if (row.size() == 2) tensor.shape_range.emplace_back(row[0], row[1]);
    }
  }
  tensor.storage_format = FormatAttr(attrs, "storage_format");
  if (const ListValue* shape = FindList(attrs, "storage_shape")) {
    tensor.storage_shape = shape->ints;
  }
  const std::optional<Format> origin = FormatAttr(attrs, "origin_format");
  if (origin != tensor.spec.format) tensor.origin_format = origin;
  const AttrDef* initialized =
      FindAttr(attrs, "origin_shape_initialized", AttrCase::kBool);
  const ListValue* shape = FindList(attrs, "origin_shape");
  if (initialized != nullptr && initialized->i != 0) {
    tensor.origin_shape =
        shape == nullptr ? kernels::Shape() : kernels::Shape(shape->ints);
  }
  if (const AttrDef* type = FindAttr(attrs, "_mem_type", AttrCase::kInt)) {
    tensor.mem_type = static_cast<int32_t>(type->i);
  }
  const AttrDef* is_const = FindAttr(attrs, "is_const", AttrCase::kBool);
  tensor.is_const = is_const != nullptr && is_const->i != 0;
  if (tensor.is_const) {
    if (const AttrDef* value = FindAttr(attrs, "value", AttrCase::kTensor)) {
      tensor.const_value = ConstBytes(*value, weights);
    }
  }
  return tensor;
}

}  // namespace npuemu::om

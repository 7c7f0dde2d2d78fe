#include "acl_shim/op/match.h"

#include <bit>
#include <type_traits>
#include <variant>

#include "absl/strings/str_cat.h"

namespace npuemu::shim {
namespace {

using kernels::AttrValue;
using om::OmTensor;

// Appends values of fixed width and lengths before lists, so that no two
// different calls have the same bytes.
class KeyWriter {
 public:
  void Int(int64_t value) {
    key_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void Bytes(const void* data, size_t size) {
    Int(static_cast<int64_t>(size));
    if (size > 0) key_.append(static_cast<const char*>(data), size);
  }
  void Text(const std::string& text) { Bytes(text.data(), text.size()); }

  void Tensor(const OmTensor& tensor, KeyKind kind) {
    Int(static_cast<int64_t>(tensor.spec.dtype));
    Int(static_cast<int64_t>(tensor.spec.format));
    const bool stored = tensor.storage_format.has_value() &&
                        *tensor.storage_format != tensor.spec.format;
    Int(stored ? static_cast<int64_t>(*tensor.storage_format) : -1);
    Int(tensor.is_const);
    if (tensor.is_const) {
      Bytes(tensor.const_value.data(), tensor.const_value.size());
    }
    Int(tensor.mem_type);
    if (kind == KeyKind::kAnyShape) return;
    Ints(tensor.spec.shape);
    Int(static_cast<int64_t>(tensor.shape_range.size()));
    for (const auto& [low, high] : tensor.shape_range) {
      Int(low);
      Int(high);
    }
  }

  void Tensors(const std::vector<OmTensor>& tensors, KeyKind kind) {
    Int(static_cast<int64_t>(tensors.size()));
    for (const OmTensor& tensor : tensors) Tensor(tensor, kind);
  }

  void Attr(const AttrValue& value) {
    Int(static_cast<int64_t>(value.index()));
    std::visit([this](const auto& v) { Value(v); }, value);
  }

  std::string Take() { return std::move(key_); }

 private:
  void Value(bool value) { Int(value); }
  void Value(int64_t value) { Int(value); }
  void Value(uint8_t value) { Int(value); }
  void Value(float value) { Int(std::bit_cast<uint32_t>(value)); }
  void Value(kernels::DataType value) { Int(static_cast<int64_t>(value)); }
  void Value(const std::string& value) { Text(value); }
  void Value(const std::vector<int64_t>& value) { Ints(value); }
  template <typename T>
  void Value(const std::vector<T>& list) {
    Int(static_cast<int64_t>(list.size()));
    for (const T& value : list) Value(value);
  }
  void Ints(const std::vector<int64_t>& list) {
    Bytes(list.data(), list.size() * sizeof(int64_t));
  }

  std::string key_;
};

// Query and SingleOpModel have the four fields in common.
template <typename Described>
std::string MakeKey(const Described& op, KeyKind kind) {
  KeyWriter key;
  key.Text(op.op_type);
  key.Tensors(op.inputs, kind);
  key.Tensors(op.outputs, kind);
  for (const auto& [name, value] : op.attrs) {
    if (IsIgnoredAttr(op.op_type, name)) continue;
    key.Text(name);
    key.Attr(value);
  }
  return key.Take();
}

bool InRange(const OmTensor& given, const OmTensor& model) {
  if (model.spec.shape == kernels::Shape{-2}) return true;
  const std::vector<om::DimRange> ranges = model.FullRange();
  const kernels::Shape& dims = given.spec.shape;
  if (dims.size() != ranges.size()) return false;
  for (size_t d = 0; d < dims.size(); ++d) {
    const auto [low, high] = ranges[d];
    if (dims[d] < low || (high != -1 && dims[d] > high)) return false;
  }
  return true;
}

bool InRange(const std::vector<OmTensor>& given,
             const std::vector<OmTensor>& model) {
  if (given.size() != model.size()) return false;
  for (size_t i = 0; i < given.size(); ++i) {
    if (!InRange(given[i], model[i])) return false;
  }
  return true;
}

}  // namespace

bool IsIgnoredAttr(const std::string& op_type, const std::string& name) {
  return op_type == "Cast" && name == "truncate";
}

std::string KeyOf(const OpQuery& query, KeyKind kind) {
  return MakeKey(query, kind);
}

std::string KeyOf(const om::SingleOpModel& model, KeyKind kind) {
  return MakeKey(model, kind);
}

bool InRange(const OpQuery& query, const om::SingleOpModel& model) {
  return InRange(query.inputs, model.inputs) &&
         InRange(query.outputs, model.outputs);
}

bool HasDynamicExtent(const OpQuery& query, std::string* where) {
  auto look = [&](const std::vector<OmTensor>& tensors, const char* side) {
    for (size_t i = 0; i < tensors.size(); ++i) {
      if (!tensors[i].dynamic()) continue;
      *where = absl::StrCat(side, " ", i, " shape ",
                            kernels::ToString(tensors[i].spec.shape));
      return true;
    }
    return false;
  };
  return look(query.inputs, "input") || look(query.outputs, "output");
}

}  // namespace npuemu::shim

// Constants of the single-op JSON: flat lists of numbers.

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/om/json_tensor.h"
#include "emulator/base/status.h"
#include "kernels/numeric/float16.h"

namespace npuemu::om {
namespace {

using kernels::DataType;

template <typename T>
void Append(T value, std::vector<std::byte>* out) {
  const size_t at = out->size();
  out->resize(at + sizeof(T));
  std::memcpy(out->data() + at, &value, sizeof(T));
}

// Whether `json` is an integer that T holds; it is appended then.
template <typename T>
bool AppendInt(const Json& json, std::vector<std::byte>* out) {
  if (!json.is_number_integer()) return false;
  if (json.is_number_unsigned()) {
    const auto value = json.get<uint64_t>();
    if (!std::in_range<T>(value)) return false;
    Append(static_cast<T>(value), out);
    return true;
  }
  const auto value = json.get<int64_t>();
  if (!std::in_range<T>(value)) return false;
  Append(static_cast<T>(value), out);
  return true;
}

bool AppendFloat(const Json& json, DataType dtype,
                 std::vector<std::byte>* out) {
  if (!json.is_number()) return false;
  const auto value = json.get<double>();
  if (dtype == DataType::kDouble) {
    Append(value, out);
  } else if (dtype == DataType::kFloat) {
    Append(static_cast<float>(value), out);
  } else {
    Append(kernels::ToFloat16(static_cast<float>(value)).bits, out);
  }
  return true;
}

bool AppendElement(const Json& json, DataType dtype,
                   std::vector<std::byte>* out) {
  switch (dtype) {
    case DataType::kInt8:
      return AppendInt<int8_t>(json, out);
    case DataType::kUint8:
      return AppendInt<uint8_t>(json, out);
    case DataType::kInt16:
      return AppendInt<int16_t>(json, out);
    case DataType::kUint16:
      return AppendInt<uint16_t>(json, out);
    case DataType::kInt32:
      return AppendInt<int32_t>(json, out);
    case DataType::kUint32:
      return AppendInt<uint32_t>(json, out);
    case DataType::kInt64:
      return AppendInt<int64_t>(json, out);
    case DataType::kUint64:
      return AppendInt<uint64_t>(json, out);
    default:
      return AppendFloat(json, dtype, out);
  }
}

bool MayBeConst(DataType dtype) {
  switch (dtype) {
    case DataType::kInt8:
    case DataType::kUint8:
    case DataType::kInt16:
    case DataType::kUint16:
    case DataType::kInt32:
    case DataType::kUint32:
    case DataType::kInt64:
    case DataType::kUint64:
    case DataType::kFloat16:
    case DataType::kFloat:
    case DataType::kDouble:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<std::vector<std::byte>> ParseConstValue(
    const Json& json, const kernels::TensorSpec& spec,
    const std::string& op_type) {
  const auto invalid = [&](const Json& value, const std::string& reason) {
    return InvalidValue(TextOf(value), "const_value", op_type, reason);
  };
  if (!MayBeConst(spec.dtype)) {
    return invalid(json, absl::StrCat("a constant cannot have data type ",
                                      kernels::NameOf(spec.dtype)));
  }
  if (!json.is_array()) return invalid(json, "expected a flat list");
  if (static_cast<int64_t>(json.size()) != spec.count()) {
    return invalid(json,
                   absl::StrCat("it has ", json.size(), " elements, expected ",
                                spec.count(), " for shape ",
                                kernels::ToString(spec.shape)));
  }
  std::vector<std::byte> bytes;
  for (const Json& element : json) {
    if (!AppendElement(element, spec.dtype, &bytes)) {
      return invalid(element, absl::StrCat("it is no value of data type ",
                                           kernels::NameOf(spec.dtype)));
    }
  }
  return bytes;
}

}  // namespace npuemu::om

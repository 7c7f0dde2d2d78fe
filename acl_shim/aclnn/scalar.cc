#include "acl_shim/aclnn/scalar.h"

#include <cmath>
#include <cstring>

#include "kernels/numeric/element.h"

namespace npuemu::shim::nn {
namespace {

using kernels::AllTypes;
using kernels::Bool;

// A double that no integer is becomes 0, as on the devices' scalar unit.
int64_t ToInteger(double value) {
  if (!(value > -9.3e18 && value < 9.3e18)) return 0;
  if (value >= 9223372036854775808.0) return INT64_MAX;
  if (value < -9223372036854775808.0) return INT64_MIN;
  return static_cast<int64_t>(value);
}

template <typename T>
T ElementOf(double value) {
  if constexpr (kernels::kIsFloat<T>) {
    return kernels::Out<T>(static_cast<float>(value), /*saturate=*/false);
  } else if constexpr (std::is_same_v<T, Bool>) {
    return Bool{static_cast<uint8_t>(value != 0)};
  } else {
    return static_cast<T>(ToInteger(value));
  }
}

}  // namespace

Number NumberOf(const Scalar& scalar) {
  Number number;
  if (scalar.dtype == DataType::kDouble) {
    std::memcpy(&number.real, scalar.bytes, sizeof(double));
    number.dtype = scalar.dtype;
    number.integer = ToInteger(number.real);
    return number;
  }
  kernels::Dispatch(AllTypes(), scalar.dtype, [&]<typename T>() {
    T element;
    std::memcpy(&element, scalar.bytes, sizeof(T));
    const auto value = kernels::Widen(element);
    number.dtype = scalar.dtype;
    number.real = static_cast<double>(value);
    if constexpr (kernels::kIsFloat<T>) {
      number.integer = ToInteger(number.real);
    } else {
      number.integer = static_cast<int64_t>(value);
    }
  });
  return number;
}

std::vector<std::byte> Encode(double value, DataType type) {
  std::vector<std::byte> bytes;
  if (type == DataType::kDouble) {
    bytes.resize(sizeof(double));
    std::memcpy(bytes.data(), &value, sizeof(double));
    return bytes;
  }
  kernels::Dispatch(AllTypes(), type, [&]<typename T>() {
    const T element = ElementOf<T>(value);
    bytes.resize(sizeof(T));
    std::memcpy(bytes.data(), &element, sizeof(T));
  });
  return bytes;
}

}  // namespace npuemu::shim::nn

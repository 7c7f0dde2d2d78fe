// aclDataTypeSize and the conversions of aclFloat16.

#include <bit>
#include <cstdint>

#include "acl/acl_base.h"
#include "acl_shim/base/tensor_desc.h"
#include "acl_shim/core/value_call.h"
#include "kernels/numeric/float16.h"

namespace npuemu::shim {
namespace {

// R104: the largest exponent is that of finite values, so 0x7C00 is 65536.
float ToFloatWithoutSpecials(uint16_t value) {
  const uint32_t magnitude = value & 0x7fffu;
  if (magnitude < 0x7c00) return ToFloat(kernels::Float16{value});
  const uint32_t sign = (value & 0x8000u) << 16;
  return std::bit_cast<float>(((magnitude << 13) + (112u << 23)) | sign);
}

// R104: overflow, infinities and NaN become the largest finite value.
uint16_t ToFloat16Saturated(float value) {
  const uint16_t bits = kernels::ToFloat16(value).bits;
  if ((bits & 0x7fff) < 0x7c00) return bits;
  const uint32_t sign = std::bit_cast<uint32_t>(value) >> 16 & 0x8000;
  return static_cast<uint16_t>(sign | kernels::kMaxFloat16.bits);
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

size_t aclDataTypeSize(aclDataType dataType) {
  return ValueCall<size_t>(
      "aclDataTypeSize", 0, [&]() -> absl::StatusOr<size_t> {
        return DataTypeSize(static_cast<kernels::DataType>(dataType));
      });
}

float aclFloat16ToFloat(aclFloat16 value) {
  return ValueCall<float>(
      "aclFloat16ToFloat", 0, [&]() -> absl::StatusOr<float> {
        return ToFloatWithoutSpecials(value);
      });
}

aclFloat16 aclFloatToFloat16(float value) {
  return ValueCall<aclFloat16>(
      "aclFloatToFloat16", 0, [&]() -> absl::StatusOr<aclFloat16> {
        return ToFloat16Saturated(value);
      });
}

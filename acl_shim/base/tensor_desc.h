// File: tensor_desc.h
// What stands behind an aclTensorDesc and an aclDataBuffer: plain values. A
// descriptor is not synchronized: callers that share one order their calls.

#ifndef ACL_SHIM_BASE_TENSOR_DESC_H_
#define ACL_SHIM_BASE_TENSOR_DESC_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "emulator/base/status.h"
#include "kernels/tensor/tensor.h"

namespace npuemu::shim {

// Numbers are those of aclMemType.
enum class Placement : int32_t {
  kDevice = 0,
  kHost = 1,
  kHostCompileIndependent = 2,
};

// Lower and upper bound, both included; an upper bound of -1 is "any".
using Range = std::pair<int64_t, int64_t>;

struct TensorDesc {
  // What aclCreateTensorDesc and aclSetTensorOrigin* said; every getter
  // answers from it. shape {-2} is an unknown rank, an extent of -1 unknown.
  kernels::TensorSpec spec;
  // What lies in memory, where it differs: aclSetTensorFormat,
  // aclSetTensorShape.
  std::optional<kernels::Format> storage_format;
  std::optional<kernels::Shape> storage_shape;

  std::string name;                // aclSetTensorDescName; "" if none
  std::string dynamic_input_name;  // aclSetTensorDynamicInput
  std::vector<Range> shape_range;  // one a dimension, or empty
  std::vector<Range> value_range;
  Placement placement = Placement::kDevice;
  // The bytes of a constant (aclSetTensorConst), copied when it was set.
  std::optional<std::vector<std::byte>> constant;

  // What lies in memory.
  kernels::TensorSpec Storage() const {
    return {spec.dtype, storage_format.value_or(spec.format),
            storage_shape.value_or(spec.shape)};
  }
  bool unknown_rank() const {
    return spec.shape.size() == 1 && spec.shape[0] == -2;
  }
};

// An address and a size in bytes; neither is owned.
struct DataBuffer {
  void* data = nullptr;
  size_t size = 0;
};

// Elements; 0 when an extent is negative or the product overflows (R143).
size_t ElementCount(const TensorDesc& desc);

// Elements times aclDataTypeSize, 0 as above (R143). int4 counts as one byte
// an element (R103).
size_t SizeInBytes(const TensorDesc& desc);

// aclDataTypeSize (R103): bytes of one element; 0 for types without one.
size_t DataTypeSize(kernels::DataType type);

// The descriptor of the same tensor in another layout: one of NCHW, NHWC, HWCN
// into another, or one of them into NC1HWC0. Errors: kFormatNotMatch names the
// layouts.
absl::StatusOr<TensorDesc> InFormat(const TensorDesc& desc,
                                    kernels::Format format);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_BASE_TENSOR_DESC_H_

// aclTensor: creation, destroy, getters, the address.

#include <cstring>
#include <memory>
#include <new>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/objects.h"
#include "acl_shim/core/value_call.h"
#include "kernels/tensor/strided.h"

namespace npuemu::shim::nn {
namespace {

using kernels::Shape;

// Extents, strides and offsets may not be negative.
absl::StatusOr<Shape> ToNumbers(const int64_t* values, uint64_t count,
                                const char* argument) {
  if (count > 0 && values == nullptr) return NullArgument(argument);
  Shape numbers(values, values + count);
  for (int64_t number : numbers) {
    if (number >= 0) continue;
    return FaultError(
        Fault::kNnParamInvalid,
        absl::StrCat(argument, ": given ", kernels::ToString(numbers),
                     ", expected numbers >= 0"));
  }
  return numbers;
}

struct TensorArgs {
  const int64_t* view_dims;
  uint64_t view_dims_num;
  aclDataType dtype;
  const int64_t* stride;
  int64_t offset;
  aclFormat format;
  const int64_t* storage_dims;
  uint64_t storage_dims_num;
  void* data;
};

absl::StatusOr<Tensor> MakeTensor(const TensorArgs& args) {
  Tensor tensor;
  ASSIGN_OR_RETURN(tensor.shape,
                   ToNumbers(args.view_dims, args.view_dims_num, "viewDims"));
  if (args.stride != nullptr) {
    ASSIGN_OR_RETURN(tensor.strides,
                     ToNumbers(args.stride, args.view_dims_num, "stride"));
  } else {
    tensor.strides = kernels::DenseStrides(tensor.shape);
  }
  if (args.storage_dims == nullptr && args.storage_dims_num > 0) {
    return NullArgument("storageDims");
  }
  // Programs compute one that is negative where a view has no elements, and
  // nobody refuses it; only checks of views that have some read it.
  tensor.storage_shape.assign(args.storage_dims,
                              args.storage_dims + args.storage_dims_num);
  if (args.offset < 0) {
    return FaultError(
        Fault::kNnParamInvalid,
        absl::StrCat("offset: given ", args.offset, ", expected 0 or more"));
  }
  tensor.dtype = static_cast<kernels::DataType>(args.dtype);
  tensor.format = static_cast<kernels::Format>(args.format);
  tensor.offset = args.offset;
  tensor.address = reinterpret_cast<uint64_t>(args.data);
  return tensor;
}

// get(const Tensor&) for a getter whose result goes to *out.
template <typename Out, typename Get>
aclnnStatus Read(const char* function, const aclTensor* handle, Out* out,
                 const char* argument, Get get) {
  return ApiCall(function, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto tensor, Tensors().Get(handle, "tensor"));
    if (out == nullptr) return NullArgument(argument);
    *out = get(*tensor);
    return absl::OkStatus();
  });
}

// The caller frees *values with delete[] (documentation of the getters).
template <typename Get>
aclnnStatus ReadNumbers(const char* function, const aclTensor* handle,
                        int64_t** values, uint64_t* count, const char* argument,
                        Get get) {
  return ApiCall(function, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto tensor, Tensors().Get(handle, "tensor"));
    if (values == nullptr) return NullArgument(argument);
    if (count == nullptr) return NullArgument("count");
    const Shape& numbers = get(*tensor);
    *values = new int64_t[numbers.size()];
    std::copy(numbers.begin(), numbers.end(), *values);
    *count = numbers.size();
    return absl::OkStatus();
  });
}

}  // namespace
}  // namespace npuemu::shim::nn

using namespace npuemu;
using namespace npuemu::shim;
using namespace npuemu::shim::nn;

aclTensor* aclCreateTensor(const int64_t* viewDims, uint64_t viewDimsNum,
                           aclDataType dataType, const int64_t* stride,
                           int64_t offset, aclFormat format,
                           const int64_t* storageDims, uint64_t storageDimsNum,
                           void* tensorData) {
  return ValueCall<aclTensor*>(
      "aclCreateTensor", nullptr, [&]() -> absl::StatusOr<aclTensor*> {
        ASSIGN_OR_RETURN(
            Tensor tensor,
            MakeTensor({viewDims, viewDimsNum, dataType, stride, offset, format,
                        storageDims, storageDimsNum, tensorData}));
        return static_cast<aclTensor*>(
            Tensors().Add(std::make_shared<Tensor>(std::move(tensor))));
      });
}

aclnnStatus aclInitTensor(aclTensor* tensor, const int64_t* viewDims,
                          uint64_t viewDimsNum, aclDataType dataType,
                          const int64_t* stride, int64_t offset,
                          aclFormat format, const int64_t* storageDims,
                          uint64_t storageDimsNum, void* tensorDataAddr) {
  return ApiCall("aclInitTensor", [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto found, Tensors().Get(tensor, "tensor"));
    ASSIGN_OR_RETURN(*found, MakeTensor({viewDims, viewDimsNum, dataType,
                                         stride, offset, format, storageDims,
                                         storageDimsNum, tensorDataAddr}));
    return absl::OkStatus();
  });
}

aclnnStatus aclDestroyTensor(const aclTensor* tensor) {
  return ApiCall("aclDestroyTensor", [&]() -> absl::Status {
    if (tensor == nullptr) return absl::OkStatus();
    return Tensors().Remove(tensor, "tensor").status();
  });
}

aclnnStatus aclGetDataType(const aclTensor* tensor, aclDataType* dataType) {
  return Read(
      "aclGetDataType", tensor, dataType, "dataType",
      [](const Tensor& t) { return static_cast<aclDataType>(t.dtype); });
}

aclnnStatus aclGetFormat(const aclTensor* tensor, aclFormat* format) {
  return Read("aclGetFormat", tensor, format, "format",
              [](const Tensor& t) { return static_cast<aclFormat>(t.format); });
}

aclnnStatus aclGetViewOffset(const aclTensor* tensor, int64_t* offset) {
  return Read("aclGetViewOffset", tensor, offset, "offset",
              [](const Tensor& t) { return t.offset; });
}

aclnnStatus aclGetRawTensorAddr(const aclTensor* tensor, void** addr) {
  return Read("aclGetRawTensorAddr", tensor, addr, "addr", [](const Tensor& t) {
    return reinterpret_cast<void*>(t.address);
  });
}

aclnnStatus aclGetViewShape(const aclTensor* tensor, int64_t** viewDims,
                            uint64_t* viewDimsNum) {
  return ReadNumbers(
      "aclGetViewShape", tensor, viewDims, viewDimsNum, "viewDims",
      [](const Tensor& t) -> const auto& { return t.shape; });
}

aclnnStatus aclGetViewStrides(const aclTensor* tensor, int64_t** stridesValue,
                              uint64_t* stridesNum) {
  return ReadNumbers(
      "aclGetViewStrides", tensor, stridesValue, stridesNum, "stridesValue",
      [](const Tensor& t) -> const auto& { return t.strides; });
}

aclnnStatus aclGetStorageShape(const aclTensor* tensor, int64_t** storageDims,
                               uint64_t* storageDimsNum) {
  return ReadNumbers(
      "aclGetStorageShape", tensor, storageDims, storageDimsNum, "storageDims",
      [](const Tensor& t) -> const auto& { return t.storage_shape; });
}

// The tensor alone: executors keep the address that they saw (R173).
aclnnStatus aclSetRawTensorAddr(aclTensor* tensor, void* addr) {
  return ApiCall("aclSetRawTensorAddr", [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto found, Tensors().Get(tensor, "tensor"));
    found->address = reinterpret_cast<uint64_t>(addr);
    return absl::OkStatus();
  });
}

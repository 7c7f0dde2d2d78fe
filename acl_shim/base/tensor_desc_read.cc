// What a user can ask of a descriptor.

#include <memory>

#include "absl/strings/str_cat.h"
#include "acl/acl_base.h"
#include "acl_shim/base/object_tables.h"
#include "acl_shim/core/value_call.h"

namespace npuemu::shim {
namespace {

// What read(const TensorDesc&) -> StatusOr<T> says, or `fallback`.
template <typename T, typename Read>
T ReadDesc(const char* function, const aclTensorDesc* handle, T fallback,
           Read read) {
  return ValueCall<T>(function, fallback, [&]() -> absl::StatusOr<T> {
    ASSIGN_OR_RETURN(auto desc, Descs().Get(handle, "desc"));
    return read(*desc);
  });
}

absl::StatusOr<int64_t> DimOf(const TensorDesc& desc, size_t index) {
  const kernels::Shape& shape = desc.spec.shape;
  if (index >= shape.size()) {
    return InvalidValue(Fault::kInvalidParam, "index", absl::StrCat(index),
                        absl::StrCat("[0, ", shape.size(), ")"));
  }
  return shape[index];
}

// The bounds of a dimension; those of a known one are its extent.
absl::StatusOr<Range> DimRangeOf(const TensorDesc& desc, size_t index) {
  if (index < desc.shape_range.size()) return desc.shape_range[index];
  ASSIGN_OR_RETURN(const int64_t extent, DimOf(desc, index));
  if (extent < 0) return Range(1, -1);
  return Range(extent, extent);
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclDataType aclGetTensorDescType(const aclTensorDesc* desc) {
  return ReadDesc("aclGetTensorDescType", desc, ACL_DT_UNDEFINED,
                  [](const TensorDesc& d) {
                    return static_cast<aclDataType>(d.spec.dtype);
                  });
}

aclFormat aclGetTensorDescFormat(const aclTensorDesc* desc) {
  return ReadDesc("aclGetTensorDescFormat", desc, ACL_FORMAT_UNDEFINED,
                  [](const TensorDesc& d) {
                    return static_cast<aclFormat>(d.spec.format);
                  });
}

size_t aclGetTensorDescSize(const aclTensorDesc* desc) {
  return ReadDesc<size_t>("aclGetTensorDescSize", desc, 0, &SizeInBytes);
}

size_t aclGetTensorDescElementCount(const aclTensorDesc* desc) {
  return ReadDesc<size_t>("aclGetTensorDescElementCount", desc, 0,
                          &ElementCount);
}

size_t aclGetTensorDescNumDims(const aclTensorDesc* desc) {
  return ReadDesc<size_t>("aclGetTensorDescNumDims", desc, 0,
                          [](const TensorDesc& d) {
                            return d.unknown_rank() ? ACL_UNKNOWN_RANK
                                                    : d.spec.shape.size();
                          });
}

int64_t aclGetTensorDescDim(const aclTensorDesc* desc, size_t index) {
  return ReadDesc<int64_t>(
      "aclGetTensorDescDim", desc, -1,
      [&](const TensorDesc& d) { return DimOf(d, index); });
}

aclError aclGetTensorDescDimV2(const aclTensorDesc* desc, size_t index,
                               int64_t* dimSize) {
  return ApiCall("aclGetTensorDescDimV2", [&]() -> absl::Status {
    RETURN_IF_NULL(dimSize);
    ASSIGN_OR_RETURN(auto d, Descs().Get(desc, "desc"));
    ASSIGN_OR_RETURN(*dimSize, DimOf(*d, index));
    return absl::OkStatus();
  });
}

aclError aclGetTensorDescDimRange(const aclTensorDesc* desc, size_t index,
                                  size_t dimRangeNum, int64_t* dimRange) {
  return ApiCall("aclGetTensorDescDimRange", [&]() -> absl::Status {
    RETURN_IF_NULL(dimRange);
    ASSIGN_OR_RETURN(auto d, Descs().Get(desc, "desc"));
    if (dimRangeNum != ACL_TENSOR_SHAPE_RANGE_NUM) {
      return InvalidValue(Fault::kInvalidParam, "dimRangeNum",
                          absl::StrCat(dimRangeNum), "2");
    }
    ASSIGN_OR_RETURN(const Range range, DimRangeOf(*d, index));
    dimRange[0] = range.first;
    dimRange[1] = range.second;
    return absl::OkStatus();
  });
}

// Valid until the name changes or the descriptor dies.
const char* aclGetTensorDescName(aclTensorDesc* desc) {
  return ReadDesc<const char*>(
      "aclGetTensorDescName", desc, "",
      [](const TensorDesc& d) { return d.name.c_str(); });
}

// The only memory that a descriptor has is its constant.
void* aclGetTensorDescAddress(const aclTensorDesc* desc) {
  return ReadDesc<void*>(
      "aclGetTensorDescAddress", desc, nullptr,
      [](TensorDesc& d) -> absl::StatusOr<void*> {
        if (!d.constant) return static_cast<void*>(nullptr);
        return static_cast<void*>(d.constant->data());
      });
}

// A handle names one descriptor; there is no array of them behind it.
aclTensorDesc* aclGetTensorDescByIndex(aclTensorDesc* desc, size_t index) {
  return ReadDesc<aclTensorDesc*>(
      "aclGetTensorDescByIndex", desc, nullptr,
      [&](const TensorDesc&) -> absl::StatusOr<aclTensorDesc*> {
        if (index == 0) return desc;
        return InvalidValue(Fault::kInvalidParam, "index",
                            absl::StrCat(index), "0");
      });
}

aclError aclTransTensorDescFormat(const aclTensorDesc* srcDesc,
                                  aclFormat dstFormat,
                                  aclTensorDesc** dstDesc) {
  return ApiCall("aclTransTensorDescFormat", [&]() -> absl::Status {
    RETURN_IF_NULL(dstDesc);
    ASSIGN_OR_RETURN(auto source, Descs().Get(srcDesc, "srcDesc"));
    const auto format = static_cast<kernels::Format>(dstFormat);
    ASSIGN_OR_RETURN(TensorDesc result, InFormat(*source, format));
    *dstDesc = static_cast<aclTensorDesc*>(
        Descs().Add(std::make_shared<TensorDesc>(std::move(result))));
    return absl::OkStatus();
  });
}

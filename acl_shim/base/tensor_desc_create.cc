// aclCreateTensorDesc, aclDestroyTensorDesc and what changes a descriptor.

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl/acl_base.h"
#include "acl_shim/base/object_tables.h"
#include "acl_shim/core/value_call.h"

namespace npuemu::shim {
namespace {

using kernels::DataType;
using kernels::Format;
using kernels::Shape;

// R143.
absl::StatusOr<Shape> ToShape(int num_dims, const int64_t* dims) {
  if (num_dims < 0) {
    return InvalidValue(Fault::kInvalidParam, "numDims",
                        absl::StrCat(num_dims), "0 or more");
  }
  if (num_dims > 0 && dims == nullptr) return NullPointer("dims");
  return Shape(dims, dims + num_dims);
}

absl::StatusOr<std::vector<Range>> ToRanges(size_t count,
                                            const int64_t (*ranges)[2],
                                            const char* argument) {
  if (count > 0 && ranges == nullptr) return NullPointer(argument);
  std::vector<Range> result;
  for (size_t i = 0; i < count; ++i) {
    result.emplace_back(ranges[i][0], ranges[i][1]);
  }
  return result;
}

// A call that changes a descriptor; change(TensorDesc&) -> absl::Status.
template <typename Change>
aclError ChangeDesc(const char* function, aclTensorDesc* handle,
                    Change change) {
  return ApiCall(function, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto desc, Descs().Get(handle, "desc"));
    return change(*desc);
  });
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclTensorDesc* aclCreateTensorDesc(aclDataType dataType, int numDims,
                                   const int64_t* dims, aclFormat format) {
  return ValueCall<aclTensorDesc*>(
      "aclCreateTensorDesc", nullptr,
      [&]() -> absl::StatusOr<aclTensorDesc*> {
        auto desc = std::make_shared<TensorDesc>();
        ASSIGN_OR_RETURN(desc->spec.shape, ToShape(numDims, dims));
        desc->spec.dtype = static_cast<DataType>(dataType);
        desc->spec.format = static_cast<Format>(format);
        return static_cast<aclTensorDesc*>(Descs().Add(std::move(desc)));
      });
}

void aclDestroyTensorDesc(const aclTensorDesc* desc) {
  if (desc == nullptr) return;
  ApiCall("aclDestroyTensorDesc", [&]() -> absl::Status {
    return Descs().Remove(desc, "desc").status();
  });
}

aclError aclSetTensorFormat(aclTensorDesc* desc, aclFormat format) {
  return ChangeDesc("aclSetTensorFormat", desc, [&](TensorDesc& d) {
    d.storage_format = static_cast<Format>(format);
    return absl::OkStatus();
  });
}

aclError aclSetTensorStorageFormat(aclTensorDesc* desc, aclFormat format) {
  return ChangeDesc("aclSetTensorStorageFormat", desc, [&](TensorDesc& d) {
    d.storage_format = static_cast<Format>(format);
    return absl::OkStatus();
  });
}

aclError aclSetTensorOriginFormat(aclTensorDesc* desc, aclFormat format) {
  return ChangeDesc("aclSetTensorOriginFormat", desc, [&](TensorDesc& d) {
    d.spec.format = static_cast<Format>(format);
    return absl::OkStatus();
  });
}

aclError aclSetTensorShape(aclTensorDesc* desc, int numDims,
                           const int64_t* dims) {
  return ChangeDesc("aclSetTensorShape", desc,
                    [&](TensorDesc& d) -> absl::Status {
                      ASSIGN_OR_RETURN(d.storage_shape,
                                       ToShape(numDims, dims));
                      return absl::OkStatus();
                    });
}

aclError aclSetTensorStorageShape(aclTensorDesc* desc, int numDims,
                                  const int64_t* dims) {
  return ChangeDesc("aclSetTensorStorageShape", desc,
                    [&](TensorDesc& d) -> absl::Status {
                      ASSIGN_OR_RETURN(d.storage_shape,
                                       ToShape(numDims, dims));
                      return absl::OkStatus();
                    });
}

aclError aclSetTensorOriginShape(aclTensorDesc* desc, int numDims,
                                 const int64_t* dims) {
  return ChangeDesc("aclSetTensorOriginShape", desc,
                    [&](TensorDesc& d) -> absl::Status {
                      ASSIGN_OR_RETURN(d.spec.shape, ToShape(numDims, dims));
                      return absl::OkStatus();
                    });
}

aclError aclSetTensorShapeRange(aclTensorDesc* desc, size_t dimsCount,
                                int64_t dimsRange[][2]) {
  return ChangeDesc("aclSetTensorShapeRange", desc,
                    [&](TensorDesc& d) -> absl::Status {
                      ASSIGN_OR_RETURN(
                          d.shape_range,
                          ToRanges(dimsCount, dimsRange, "dimsRange"));
                      return absl::OkStatus();
                    });
}

aclError aclSetTensorValueRange(aclTensorDesc* desc, size_t valueCount,
                                int64_t valueRange[][2]) {
  return ChangeDesc("aclSetTensorValueRange", desc,
                    [&](TensorDesc& d) -> absl::Status {
                      ASSIGN_OR_RETURN(
                          d.value_range,
                          ToRanges(valueCount, valueRange, "valueRange"));
                      return absl::OkStatus();
                    });
}

void aclSetTensorDescName(aclTensorDesc* desc, const char* name) {
  ChangeDesc("aclSetTensorDescName", desc, [&](TensorDesc& d) {
    d.name = name == nullptr ? "" : name;
    return absl::OkStatus();
  });
}

aclError aclSetTensorDynamicInput(aclTensorDesc* desc,
                                  const char* dynamicInputName) {
  return ChangeDesc("aclSetTensorDynamicInput", desc,
                    [&](TensorDesc& d) -> absl::Status {
                      RETURN_IF_NULL(dynamicInputName);
                      d.dynamic_input_name = dynamicInputName;
                      return absl::OkStatus();
                    });
}

aclError aclSetTensorPlaceMent(aclTensorDesc* desc, aclMemType memType) {
  return ChangeDesc(
      "aclSetTensorPlaceMent", desc, [&](TensorDesc& d) -> absl::Status {
        if (memType < ACL_MEMTYPE_DEVICE ||
            memType > ACL_MEMTYPE_HOST_COMPILE_INDEPENDENT) {
          return InvalidValue(Fault::kInvalidParam, "memType",
                              absl::StrCat(memType), "[0, 2]");
        }
        d.placement = static_cast<Placement>(memType);
        return absl::OkStatus();
      });
}

aclError aclSetTensorConst(aclTensorDesc* desc, void* dataBuffer,
                           size_t length) {
  return ChangeDesc("aclSetTensorConst", desc,
                    [&](TensorDesc& d) -> absl::Status {
                      RETURN_IF_NULL(dataBuffer);
                      if (length == 0 || length > PTRDIFF_MAX) {
                        return InvalidValue(Fault::kInvalidParam, "length",
                                            absl::StrCat(length),
                                            "the bytes of dataBuffer");
                      }
                      auto* bytes = static_cast<const std::byte*>(dataBuffer);
                      d.constant.emplace(bytes, bytes + length);
                      return absl::OkStatus();
                    });
}

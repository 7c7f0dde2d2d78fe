// The option record of aclrtCreateStreamV2: a plain struct that the user may
// also fill by hand.

#include <cstring>
#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/core/value_call.h"

namespace npuemu::shim {
namespace {

template <typename T>
absl::Status SetField(T* field, const void* value, size_t size) {
  if (size != sizeof(T)) {
    return InvalidValue(Fault::kInvalidParam, "valueSize",
                        std::to_string(size), std::to_string(sizeof(T)));
  }
  std::memcpy(field, value, sizeof(T));
  return absl::OkStatus();
}

absl::Status SetOption(aclrtStreamConfigHandle* handle,
                       aclrtStreamConfigAttr attr, const void* value,
                       size_t size) {
  switch (attr) {
    case ACL_RT_STREAM_WORK_ADDR_PTR:
      return SetField(&handle->workptr, value, size);
    case ACL_RT_STREAM_WORK_SIZE:
      return SetField(&handle->workSize, value, size);
    case ACL_RT_STREAM_FLAG:
      return SetField(&handle->flag, value, size);
    case ACL_RT_STREAM_PRIORITY:
      return SetField(&handle->priority, value, size);
  }
  return InvalidValue(Fault::kInvalidParam, "attr",
                      std::to_string(static_cast<int>(attr)),
                      "[0, 3], a value of aclrtStreamConfigAttr");
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclrtStreamConfigHandle* aclrtCreateStreamConfigHandle(void) {
  return ValueCall<aclrtStreamConfigHandle*>(
      "aclrtCreateStreamConfigHandle", nullptr,
      []() -> absl::StatusOr<aclrtStreamConfigHandle*> {
        return new aclrtStreamConfigHandle();
      });
}

aclError aclrtDestroyStreamConfigHandle(aclrtStreamConfigHandle* handle) {
  return ApiCall("aclrtDestroyStreamConfigHandle", [&]() -> absl::Status {
    RETURN_IF_NULL(handle);
    delete handle;
    return absl::OkStatus();
  });
}

aclError aclrtSetStreamConfigOpt(aclrtStreamConfigHandle* handle,
                                 aclrtStreamConfigAttr attr,
                                 const void* attrValue, size_t valueSize) {
  return ApiCall("aclrtSetStreamConfigOpt", [&]() -> absl::Status {
    RETURN_IF_NULL(handle);
    RETURN_IF_NULL(attrValue);
    return SetOption(handle, attr, attrValue, valueSize);
  });
}

// aclDataBuffer: an address and a size, neither owned.

#include <memory>

#include "acl/acl_base.h"
#include "acl_shim/base/object_tables.h"
#include "acl_shim/core/value_call.h"

using namespace npuemu;
using namespace npuemu::shim;

// Null data and size 0 are legal: an absent optional operand.
aclDataBuffer* aclCreateDataBuffer(void* data, size_t size) {
  return ValueCall<aclDataBuffer*>(
      "aclCreateDataBuffer", nullptr,
      [&]() -> absl::StatusOr<aclDataBuffer*> {
        auto buffer = std::make_shared<DataBuffer>(DataBuffer{data, size});
        return static_cast<aclDataBuffer*>(Buffers().Add(std::move(buffer)));
      });
}

aclError aclDestroyDataBuffer(const aclDataBuffer* dataBuffer) {
  return ApiCall("aclDestroyDataBuffer", [&]() -> absl::Status {
    return Buffers().Remove(dataBuffer, "dataBuffer").status();
  });
}

aclError aclUpdateDataBuffer(aclDataBuffer* dataBuffer, void* data,
                             size_t size) {
  return ApiCall("aclUpdateDataBuffer", [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto buffer, Buffers().Get(dataBuffer, "dataBuffer"));
    *buffer = {data, size};
    return absl::OkStatus();
  });
}

void* aclGetDataBufferAddr(const aclDataBuffer* dataBuffer) {
  return ValueCall<void*>(
      "aclGetDataBufferAddr", nullptr, [&]() -> absl::StatusOr<void*> {
        ASSIGN_OR_RETURN(auto buffer, Buffers().Get(dataBuffer, "dataBuffer"));
        return buffer->data;
      });
}

size_t aclGetDataBufferSizeV2(const aclDataBuffer* dataBuffer) {
  return ValueCall<size_t>(
      "aclGetDataBufferSizeV2", 0, [&]() -> absl::StatusOr<size_t> {
        ASSIGN_OR_RETURN(auto buffer, Buffers().Get(dataBuffer, "dataBuffer"));
        return buffer->size;
      });
}

// The low 32 bits, which is why there is a V2.
uint32_t aclGetDataBufferSize(const aclDataBuffer* dataBuffer) {
  return ValueCall<uint32_t>(
      "aclGetDataBufferSize", 0, [&]() -> absl::StatusOr<uint32_t> {
        ASSIGN_OR_RETURN(auto buffer, Buffers().Get(dataBuffer, "dataBuffer"));
        return static_cast<uint32_t>(buffer->size);
      });
}

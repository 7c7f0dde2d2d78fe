// Batches of copies between host and device (R95).

#include <cstdint>
#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/memory/checks.h"
#include "emulator/device/capture.h"
#include "emulator/device/transfer.h"

namespace npuemu::shim {
namespace {

struct Batch {
  void** dsts;
  size_t* dest_maxs;
  void** srcs;
  size_t* sizes;
  size_t count;
  aclrtMemcpyBatchAttr* attrs;
  size_t* attr_indexes;  // attrs[k] holds from attr_indexes[k] on
  size_t attr_count;
  size_t* fail_index;  // null: not wanted (V2)
};

absl::Status CheckArrays(const Batch& batch) {
  if (batch.dsts == nullptr) return NullPointer("dsts");
  if (batch.dest_maxs == nullptr) return NullPointer("destMaxs");
  if (batch.srcs == nullptr) return NullPointer("srcs");
  if (batch.sizes == nullptr) return NullPointer("sizes");
  if (batch.attrs == nullptr) return NullPointer("attrs");
  if (batch.attr_indexes == nullptr) return NullPointer("attrsIndexes");
  if (batch.count == 0) {
    return InvalidValue(Fault::kRtParamInvalid, "numBatches", "0",
                        "at least 1");
  }
  if (batch.attr_count == 0 || batch.attr_count > batch.count) {
    return InvalidValue(Fault::kRtParamInvalid, "numAttrs",
                        std::to_string(batch.attr_count),
                        "[1, numBatches = " + std::to_string(batch.count) +
                            "]");
  }
  return absl::OkStatus();
}

absl::Status CheckIndexes(const Batch& batch) {
  for (size_t k = 0; k < batch.attr_count; ++k) {
    const size_t index = batch.attr_indexes[k];
    const bool ascends =
        k == 0 ? index == 0 : index > batch.attr_indexes[k - 1];
    if (ascends && index < batch.count) continue;
    return InvalidValue(Fault::kRtParamInvalid,
                        ("attrsIndexes[" + std::to_string(k) + "]").c_str(),
                        std::to_string(index),
                        "ascending indexes from 0, less than numBatches");
  }
  return absl::OkStatus();
}

bool LiesAt(Call& call, const aclrtMemLocation& location,
            const void* address) {
  const int device = call.node.memory().DeviceOf(
      reinterpret_cast<uint64_t>(address));
  if (location.type == ACL_MEM_LOCATION_TYPE_DEVICE) {
    return device == static_cast<int>(location.id);
  }
  return location.type == ACL_MEM_LOCATION_TYPE_HOST && device < 0;
}

// One direction for all: from the host or to the host.
absl::Status CheckEntry(Call& call, const Batch& batch, size_t i,
                        const aclrtMemcpyBatchAttr& attr) {
  const std::string name = "[" + std::to_string(i) + "]";
  if (batch.dsts[i] == nullptr) return NullPointer(("dsts" + name).c_str());
  if (batch.srcs[i] == nullptr) return NullPointer(("srcs" + name).c_str());
  RETURN_IF_ERROR(CheckCapacity(batch.sizes[i], batch.dest_maxs[i],
                                ("sizes" + name).c_str(), "destMaxs"));
  const bool to_device = attr.dstLoc.type == ACL_MEM_LOCATION_TYPE_DEVICE;
  const bool from_device = attr.srcLoc.type == ACL_MEM_LOCATION_TYPE_DEVICE;
  const bool first_to_device =
      batch.attrs[0].dstLoc.type == ACL_MEM_LOCATION_TYPE_DEVICE;
  if (to_device == from_device || to_device != first_to_device) {
    return InvalidValue(Fault::kRtParamInvalid, ("attrs for " + name).c_str(),
                        "another direction",
                        "host to device for all entries, or device to host "
                        "for all");
  }
  if (!LiesAt(call, attr.dstLoc, batch.dsts[i]) ||
      !LiesAt(call, attr.srcLoc, batch.srcs[i])) {
    return InvalidValue(Fault::kRtParamInvalid,
                        ("dsts" + name + ", srcs" + name).c_str(),
                        "addresses elsewhere",
                        "addresses where the entry's attribute says");
  }
  return absl::OkStatus();
}

absl::Status CheckBatch(Call& call, const Batch& batch) {
  RETURN_IF_ERROR(CheckArrays(batch));
  RETURN_IF_ERROR(CheckIndexes(batch));
  size_t k = 0;
  for (size_t i = 0; i < batch.count; ++i) {
    if (k + 1 < batch.attr_count && batch.attr_indexes[k + 1] == i) ++k;
    const absl::Status status = CheckEntry(call, batch, i, batch.attrs[k]);
    if (status.ok()) continue;
    if (batch.fail_index != nullptr) *batch.fail_index = i;
    return status;
  }
  return absl::OkStatus();
}

// SIZE_MAX where no entry is to blame.
absl::Status StartFailIndex(const Batch& batch) {
  if (batch.fail_index == nullptr) return NullPointer("failIndex");
  *batch.fail_index = SIZE_MAX;
  return absl::OkStatus();
}

absl::Status CopyAll(Call& call, const Batch& batch) {
  RETURN_IF_ERROR(CheckBatch(call, batch));
  RETURN_IF_ERROR(RefuseUnsafe(call));
  for (size_t i = 0; i < batch.count; ++i) {
    if (batch.sizes[i] == 0) continue;
    RETURN_IF_ERROR(
        CopyNow(call, batch.dsts[i], batch.srcs[i], Flat(batch.sizes[i])));
  }
  return absl::OkStatus();
}

absl::Status CopyAllAsync(Call& call, const Batch& batch, aclrtStream handle) {
  RETURN_IF_ERROR(CheckBatch(call, batch));
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  for (size_t i = 0; i < batch.count; ++i) {
    if (batch.sizes[i] == 0) continue;
    RETURN_IF_ERROR(CopyOnStream(call, stream.get(), batch.dsts[i],
                                 batch.srcs[i], Flat(batch.sizes[i]),
                                 /*snapshot=*/false));
  }
  return absl::OkStatus();
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtMemcpyBatch(void** dsts, size_t* destMaxs, void** srcs,
                          size_t* sizes, size_t numBatches,
                          aclrtMemcpyBatchAttr* attrs, size_t* attrsIndexes,
                          size_t numAttrs, size_t* failIndex) {
  return NodeCall("aclrtMemcpyBatch",
                  Args(dsts, destMaxs, srcs, sizes, numBatches, attrs,
                       attrsIndexes, numAttrs, failIndex),
                  [&](Call& call) -> absl::Status {
                    const Batch batch = {dsts,         destMaxs,   srcs,
                                         sizes,        numBatches, attrs,
                                         attrsIndexes, numAttrs,   failIndex};
                    RETURN_IF_ERROR(StartFailIndex(batch));
                    return CopyAll(call, batch);
                  });
}

aclError aclrtMemcpyBatchV2(void** dsts, size_t* destMaxs, void** srcs,
                            size_t* sizes, size_t numBatches,
                            aclrtMemcpyBatchAttr* attrs, size_t* attrsIndexes,
                            size_t numAttrs) {
  return NodeCall("aclrtMemcpyBatchV2",
                  Args(dsts, destMaxs, srcs, sizes, numBatches, attrs,
                       attrsIndexes, numAttrs),
                  [&](Call& call) {
                    return CopyAll(
                        call, {dsts, destMaxs, srcs, sizes, numBatches, attrs,
                               attrsIndexes, numAttrs, nullptr});
                  });
}

aclError aclrtMemcpyBatchAsync(void** dsts, size_t* destMaxs, void** srcs,
                               size_t* sizes, size_t numBatches,
                               aclrtMemcpyBatchAttr* attrs,
                               size_t* attrsIndexes, size_t numAttrs,
                               size_t* failIndex, aclrtStream stream) {
  return NodeCall("aclrtMemcpyBatchAsync", Args(numBatches, stream),
                  [&](Call& call) -> absl::Status {
                    const Batch batch = {dsts,         destMaxs,   srcs,
                                         sizes,        numBatches, attrs,
                                         attrsIndexes, numAttrs,   failIndex};
                    RETURN_IF_ERROR(StartFailIndex(batch));
                    return CopyAllAsync(call, batch, stream);
                  });
}

aclError aclrtMemcpyBatchAsyncV2(void** dsts, size_t* destMaxs, void** srcs,
                                 size_t* sizes, size_t numBatches,
                                 aclrtMemcpyBatchAttr* attrs,
                                 size_t* attrsIndexes, size_t numAttrs,
                                 aclrtStream stream) {
  return NodeCall("aclrtMemcpyBatchAsyncV2",
                  Args(numBatches, numAttrs, stream),
                  [&](Call& call) {
                    return CopyAllAsync(
                        call,
                        {dsts, destMaxs, srcs, sizes, numBatches, attrs,
                         attrsIndexes, numAttrs, nullptr},
                        stream);
                  });
}

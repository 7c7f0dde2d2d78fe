// Notifies (R74); counting notifies are for newer chips and say so.

#include <chrono>
#include <string>
#include <vector>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "emulator/device/sync_event.h"

namespace npuemu::shim {
namespace {

absl::Status Create(Call& call, aclrtNotify* notify, uint64_t flag) {
  RETURN_IF_NULL(notify);
  if (flag > ACL_NOTIFY_DEVICE_USE_ONLY) {
    return InvalidValue(Fault::kRtParamInvalid, "flag", std::to_string(flag),
                        "0 (ACL_NOTIFY_DEFAULT) or 1 "
                        "(ACL_NOTIFY_DEVICE_USE_ONLY)");
  }
  ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
  ASSIGN_OR_RETURN(auto made, CreateNotify(call, &context->device()));
  *notify = Process::Get().notifies.Add(std::move(made));
  return absl::OkStatus();
}

absl::Status ResetAll(Call& call, aclrtNotify* notifies, size_t num) {
  RETURN_IF_NULL(notifies);
  if (num == 0) {
    return InvalidValue(Fault::kInvalidParam, "num", "0", "at least 1");
  }
  std::vector<std::shared_ptr<Notify>> found;
  for (size_t i = 0; i < num; ++i) {
    ASSIGN_OR_RETURN(auto notify,
                     Process::Get().FindNotify(notifies[i], "notifies"));
    found.push_back(std::move(notify));
  }
  call.node.scheduler().Flush(call.lock);
  for (const auto& notify : found) notify->signal->set = false;
  return absl::OkStatus();
}

int NotOnThisChip(const char* function) {
  return ApiCall(function, [&] {
    return FaultError(Fault::kRtFeatureNotSupport,
                      std::string(function) +
                          " failed because Atlas A2 and A3 have no counting "
                          "notifies. Use aclrtCreateNotify");
  });
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtCreateNotify(aclrtNotify* notify, uint64_t flag) {
  return NodeCall("aclrtCreateNotify", Args(notify, flag),
                  [&](Call& call) { return Create(call, notify, flag); });
}

aclError aclrtDestroyNotify(aclrtNotify notify) {
  return NodeCall(
      "aclrtDestroyNotify", Args(notify), [&](Call& call) -> absl::Status {
        ASSIGN_OR_RETURN(const auto found,
                         Process::Get().notifies.Remove(notify, "notify"));
        DestroyNotify(call, found.get());
        return absl::OkStatus();
      });
}

aclError aclrtGetNotifyId(aclrtNotify notify, uint32_t* notifyId) {
  return NodeCall(
      "aclrtGetNotifyId", Args(notify, notifyId), [&](Call&) -> absl::Status {
        RETURN_IF_NULL(notifyId);
        ASSIGN_OR_RETURN(const auto found,
                         Process::Get().FindNotify(notify, "notify"));
        *notifyId = static_cast<uint32_t>(found->id);
        return absl::OkStatus();
      });
}

aclError aclrtRecordNotify(aclrtNotify notify, aclrtStream stream) {
  return NodeCall("aclrtRecordNotify", Args(notify, stream),
                  [&](Call& call) -> absl::Status {
                    Process& process = Process::Get();
                    ASSIGN_OR_RETURN(const auto found,
                                     process.FindNotify(notify, "notify"));
                    ASSIGN_OR_RETURN(const auto on,
                                     process.FindStream(call, stream));
                    return RecordNotify(call, found.get(), on.get());
                  });
}

aclError aclrtWaitAndResetNotify(aclrtNotify notify, aclrtStream stream,
                                 uint32_t timeout) {
  return NodeCall("aclrtWaitAndResetNotify", Args(notify, stream, timeout),
                  [&](Call& call) -> absl::Status {
                    Process& process = Process::Get();
                    ASSIGN_OR_RETURN(const auto found,
                                     process.FindNotify(notify, "notify"));
                    ASSIGN_OR_RETURN(const auto on,
                                     process.FindStream(call, stream));
                    return WaitAndResetNotify(call, found.get(), on.get(),
                                              std::chrono::seconds(timeout));
                  });
}

aclError aclrtNotifyBatchReset(aclrtNotify* notifies, size_t num) {
  return NodeCall("aclrtNotifyBatchReset", Args(notifies, num),
                  [&](Call& call) { return ResetAll(call, notifies, num); });
}

aclError aclrtCntNotifyCreate(aclrtCntNotify*, uint64_t) {
  return NotOnThisChip("aclrtCntNotifyCreate");
}

aclError aclrtCntNotifyDestroy(aclrtCntNotify) {
  return NotOnThisChip("aclrtCntNotifyDestroy");
}

aclError aclrtCntNotifyRecord(aclrtCntNotify, aclrtStream,
                              aclrtCntNotifyRecordInfo*) {
  return NotOnThisChip("aclrtCntNotifyRecord");
}

aclError aclrtCntNotifyWaitWithTimeout(aclrtCntNotify, aclrtStream,
                                       aclrtCntNotifyWaitInfo*) {
  return NotOnThisChip("aclrtCntNotifyWaitWithTimeout");
}

aclError aclrtCntNotifyReset(aclrtCntNotify, aclrtStream) {
  return NotOnThisChip("aclrtCntNotifyReset");
}

aclError aclrtCntNotifyGetId(aclrtCntNotify, uint32_t*) {
  return NotOnThisChip("aclrtCntNotifyGetId");
}

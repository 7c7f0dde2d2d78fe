// Streams that come, wait and go (R29-R53).

#include "emulator/device/stream.h"

#include <optional>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/stream/state_callbacks.h"
#include "acl_shim/rt/stream/stream_settings.h"
#include "acl_shim/rt/stream/timeouts.h"
#include "emulator/device/capture.h"

namespace npuemu::shim {
namespace {

// Other bits are ignored (R35).
constexpr uint32_t kKnownFlags = kStreamFastLaunch | kStreamFastSync |
                                 kStreamPersistent | kStreamHuge |
                                 kStreamCpuSchedule | kStreamDeviceUseOnly;

absl::Status Create(Call& call, aclrtStream* stream, uint32_t priority,
                    uint32_t flag) {
  RETURN_IF_NULL(stream);
  ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
  ASSIGN_OR_RETURN(auto made, CreateStream(call, context, priority,
                                           flag & kKnownFlags));
  *stream = Process::Get().streams.Add(std::move(made));
  NotifyStreamState(call, *stream, ACL_RT_STREAM_STATE_CREATE_POST);
  return absl::OkStatus();
}

// R50: the default stream ends with its context.
absl::Status RefuseDefaultStream(const Call& call, const Stream& stream) {
  if (stream.context->default_stream().get() != &stream) {
    return absl::OkStatus();
  }
  return InvalidValue(Fault::kRtParamInvalid, "stream", "the default stream",
                      std::string("a stream of aclrtCreateStream; ") +
                          call.name + " does not take the default stream");
}

// R170: unbind first.
absl::Status RefuseBound(const Call& call, const Stream& stream) {
  if (stream.graph == nullptr) return absl::OkStatus();
  return FaultError(Fault::kRtStreamModel,
                    std::string(call.name) +
                        " failed because the stream is bound to a model; "
                        "expected aclmdlRIUnbindStream before");
}

absl::Status Destroy(Call& call, aclrtStream handle, bool force) {
  RETURN_IF_NULL(handle);
  auto& process = Process::Get();
  ASSIGN_OR_RETURN(const auto stream, process.FindStream(call, handle));
  RETURN_IF_ERROR(RefuseDefaultStream(call, *stream));
  RETURN_IF_ERROR(RefuseCaptured(call, *stream));
  RETURN_IF_ERROR(RefuseBound(call, *stream));
  // R49: before the wait for what is pending.
  NotifyStreamState(call, handle, ACL_RT_STREAM_STATE_DESTROY_PRE);
  RETURN_IF_ERROR(process.FindStream(call, handle).status());
  RETURN_IF_ERROR(DestroyStream(call, stream.get(), force));
  ForgetSettings(call, *stream);
  return process.streams.Remove(handle, "stream").status();
}

// R43: of any context of the process.
absl::Status Synchronize(Call& call, aclrtStream handle,
                         std::optional<SimDuration> timeout) {
  ASSIGN_OR_RETURN(const auto stream,
                   Process::Get().FindStream(call, handle,
                                             /*same_context=*/false));
  RETURN_IF_ERROR(RefuseCaptured(call, *stream));
  return SynchronizeStream(call, stream.get(), timeout);
}

absl::Status Stop(Call& call, aclrtStream handle) {
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  RETURN_IF_ERROR(RefuseDefaultStream(call, *stream));
  if (stream->persistent()) {
    return FaultError(Fault::kRtStreamModel,
                      "aclrtStreamStop failed because the stream is bound to "
                      "a model; expected an ordinary stream");
  }
  call.node.scheduler().Flush(call.lock);
  call.node.scheduler().SetStopped(&stream->queue, true);
  return absl::OkStatus();
}

absl::Status Abort(Call& call, aclrtStream handle) {
  RETURN_IF_NULL(handle);
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  RETURN_IF_ERROR(RefuseCaptured(call, *stream));
  RETURN_IF_ERROR(AbortStream(call, stream.get()));
  call.node.scheduler().SetStopped(&stream->queue, false);
  return absl::OkStatus();
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtCreateStream(aclrtStream* stream) {
  return NodeCall("aclrtCreateStream", Args(stream), [&](Call& call) {
    return Create(call, stream, /*priority=*/0, /*flag=*/0);
  });
}

aclError aclrtCreateStreamWithConfig(aclrtStream* stream, uint32_t priority,
                                     uint32_t flag) {
  return NodeCall(
      "aclrtCreateStreamWithConfig", Args(stream, priority, flag),
      [&](Call& call) { return Create(call, stream, priority, flag); });
}

aclError aclrtCreateStreamV2(aclrtStream* stream,
                             const aclrtStreamConfigHandle* handle) {
  return NodeCall("aclrtCreateStreamV2", Args(stream, handle),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(handle);
                    return Create(call, stream, handle->priority,
                                  static_cast<uint32_t>(handle->flag));
                  });
}

aclError aclrtDestroyStream(aclrtStream stream) {
  return NodeCall("aclrtDestroyStream", Args(stream), [&](Call& call) {
    return Destroy(call, stream, /*force=*/false);
  });
}

aclError aclrtDestroyStreamForce(aclrtStream stream) {
  return NodeCall("aclrtDestroyStreamForce", Args(stream), [&](Call& call) {
    return Destroy(call, stream, /*force=*/true);
  });
}

aclError aclrtSynchronizeStream(aclrtStream stream) {
  return NodeCall("aclrtSynchronizeStream", Args(stream), [&](Call& call) {
    return Synchronize(call, stream, std::nullopt);
  });
}

aclError aclrtSynchronizeStreamWithTimeout(aclrtStream stream,
                                           int32_t timeout) {
  return NodeCall("aclrtSynchronizeStreamWithTimeout", Args(stream, timeout),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const auto limit, HostTimeout(timeout));
                    return Synchronize(call, stream, limit);
                  });
}

aclError aclrtStreamQuery(aclrtStream stream, aclrtStreamStatus* status) {
  return NodeCall(
      "aclrtStreamQuery", Args(stream, status),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(status);
        ASSIGN_OR_RETURN(const auto found,
                         Process::Get().FindStream(call, stream,
                                                   /*same_context=*/false));
        RETURN_IF_ERROR(RefuseCaptured(call, *found));
        *status = QueryStream(call, found.get()) ? ACL_STREAM_STATUS_COMPLETE
                                                 : ACL_STREAM_STATUS_NOT_READY;
        return absl::OkStatus();
      });
}

aclError aclrtStreamAbort(aclrtStream stream) {
  return NodeCall("aclrtStreamAbort", Args(stream),
                  [&](Call& call) { return Abort(call, stream); });
}

aclError aclrtStreamStop(aclrtStream stream) {
  return NodeCall("aclrtStreamStop", Args(stream),
                  [&](Call& call) { return Stop(call, stream); });
}

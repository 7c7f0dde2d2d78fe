// Captures and their task groups (R158-R168).

#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/model_ri/graph_handles.h"
#include "emulator/device/capture.h"

namespace npuemu::shim {
namespace {

absl::StatusOr<CaptureMode> ModeOf(aclmdlRICaptureMode mode) {
  if (mode >= ACL_MODEL_RI_CAPTURE_MODE_GLOBAL &&
      mode <= ACL_MODEL_RI_CAPTURE_MODE_RELAXED) {
    return static_cast<CaptureMode>(mode);
  }
  return InvalidValue(Fault::kRtParamInvalid, "mode", std::to_string(mode),
                      "[0, 2], one of ACL_MODEL_RI_CAPTURE_MODE_*");
}

absl::Status Begin(Call& call, aclrtStream handle, aclmdlRICaptureMode mode) {
  ASSIGN_OR_RETURN(const CaptureMode wanted, ModeOf(mode));
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  ASSIGN_OR_RETURN(const auto graph, BeginCapture(call, stream.get(), wanted));
  AddGraph(graph);
  return absl::OkStatus();
}

absl::Status End(Call& call, aclrtStream handle, aclmdlRI* modelRI) {
  RETURN_IF_NULL(modelRI);
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  const std::shared_ptr<Graph> graph = stream->graph;
  const auto ended = EndCapture(call, stream.get());
  if (ended.ok()) {
    *modelRI = (*ended)->handle;
    return absl::OkStatus();
  }
  if (graph != nullptr && graph->state == GraphState::kOver) {
    ForgetGraph(*graph);
  }
  return ended.status();
}

absl::Status Info(Call& call, aclrtStream handle, aclmdlRICaptureStatus* status,
                  aclmdlRI* modelRI) {
  RETURN_IF_NULL(status);
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  const bool captures = InCapture(*stream);
  *status = !captures ? ACL_MODEL_RI_CAPTURE_STATUS_NONE
            : stream->graph->state == GraphState::kInvalidated
                ? ACL_MODEL_RI_CAPTURE_STATUS_INVALIDATED
                : ACL_MODEL_RI_CAPTURE_STATUS_ACTIVE;
  if (modelRI != nullptr) {
    *modelRI = captures ? stream->graph->handle : nullptr;
  }
  return absl::OkStatus();
}

absl::Status Exchange(Call& call, aclmdlRICaptureMode* mode) {
  RETURN_IF_NULL(mode);
  ASSIGN_OR_RETURN(const CaptureMode wanted, ModeOf(*mode));
  *mode = static_cast<aclmdlRICaptureMode>(call.thread.capture_mode);
  call.thread.capture_mode = wanted;
  return absl::OkStatus();
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclmdlRICaptureBegin(aclrtStream stream, aclmdlRICaptureMode mode) {
  return NodeCall("aclmdlRICaptureBegin", Args(stream, mode),
                  [&](Call& call) { return Begin(call, stream, mode); });
}

aclError aclmdlRICaptureEnd(aclrtStream stream, aclmdlRI* modelRI) {
  return NodeCall("aclmdlRICaptureEnd", Args(stream, modelRI),
                  [&](Call& call) { return End(call, stream, modelRI); });
}

aclError aclmdlRICaptureGetInfo(aclrtStream stream,
                                aclmdlRICaptureStatus* status,
                                aclmdlRI* modelRI) {
  return NodeCall(
      "aclmdlRICaptureGetInfo", Args(stream, status, modelRI),
      [&](Call& call) { return Info(call, stream, status, modelRI); });
}

aclError aclmdlRICaptureThreadExchangeMode(aclmdlRICaptureMode* mode) {
  return NodeCall("aclmdlRICaptureThreadExchangeMode", Args(mode),
                  [&](Call& call) { return Exchange(call, mode); });
}

aclError aclmdlRICaptureTaskGrpBegin(aclrtStream stream) {
  return NodeCall("aclmdlRICaptureTaskGrpBegin", Args(stream),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindStream(call, stream));
                    return BeginGroup(call, found.get());
                  });
}

aclError aclmdlRICaptureTaskGrpEnd(aclrtStream stream, aclrtTaskGrp* handle) {
  return NodeCall("aclmdlRICaptureTaskGrpEnd", Args(stream, handle),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(handle);
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindStream(call, stream));
                    ASSIGN_OR_RETURN(auto group, EndGroup(call, found.get()));
                    *handle = TaskGroups().Add(std::move(group));
                    return absl::OkStatus();
                  });
}

aclError aclmdlRICaptureTaskUpdateBegin(aclrtStream stream,
                                        aclrtTaskGrp handle) {
  return NodeCall("aclmdlRICaptureTaskUpdateBegin", Args(stream, handle),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(auto group,
                                     TaskGroups().Get(handle, "handle"));
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindStream(call, stream));
                    return BeginUpdate(call, found.get(), std::move(group));
                  });
}

aclError aclmdlRICaptureTaskUpdateEnd(aclrtStream stream) {
  return NodeCall("aclmdlRICaptureTaskUpdateEnd", Args(stream),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindStream(call, stream));
                    return EndUpdate(call, found.get());
                  });
}

// Executing, naming and ending model running instances (R166, R169).

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/model_ri/graph_handles.h"
#include "acl_shim/rt/stream/timeouts.h"
#include "emulator/base/tsan.h"

namespace npuemu::shim {
namespace {

struct DestroyCallback {
  aclrtCallback function;
  void* user_data;
};

// By graph id, in order of registration; used inside of calls only.
std::map<int, std::vector<DestroyCallback>>& Callbacks() {
  static auto* callbacks = new std::map<int, std::vector<DestroyCallback>>;
  return *callbacks;
}

// As callbacks of streams are called: without the node's lock.
void RunCallbacks(Call& call, int graph) {
  const auto found = Callbacks().find(graph);
  if (found == Callbacks().end()) return;
  const std::vector<DestroyCallback> callbacks = std::move(found->second);
  Callbacks().erase(found);
  call.lock.unlock();
  {
    const tsan::Theirs theirs;
    for (const DestroyCallback& callback : callbacks) {
      callback.function(callback.user_data);
    }
  }
  call.lock.lock();
  call.WaitedUntil(call.thread.clock);  // what their own calls took
}

absl::Status Destroy(Call& call, aclmdlRI modelRI) {
  ASSIGN_OR_RETURN(const auto graph, Graphs().Get(modelRI, "modelRI"));
  RETURN_IF_ERROR(DestroyGraph(call, graph.get()));
  ForgetGraph(*graph);
  RunCallbacks(call, graph->id);
  return absl::OkStatus();
}

absl::Status Unregister(Call&, aclmdlRI modelRI, aclrtCallback func) {
  RETURN_IF_NULL(func);
  ASSIGN_OR_RETURN(const auto graph, Graphs().Get(modelRI, "modelRI"));
  std::vector<DestroyCallback>& callbacks = Callbacks()[graph->id];
  const auto found = std::find_if(
      callbacks.begin(), callbacks.end(),
      [&](const DestroyCallback& entry) { return entry.function == func; });
  if (found == callbacks.end()) {
    return InvalidValue(Fault::kRtParamInvalid, "func",
                        "a function that is not registered",
                        "one of aclmdlRIDestroyRegisterCallback");
  }
  callbacks.erase(found);
  return absl::OkStatus();
}

absl::Status GetName(aclmdlRI modelRI, uint32_t maxLen, char* name) {
  RETURN_IF_NULL(name);
  ASSIGN_OR_RETURN(const auto graph, Graphs().Get(modelRI, "modelRI"));
  if (maxLen <= graph->name.size()) {
    return InvalidValue(Fault::kRtParamInvalid, "maxLen",
                        std::to_string(maxLen),
                        "at least " + std::to_string(graph->name.size() + 1) +
                            " (the name and its end)");
  }
  std::memcpy(name, graph->name.c_str(), graph->name.size() + 1);
  return absl::OkStatus();
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclmdlRIExecuteAsync(aclmdlRI modelRI, aclrtStream stream) {
  return NodeCall("aclmdlRIExecuteAsync", Args(modelRI, stream),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const auto graph,
                                     Graphs().Get(modelRI, "modelRI"));
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindStream(call, stream));
                    return ExecuteGraph(call, graph.get(), found);
                  });
}

aclError aclmdlRIExecute(aclmdlRI modelRI, int32_t timeout) {
  return NodeCall("aclmdlRIExecute", Args(modelRI, timeout),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const auto graph,
                                     Graphs().Get(modelRI, "modelRI"));
                    ASSIGN_OR_RETURN(const auto limit, HostTimeout(timeout));
                    return ExecuteAndWait(call, graph.get(), limit);
                  });
}

aclError aclmdlRIDestroy(aclmdlRI modelRI) {
  return NodeCall("aclmdlRIDestroy", Args(modelRI),
                  [&](Call& call) { return Destroy(call, modelRI); });
}

aclError aclmdlRIDestroyRegisterCallback(aclmdlRI modelRI, aclrtCallback func,
                                         void* userData) {
  return NodeCall("aclmdlRIDestroyRegisterCallback",
                  Args(modelRI, reinterpret_cast<void*>(func), userData),
                  [&](Call&) -> absl::Status {
                    RETURN_IF_NULL(func);
                    ASSIGN_OR_RETURN(const auto graph,
                                     Graphs().Get(modelRI, "modelRI"));
                    Callbacks()[graph->id].push_back({func, userData});
                    return absl::OkStatus();
                  });
}

aclError aclmdlRIDestroyUnregisterCallback(aclmdlRI modelRI,
                                           aclrtCallback func) {
  return NodeCall("aclmdlRIDestroyUnregisterCallback",
                  Args(modelRI, reinterpret_cast<void*>(func)),
                  [&](Call& call) { return Unregister(call, modelRI, func); });
}

aclError aclmdlRIGetId(aclmdlRI modelRI, uint32_t* modelRIId) {
  return NodeCall(
      "aclmdlRIGetId", Args(modelRI, modelRIId), [&](Call&) -> absl::Status {
        RETURN_IF_NULL(modelRIId);
        ASSIGN_OR_RETURN(const auto graph, Graphs().Get(modelRI, "modelRI"));
        *modelRIId = static_cast<uint32_t>(graph->id);
        return absl::OkStatus();
      });
}

aclError aclmdlRISetName(aclmdlRI modelRI, const char* name) {
  return NodeCall(
      "aclmdlRISetName", Args(modelRI, name), [&](Call&) -> absl::Status {
        RETURN_IF_NULL(name);
        ASSIGN_OR_RETURN(const auto graph, Graphs().Get(modelRI, "modelRI"));
        graph->name = name;
        return absl::OkStatus();
      });
}

aclError aclmdlRIGetName(aclmdlRI modelRI, uint32_t maxLen, char* name) {
  return NodeCall("aclmdlRIGetName", Args(modelRI, maxLen, name),
                  [&](Call&) { return GetName(modelRI, maxLen, name); });
}

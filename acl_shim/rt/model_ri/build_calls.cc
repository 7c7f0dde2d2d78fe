// Models that are built from bound streams (R170).

#include <string>

#include "acl/acl_mdl.h"
#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/model_ri/graph_handles.h"

namespace npuemu::shim {
namespace {

struct Pair {
  std::shared_ptr<Graph> graph;
  std::shared_ptr<Stream> stream;
};

absl::StatusOr<Pair> Find(Call& call, aclmdlRI modelRI, aclrtStream stream) {
  Pair pair;
  ASSIGN_OR_RETURN(pair.graph, Graphs().Get(modelRI, "modelRI"));
  ASSIGN_OR_RETURN(pair.stream, Process::Get().FindStream(call, stream));
  return pair;
}

absl::Status Begin(Call& call, aclmdlRI* modelRI, uint32_t flag) {
  RETURN_IF_NULL(modelRI);
  if (flag != 0) {
    return InvalidValue(Fault::kRtParamInvalid, "flag", std::to_string(flag),
                        "0");
  }
  ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
  const std::shared_ptr<Graph> graph = BuildGraph(call, context);
  AddGraph(graph);
  *modelRI = graph->handle;
  return absl::OkStatus();
}

absl::Status CheckBindFlag(uint32_t flag) {
  if (flag == ACL_MODEL_STREAM_FLAG_HEAD) return absl::OkStatus();
  if (flag == ACL_MODEL_STREAM_FLAG_DEFAULT) {
    return FaultError(Fault::kRtFeatureNotSupport,
                      "ACL_MODEL_STREAM_FLAG_DEFAULT: streams that another "
                      "stream of the model starts are not modelled; expected "
                      "ACL_MODEL_STREAM_FLAG_HEAD (0)");
  }
  return InvalidValue(Fault::kRtParamInvalid, "flag", std::to_string(flag),
                      "ACL_MODEL_STREAM_FLAG_HEAD (0)");
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclmdlRIBuildBegin(aclmdlRI* modelRI, uint32_t flag) {
  return NodeCall("aclmdlRIBuildBegin", Args(modelRI, flag),
                  [&](Call& call) { return Begin(call, modelRI, flag); });
}

aclError aclmdlRIBindStream(aclmdlRI modelRI, aclrtStream stream,
                            uint32_t flag) {
  return NodeCall(
      "aclmdlRIBindStream", Args(modelRI, stream, flag),
      [&](Call& call) -> absl::Status {
        RETURN_IF_ERROR(CheckBindFlag(flag));
        ASSIGN_OR_RETURN(const Pair pair, Find(call, modelRI, stream));
        return BindStream(call, pair.graph.get(), pair.stream.get());
      });
}

aclError aclmdlRIUnbindStream(aclmdlRI modelRI, aclrtStream stream) {
  return NodeCall("aclmdlRIUnbindStream", Args(modelRI, stream),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const Pair pair,
                                     Find(call, modelRI, stream));
                    return UnbindStream(pair.graph.get(), pair.stream.get());
                  });
}

aclError aclmdlRIEndTask(aclmdlRI modelRI, aclrtStream stream) {
  return NodeCall(
      "aclmdlRIEndTask", Args(modelRI, stream),
      [&](Call& call) -> absl::Status {
        ASSIGN_OR_RETURN(const Pair pair, Find(call, modelRI, stream));
        return EndGraphTask(call, pair.graph.get(), pair.stream.get());
      });
}

aclError aclmdlRIBuildEnd(aclmdlRI modelRI, void* reserve) {
  return NodeCall("aclmdlRIBuildEnd", Args(modelRI, reserve),
                  [&](Call& call) -> absl::Status {
                    if (reserve != nullptr) {
                      return InvalidValue(Fault::kRtParamInvalid, "reserve",
                                          "not nullptr", "nullptr");
                    }
                    ASSIGN_OR_RETURN(const auto graph,
                                     Graphs().Get(modelRI, "modelRI"));
                    return EndBuild(call, graph.get());
                  });
}

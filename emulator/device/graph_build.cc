// Models that are built from bound streams (R170).

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "emulator/device/context.h"
#include "emulator/device/graph.h"

namespace npuemu {
namespace {

std::string NameOf(const Stream& stream) {
  return absl::StrCat("stream s", stream.queue.id);
}

absl::Status CheckBuilding(const Call& call, const Graph& graph) {
  if (graph.state == GraphState::kBuilding) return absl::OkStatus();
  return FaultError(Fault::kRtParamInvalid,
                    absl::StrCat(call.name, ": model ", graph.id,
                                 " is not "
                                 "being built; expected one between "
                                 "aclmdlRIBuildBegin and aclmdlRIBuildEnd"));
}

absl::Status CheckBound(const Graph& graph, const Stream& stream) {
  if (stream.graph.get() == &graph) return absl::OkStatus();
  return FaultError(
      Fault::kRtStreamModel,
      absl::StrCat(NameOf(stream), " is not bound to model ", graph.id,
                   "; expected a stream of "
                   "aclmdlRIBindStream"));
}

}  // namespace

std::shared_ptr<Graph> BuildGraph(Call& call, Context* context) {
  return std::make_shared<Graph>(call.node.NextGraphId(),
                                 context->shared_from_this());
}

absl::Status BindStream(Call& call, Graph* graph, Stream* stream) {
  RETURN_IF_ERROR(CheckBuilding(call, *graph));
  if (!stream->persistent()) {
    return FaultError(
        Fault::kRtParamInvalid,
        absl::StrCat(NameOf(*stream), " has flags ", stream->flags,
                     ", expected "
                     "ACL_STREAM_PERSISTENT (0x4)"));
  }
  if (stream->graph != nullptr) {
    return FaultError(
        Fault::kRtStreamModel,
        absl::StrCat(NameOf(*stream), " is bound to model ", stream->graph->id,
                     " already; a stream "
                     "belongs to one model"));
  }
  if (stream->context != graph->context.get()) {
    return FaultError(Fault::kRtModelContext,
                      NameOf(*stream) +
                          " belongs to another context than the "
                          "model");
  }
  return graph->Join(call, stream);
}

absl::Status UnbindStream(Graph* graph, Stream* stream) {
  RETURN_IF_ERROR(CheckBound(*graph, *stream));
  graph->Leave(stream);
  return absl::OkStatus();
}

absl::Status EndGraphTask(Call& call, Graph* graph, Stream* stream) {
  RETURN_IF_ERROR(CheckBuilding(call, *graph));
  RETURN_IF_ERROR(CheckBound(*graph, *stream));
  graph->lane(stream->lane).ended = true;
  return absl::OkStatus();
}

absl::Status EndBuild(Call& call, Graph* graph) {
  RETURN_IF_ERROR(CheckBuilding(call, *graph));
  const auto& lanes = graph->lanes();
  if (std::none_of(lanes.begin(), lanes.end(),
                   [](const GraphLane& lane) { return lane.ended; })) {
    return FaultError(Fault::kRtParamInvalid,
                      absl::StrCat("model ", graph->id,
                                   " has no stream with "
                                   "aclmdlRIEndTask; expected one"));
  }
  graph->state = GraphState::kReady;
  return absl::OkStatus();
}

}  // namespace npuemu

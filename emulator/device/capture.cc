#include "emulator/device/capture.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/device/context.h"

namespace npuemu {
namespace {

constexpr int kHazard = 30;

absl::Status No(Fault fault, const std::string& text) {
  return WithHazard(FaultError(fault, text), kHazard);
}

const char* WordOf(CaptureMode mode) {
  switch (mode) {
    case CaptureMode::kGlobal:
      return "GLOBAL";
    case CaptureMode::kThreadLocal:
      return "THREAD_LOCAL";
    case CaptureMode::kRelaxed:
      return "RELAXED";
  }
  return "";
}

std::string NameOf(const Stream& stream) {
  return absl::StrCat("stream s", stream.queue.id);
}

std::string TextOf(const Graph& graph) {
  const Stream* first =
      graph.lanes().empty() ? nullptr : graph.lanes()[0].source;
  return absl::StrCat(first == nullptr ? "a stream" : NameOf(*first),
                      " is capturing (mode ", WordOf(graph.mode),
                      ", begun by thread ", graph.thread, ")");
}

bool IsDefault(const Stream& stream) {
  return stream.context->default_stream().get() == &stream;
}

void Forget(Graph* graph) {
  std::erase(graph->context->captures, graph->shared_from_this());
}

absl::Status Terminate(Call& call, Graph* graph, absl::Status status) {
  Forget(graph);
  graph->Release(call);
  return status;
}

// R163: the first stream waits for what each of the others recorded last.
absl::Status CheckJoined(const Graph& graph) {
  const size_t lanes = graph.lanes().size();
  std::vector<const Task*> last(lanes);
  absl::flat_hash_set<const Signal*> awaited;
  for (const auto& task : graph.tasks()) {
    last[static_cast<size_t>(task->lane)] = task->kept.get();
    if (task->lane == 0) awaited.insert(task->kept->wait_for.get());
  }
  for (size_t i = 1; i < lanes; ++i) {
    if (last[i] != nullptr && last[i]->effect == EffectKind::kSet &&
        awaited.contains(last[i]->target.get())) {
      continue;
    }
    const Stream* stream = graph.lanes()[i].source;
    return No(Fault::kRtStreamUnjoined,
              absl::StrCat(stream == nullptr ? "a stream" : NameOf(*stream),
                           " joined the capture and is not joined at its end; "
                           "expected a record as its last task, for which "
                           "stream s",
                           graph.lanes()[0].source->queue.id, " waits"));
  }
  return absl::OkStatus();
}

absl::Status CheckEnd(const Call& call, const Graph& graph) {
  if (graph.thread != call.thread.id && graph.mode != CaptureMode::kRelaxed) {
    return No(Fault::kRtStreamCaptureWrongThread,
              absl::StrCat(call.name, " by thread ", call.thread.id, ": ",
                           TextOf(graph),
                           "; expected the same thread, or "
                           "mode RELAXED"));
  }
  if (graph.state == GraphState::kInvalidated) return Invalidated(graph);
  for (const GraphLane& lane : graph.lanes()) {
    if (!lane.group) continue;
    return No(Fault::kStreamTaskGroupStatus,
              absl::StrCat("a task group of ", NameOf(*lane.source),
                           " is open; expected aclmdlRICaptureTaskGrpEnd "
                           "before the capture ends"));
  }
  return CheckJoined(graph);
}

}  // namespace

absl::Status Invalidated(const Graph& graph) {
  return No(Fault::kRtStreamCaptureInvalidated,
            absl::StrCat("the capture of graph ", graph.id,
                         " is invalid since a call of it failed; end it and "
                         "capture again"));
}

absl::Status Spoil(Graph* graph, absl::Status status) {
  if (graph->capturing()) graph->state = GraphState::kInvalidated;
  return status;
}

absl::StatusOr<std::shared_ptr<Graph>> BeginCapture(Call& call, Stream* stream,
                                                    CaptureMode mode) {
  if (IsDefault(*stream)) {
    return No(Fault::kRtFeatureNotSupport,
              "the default stream cannot capture; expected a stream of "
              "aclrtCreateStream");
  }
  RETURN_IF_ERROR(RefuseCaptured(call, *stream));
  if (stream->persistent() || stream->graph != nullptr) {
    return No(Fault::kRtStreamModel,
              NameOf(*stream) +
                  " belongs to a model (ACL_STREAM_PERSISTENT); "
                  "expected an ordinary stream");
  }
  if (stream->update != nullptr) {
    return No(Fault::kStreamTaskGroupStatus,
              NameOf(*stream) +
                  " is updating a task group; expected "
                  "aclmdlRICaptureTaskUpdateEnd before");
  }
  auto graph = std::make_shared<Graph>(call.node.NextGraphId(),
                                       stream->context->shared_from_this());
  graph->mode = mode;
  graph->thread = call.thread.id;
  RETURN_IF_ERROR(graph->Join(call, stream));
  graph->state = GraphState::kCapturing;
  graph->context->captures.push_back(graph);
  return graph;
}

absl::StatusOr<std::shared_ptr<Graph>> EndCapture(Call& call, Stream* stream) {
  if (!InCapture(*stream)) {
    return No(Fault::kRtStreamNotCaptured,
              NameOf(*stream) +
                  " is not capturing; expected a stream of "
                  "aclmdlRICaptureBegin");
  }
  const std::shared_ptr<Graph> graph = stream->graph;
  if (stream->lane != 0) {
    return No(Fault::kRtStreamCaptureUnmatched,
              absl::StrCat(NameOf(*stream),
                           " joined the capture by an event; "
                           "expected the stream that began it, stream s",
                           graph->lanes()[0].source->queue.id));
  }
  const absl::Status status = CheckEnd(call, *graph);
  if (!status.ok()) return Terminate(call, graph.get(), status);
  Forget(graph.get());
  graph->LeaveAll();
  graph->state = GraphState::kReady;
  return graph;
}

void LeaveCapture(Call& call, Stream* stream) {
  const std::shared_ptr<Graph> graph = stream->graph;
  if (graph == nullptr) return;
  const bool first = stream->lane == 0;
  if (first && graph->capturing()) {
    (void)Terminate(call, graph.get(), absl::OkStatus());
    return;
  }
  (void)Spoil(graph.get(), absl::OkStatus());
  graph->Leave(stream);
}

absl::Status RefuseUnsafe(Call& call, Fault fault) {
  ASSIGN_OR_RETURN(const Context* context, CurrentContext(call));
  const CaptureMode tolerance = call.thread.capture_mode;
  if (context->captures.empty() || tolerance == CaptureMode::kRelaxed) {
    return absl::OkStatus();
  }
  for (const std::shared_ptr<Graph>& graph : context->captures) {
    const bool own = graph->thread == call.thread.id;
    const bool refused =
        tolerance == CaptureMode::kGlobal
            ? graph->mode == CaptureMode::kGlobal ||
                  (own && graph->mode == CaptureMode::kThreadLocal)
            : own && graph->mode != CaptureMode::kRelaxed;
    if (!refused) continue;
    return No(fault, absl::StrCat("operation ", call.name,
                                  " not allowed: ", TextOf(*graph),
                                  "; expected it before or "
                                  "after the capture, or a thread of mode "
                                  "RELAXED"));
  }
  return absl::OkStatus();
}

absl::Status RefusePageable(Call& call, const Stream& stream) {
  if (stream.graph == nullptr) {
    return RefuseUnsafe(call, Fault::kRtCaptureModeBlockAsync);
  }
  return Spoil(stream.graph.get(),
               No(Fault::kRtParamInvalid,
                  absl::StrCat(call.name, " on ", NameOf(stream),
                               ": its tasks are kept, and a side is pageable "
                               "host memory; expected memory of "
                               "aclrtMallocHost")));
}

absl::Status RefuseCaptured(const Call& call, const Stream& stream) {
  if (!InCapture(stream)) return absl::OkStatus();
  return No(Fault::kRtStreamCaptured,
            absl::StrCat("operation ", call.name, " on ", NameOf(stream),
                         " not allowed: ", TextOf(*stream.graph)));
}

absl::Status RefuseCapturing(const Call& call, Context* context) {
  for (const std::shared_ptr<Stream>& stream : context->streams()) {
    RETURN_IF_ERROR(RefuseCaptured(call, *stream));
  }
  return absl::OkStatus();
}

}  // namespace npuemu

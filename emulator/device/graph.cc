#include "emulator/device/graph.h"

#include <chrono>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "emulator/device/capture.h"
#include "emulator/device/context.h"
#include "emulator/device/host_wait.h"
#include "emulator/task/repeat.h"

namespace npuemu {
namespace {

constexpr SimDuration kDestroyWaits = std::chrono::seconds(10);  // R169

// Signals of the graph and those of one execution.
class FreshSignals {
 public:
  explicit FreshSignals(const Graph* graph) : graph_(graph) {}

  void Replace(std::shared_ptr<Signal>* signal) {
    if (!graph_->Owns(signal->get())) return;
    std::shared_ptr<Signal>& fresh = fresh_[signal->get()];
    if (fresh == nullptr) fresh = std::make_shared<Signal>();
    *signal = fresh;
  }

 private:
  const Graph* const graph_;
  absl::flat_hash_map<const Signal*, std::shared_ptr<Signal>> fresh_;
};

// The log learns which of the graph's tasks the submitted one is.
void TellReplayed(Call& call, const Graph& graph, const GraphTask& from,
                  Task* task) {
  if (!call.node.log().checking()) return;
  auto before = std::move(task->Hooks().on_submitted);
  task->Hooks().on_submitted =
      [node = &call.node, graph = graph.id,
       place = from.number << 1 | from.updatable,
       before = std::move(before)](const Task& submitted) mutable {
        if (before != nullptr) before(submitted);
        Event event;
        event.kind = EventKind::kReplayed;
        event.stream = submitted.queue->id;
        event.task = submitted.id;
        event.time = submitted.submitted;
        event.name = submitted.name;
        event.a = static_cast<uint64_t>(graph);
        event.b = place;
        node->log().Append(event);
      };
}

// An update that is decided before the copy reaches it (R167).
void RenewWhenDecided(const std::shared_ptr<GraphTask>& from, Task* task) {
  if (!from->updatable) return;
  task->Hooks().renew = [from, before = from->kept](Task* copy) {
    if (from->kept == before) return false;
    Renew(from->kept, copy);
    return true;
  };
}

// The target's synchronisation is the lane's, too.
void NoteHelper(Stream* target, const std::shared_ptr<Stream>& inner) {
  const uint64_t seq = inner->queue.submitted;
  for (auto& [helper, until] : target->helpers) {
    if (helper == inner) {
      until = seq;
      return;
    }
  }
  target->helpers.emplace_back(inner, seq);
}

Task Fork(const std::shared_ptr<Signal>& signal) {
  Task task = ControlTask("model-begin");
  task.effect = EffectKind::kSet;
  task.target = signal;
  return task;
}

Task Await(const std::shared_ptr<Signal>& signal) {
  Task task = ControlTask("model-wait");
  task.wait = WaitKind::kLevel;
  task.wait_for = signal;
  return task;
}

}  // namespace

GraphTaskType TypeOf(const Task& task) {
  if (task.unit == Unit::kCube || task.unit == Unit::kVector ||
      task.unit == Unit::kAiCpu) {
    return GraphTaskType::kKernel;
  }
  if (task.wait == WaitKind::kValue) return GraphTaskType::kValueWait;
  if (task.wait == WaitKind::kLevel) return GraphTaskType::kEventWait;
  switch (task.effect) {
    case EffectKind::kSet:
      return GraphTaskType::kEventRecord;
    case EffectKind::kReset:
      return GraphTaskType::kEventReset;
    case EffectKind::kPublish:
      return GraphTaskType::kValueWrite;
    default:
      return GraphTaskType::kDefault;
  }
}

absl::Status Graph::Join(Call& call, Stream* stream) {
  ASSIGN_OR_RETURN(
      auto inner, CreateStream(call, context.get(), stream->queue.priority, 0));
  stream->graph = shared_from_this();
  stream->lane = static_cast<int>(lanes_.size());
  GraphLane lane;
  lane.source = stream;
  lane.inner = std::move(inner);
  lanes_.push_back(std::move(lane));
  return absl::OkStatus();
}

void Graph::Leave(Stream* stream) {
  lane(stream->lane).source = nullptr;
  stream->graph = nullptr;
}

void Graph::LeaveAll() {
  for (const GraphLane& lane : lanes_) {
    if (lane.source != nullptr) Leave(lane.source);
  }
}

std::shared_ptr<Signal> Graph::NewSignal() {
  auto signal = std::make_shared<Signal>();
  own_.insert(signal.get());
  return signal;
}

void Graph::LogKept(Call& call, const GraphTask& task, uint64_t update) const {
  Event event;
  event.kind = EventKind::kCaptured;
  event.device = static_cast<int16_t>(context->device().id);
  event.task = update;
  event.time = call.now;
  event.name = task.kept->name;
  event.a = static_cast<uint64_t>(id);
  event.b = task.number << 1;
  call.node.log().Append(event);
}

GraphTask* Graph::Add(Call& call, int lane, Task&& task) {
  auto added = std::make_shared<GraphTask>();
  added->number = tasks_.size();
  added->lane = lane;
  added->kept = std::make_shared<Task>(std::move(task));
  tasks_.push_back(added);
  LogKept(call, *added, 0);
  return added.get();
}

absl::Status Graph::RunTasks(Call& call,
                             const std::shared_ptr<Stream>& target) {
  FreshSignals signals(this);
  // The list may not change below: only captures and bound streams extend it.
  for (const std::shared_ptr<GraphTask>& from : tasks_) {
    const bool on_target = from->lane == 0 && target != nullptr;
    const std::shared_ptr<Stream>& stream =
        on_target ? target : lane(from->lane).inner;
    if (from->submit != nullptr) {
      RETURN_IF_ERROR(from->submit(call, stream));
      continue;
    }
    Task task = Repeat(from->kept);
    signals.Replace(&task.wait_for);
    signals.Replace(&task.target);
    if (from->prepare != nullptr) from->prepare(call, *stream, &task);
    TellReplayed(call, *this, *from, &task);
    RenewWhenDecided(from, &task);
    RETURN_IF_ERROR(Submit(call, stream.get(), std::move(task)));
  }
  return absl::OkStatus();
}

// All bound streams begin behind the target's tasks, and end before its next.
absl::Status Graph::RunBound(Call& call,
                             const std::shared_ptr<Stream>& target) {
  const auto begin = std::make_shared<Signal>();
  RETURN_IF_ERROR(Submit(call, target.get(), Fork(begin)));
  for (const GraphLane& lane : lanes_) {
    RETURN_IF_ERROR(Submit(call, lane.inner.get(), Await(begin)));
  }
  RETURN_IF_ERROR(RunTasks(call, nullptr));
  for (const GraphLane& lane : lanes_) {
    const auto end = std::make_shared<Signal>();
    RETURN_IF_ERROR(Submit(call, lane.inner.get(), Fork(end)));
    RETURN_IF_ERROR(Submit(call, target.get(), Await(end)));
  }
  return absl::OkStatus();
}

absl::Status Graph::Run(Call& call, const std::shared_ptr<Stream>& target) {
  const std::shared_ptr<Graph> alive = shared_from_this();
  const bool captured = thread >= 0;
  RETURN_IF_ERROR(captured ? RunTasks(call, target) : RunBound(call, target));
  for (const GraphLane& lane : lanes_) {
    if (lane.inner != target) NoteHelper(target.get(), lane.inner);
  }
  std::erase_if(runs_, [](const auto& run) {
    return run.first->queue.decided >= run.second;
  });
  runs_.emplace_back(target, target->queue.submitted);
  return absl::OkStatus();
}

absl::Status Graph::AwaitRuns(Call& call) {
  Goal goal;
  for (const auto& [stream, seq] : runs_) {
    if (!stream->destroyed) goal.roots.push_back({&stream->queue, seq});
  }
  if (goal.roots.empty()) return absl::OkStatus();
  const std::string what = absl::StrCat("the executions of graph ", id);
  RETURN_IF_ERROR(WaitFor(call, goal,
                          {what.c_str(), Fault::kRtModelRunning, kDestroyWaits,
                           Fault::kRtModelRunning}));
  for (const auto& [stream, seq] : runs_) {
    if (!stream->destroyed) call.WaitedUntil(stream->queue.last_end);
  }
  return absl::OkStatus();
}

void Graph::Release(Call& call) {
  LeaveAll();
  state = GraphState::kOver;
  for (const GraphLane& lane : lanes_) {
    if (lane.inner->destroyed) continue;
    (void)DestroyStream(call, lane.inner.get(), /*force=*/true);
  }
  call.Log(EventKind::kGraphDestroy, context->device().id, -1,
           static_cast<uint64_t>(id), 0);
}

absl::Status Keep(Call& call, Stream* stream, Task&& task,
                  std::function<void(Call&, const Stream&, Task*)> prepare) {
  Graph& graph = *stream->graph;
  GraphLane& lane = graph.lane(stream->lane);
  if (graph.state == GraphState::kInvalidated) return Invalidated(graph);
  if (graph.state == GraphState::kReady || lane.ended) {
    return FaultError(Fault::kRtStreamModel,
                      absl::StrCat(call.name, ": stream s", stream->queue.id,
                                   " is bound to model ", graph.id,
                                   ", which "
                                   "was built; expected tasks before "
                                   "aclmdlRIEndTask and aclmdlRIBuildEnd"));
  }
  RETURN_IF_ERROR(CheckGroup(call, &graph, &lane, task));
  GraphTask* kept = graph.Add(call, stream->lane, std::move(task));
  kept->updatable = lane.group.has_value();
  kept->prepare = std::move(prepare);
  return absl::OkStatus();
}

absl::Status KeepCall(
    Call& call, Stream* stream, Task&& task,
    std::function<absl::Status(Call&, const std::shared_ptr<Stream>&)> submit) {
  RETURN_IF_ERROR(Keep(call, stream, std::move(task)));
  stream->graph->tasks().back()->submit = std::move(submit);
  return absl::OkStatus();
}

absl::Status ExecuteGraph(Call& call, Graph* graph,
                          const std::shared_ptr<Stream>& target) {
  const std::string name = absl::StrCat(call.name, ": graph ", graph->id);
  if (graph->capturing()) {
    return WithHazard(FaultError(Fault::kRtModelCaptured,
                                 name + " is still capturing; expected one "
                                        "whose aclmdlRICaptureEnd returned"),
                      30);
  }
  if (graph->state != GraphState::kReady) {
    return FaultError(Fault::kRtModelExecute,
                      name +
                          " is not ready; expected one whose "
                          "aclmdlRIBuildEnd returned");
  }
  if (target->context != graph->context.get()) {
    return FaultError(Fault::kRtModelContext,
                      name + " belongs to another context than the stream");
  }
  if (target->graph != nullptr && !InCapture(*target)) {
    return FaultError(Fault::kRtStreamModel,
                      name +
                          " cannot run on a stream that is bound to a "
                          "model; expected an ordinary stream");
  }
  if (InCapture(*target)) {
    return WithHazard(
        FaultError(Fault::kRtFeatureNotSupport,
                   absl::StrCat(name,
                                " cannot be executed on a capturing "
                                "stream: graphs inside graphs are not "
                                "modelled")),
        30);
  }
  if (target->update != nullptr) {
    return WithHazard(
        FaultError(Fault::kStreamTaskGroupStatus,
                   absl::StrCat(name,
                                " cannot be executed on a stream that "
                                "updates a task group; expected "
                                "aclmdlRICaptureTaskUpdateEnd before")),
        30);
  }
  return graph->Run(call, target);
}

absl::Status ExecuteAndWait(Call& call, Graph* graph,
                            std::optional<SimDuration> timeout) {
  const std::shared_ptr<Graph> alive = graph->shared_from_this();
  if (graph->lanes().empty()) {
    return FaultError(Fault::kRtModelExecute,
                      absl::StrCat("model ", graph->id,
                                   " has no stream; bind "
                                   "one by aclmdlRIBindStream"));
  }
  const std::shared_ptr<Stream> stream = graph->lane(0).inner;
  RETURN_IF_ERROR(ExecuteGraph(call, graph, stream));
  return SynchronizeStream(call, stream.get(), timeout);
}

absl::Status DestroyGraph(Call& call, Graph* graph) {
  if (graph->capturing()) {
    return WithHazard(
        FaultError(Fault::kRtModelCaptured,
                   absl::StrCat("graph ", graph->id,
                                " is still capturing; end "
                                "the capture first (aclmdlRICaptureEnd)")),
        30);
  }
  for (const GraphLane& lane : graph->lanes()) {
    if (lane.source == nullptr) continue;
    return FaultError(
        Fault::kRtStreamModel,
        absl::StrCat("stream s", lane.source->queue.id, " is bound to model ",
                     graph->id, "; unbind it first (aclmdlRIUnbindStream)"));
  }
  RETURN_IF_ERROR(graph->AwaitRuns(call));
  graph->Release(call);
  return absl::OkStatus();
}

}  // namespace npuemu

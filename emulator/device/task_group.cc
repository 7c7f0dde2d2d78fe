// Task groups of a graph and their updates (R167).

#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/device/capture.h"

namespace npuemu {
namespace {

absl::Status No(Fault fault, const std::string& text) {
  return WithHazard(FaultError(fault, text), 30);
}

std::string NameOf(const Stream& stream) {
  return absl::StrCat("stream s", stream.queue.id);
}

absl::Status CheckCapturing(const Call& call, const Stream& stream) {
  if (!InCapture(stream)) {
    return No(Fault::kRtStreamNotCaptured,
              absl::StrCat(call.name, ": ", NameOf(stream),
                           " is not capturing; expected a stream that is"));
  }
  if (stream.graph->state == GraphState::kInvalidated) {
    return Invalidated(*stream.graph);
  }
  return absl::OkStatus();
}

absl::Status NotAnOperator(const Call& call, const Task& task) {
  return No(Fault::kRtTaskTypeNotSupport,
            absl::StrCat(call.name, ": ", task.name,
                         " cannot be a task of a "
                         "group or of an update; expected operators"));
}

absl::Status CheckSame(const TaskGroup& group, const TaskUpdate& update) {
  if (update.tasks.size() == group.tasks.size()) return absl::OkStatus();
  return No(Fault::kRtModelUpdateFailed,
            absl::StrCat("the update has ", update.tasks.size(),
                         " tasks, expected those of the group, ",
                         group.tasks.size()));
}

}  // namespace

absl::Status CheckGroup(const Call& call, Graph* graph, GraphLane* lane,
                        const Task& task) {
  if (!lane->group || TypeOf(task) == GraphTaskType::kKernel) {
    return absl::OkStatus();
  }
  // What orders streams breaks the group; its end tells.
  if (task.unit == Unit::kControl) {
    lane->group_broken = true;
    return absl::OkStatus();
  }
  return Spoil(graph, NotAnOperator(call, task));
}

absl::Status BeginGroup(const Call& call, Stream* stream) {
  RETURN_IF_ERROR(CheckCapturing(call, *stream));
  Graph* graph = stream->graph.get();
  GraphLane& lane = graph->lane(stream->lane);
  if (lane.group) {
    return Spoil(graph, No(Fault::kStreamTaskGroupStatus,
                           absl::StrCat("a task group of ", NameOf(*stream),
                                        " is open; expected "
                                        "aclmdlRICaptureTaskGrpEnd before")));
  }
  lane.group = graph->tasks().size();
  lane.group_broken = false;
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<TaskGroup>> EndGroup(const Call& call,
                                                    Stream* stream) {
  RETURN_IF_ERROR(CheckCapturing(call, *stream));
  Graph* graph = stream->graph.get();
  GraphLane& lane = graph->lane(stream->lane);
  if (!lane.group) {
    return Spoil(graph, No(Fault::kStreamTaskGroupStatus,
                           absl::StrCat(NameOf(*stream),
                                        " has no open task "
                                        "group; expected "
                                        "aclmdlRICaptureTaskGrpBegin before")));
  }
  const size_t first = *lane.group;
  lane.group.reset();
  if (lane.group_broken) {
    return Spoil(graph, No(Fault::kStreamTaskGroupIntr,
                           absl::StrCat("a task group of ", NameOf(*stream),
                                        " is broken by a record, wait or "
                                        "reset; expected operators only")));
  }
  auto group = std::make_shared<TaskGroup>();
  group->graph = stream->graph;
  for (size_t i = first; i < graph->tasks().size(); ++i) {
    if (graph->tasks()[i]->lane != stream->lane) continue;
    group->tasks.push_back(graph->tasks()[i]);
  }
  return group;
}

absl::Status BeginUpdate(const Call& call, Stream* stream,
                         std::shared_ptr<TaskGroup> group) {
  RETURN_IF_ERROR(RefuseCaptured(call, *stream));
  if (stream->update != nullptr) {
    return No(Fault::kStreamTaskGroupStatus,
              NameOf(*stream) +
                  " is updating a task group already; expected "
                  "aclmdlRICaptureTaskUpdateEnd before");
  }
  const std::shared_ptr<Graph> graph = group->graph.lock();
  if (graph == nullptr || graph->state != GraphState::kReady) {
    return No(Fault::kRtModelUpdateFailed,
              "the graph of the task group is not ready; expected one whose "
              "aclmdlRICaptureEnd returned and that was not destroyed");
  }
  if (stream->graph != nullptr || stream->persistent()) {
    return No(Fault::kRtStreamModel,
              NameOf(*stream) +
                  " belongs to a model; expected an ordinary "
                  "stream");
  }
  stream->update = std::make_shared<TaskUpdate>();
  stream->update->group = std::move(group);
  return absl::OkStatus();
}

absl::Status KeepUpdate(const Call& call, Stream* stream, Task&& task) {
  if (TypeOf(task) != GraphTaskType::kKernel) return NotAnOperator(call, task);
  stream->update->tasks.push_back(std::make_shared<Task>(std::move(task)));
  return absl::OkStatus();
}

absl::Status EndUpdate(Call& call, Stream* stream) {
  RETURN_IF_ERROR(RefuseCaptured(call, *stream));
  const std::shared_ptr<TaskUpdate> update = std::move(stream->update);
  stream->update = nullptr;
  if (update == nullptr) {
    return No(Fault::kStreamTaskGroupStatus,
              NameOf(*stream) +
                  " updates no task group; expected "
                  "aclmdlRICaptureTaskUpdateBegin before");
  }
  const std::shared_ptr<Graph> graph = update->group->graph.lock();
  if (graph == nullptr || graph->state != GraphState::kReady) {
    return No(Fault::kRtModelUpdateFailed,
              "the graph of the task group was destroyed during its update");
  }
  RETURN_IF_ERROR(CheckSame(*update->group, *update));
  Task task = ControlTask("aclmdlRICaptureTaskUpdate");
  // Executions that reach the group behind this have the new tasks.
  task.Hooks().on_decided = [update](const Task&) {
    for (size_t i = 0; i < update->tasks.size(); ++i) {
      update->group->tasks[i]->kept = update->tasks[i];
    }
  };
  task.Hooks().on_submitted = [&](const Task& submitted) {
    for (const auto& updated : update->group->tasks) {
      graph->LogKept(call, *updated, submitted.id);
    }
  };
  return Submit(call, stream, std::move(task));
}

}  // namespace npuemu

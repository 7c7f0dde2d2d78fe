// File: graph.h
// A model running instance (aclmdlRI): tasks that streams got and that are
// kept, to be submitted as often as the graph is executed (semantics.md section
// 11). A capture makes one (capture.h), or streams that are bound to it do
// (R170).
//
// What tasks use is fixed when they are kept: addresses, scalars, bytes of host
// inputs (R166). Every execution submits copies of them, in the order in which
// they came, with fresh signals for the events that were recorded inside.

#ifndef EMULATOR_DEVICE_GRAPH_H_
#define EMULATOR_DEVICE_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "emulator/device/node.h"
#include "emulator/device/stream.h"

namespace npuemu {

class Context;

enum class GraphState {
  kCapturing,
  kInvalidated,  // still capturing; its end will fail (R165)
  kBuilding,
  kReady,
  kOver,  // it was destroyed
};

// What a kept task is; the values are those of aclmdlRITaskType.
enum class GraphTaskType {
  kDefault,
  kKernel,
  kEventRecord,
  kEventWait,
  kEventReset,
  kValueWrite,
  kValueWait
};

struct GraphTask {
  size_t number = 0;  // in the graph
  int lane = 0;
  std::shared_ptr<Task> kept;
  // Completes a copy that is about to be submitted; null: nothing.
  std::function<void(Call&, const Stream&, Task*)> prepare;
  // Called instead, where an execution binds to what is there then (R168).
  std::function<absl::Status(Call&, const std::shared_ptr<Stream>&)> submit;
  bool updatable = false;  // of a task group (R167)
};

GraphTaskType TypeOf(const Task& task);

// What was submitted to one stream.
struct GraphLane {
  Stream* source = nullptr;       // the user's; null when it left
  std::shared_ptr<Stream> inner;  // of the graph: executes the lane
  bool ended = false;             // by aclmdlRIEndTask
  // The task group that is open (R167), its first task; and whether tasks that
  // groups may not have came in between.
  std::optional<size_t> group;
  bool group_broken = false;
};

class Graph : public std::enable_shared_from_this<Graph> {
 public:
  Graph(int graph_id, std::shared_ptr<Context> owner)
      : id(graph_id), context(std::move(owner)) {}

  const int id;  // over the node, from 1
  const std::shared_ptr<Context> context;
  GraphState state = GraphState::kBuilding;
  CaptureMode mode = CaptureMode::kGlobal;
  int thread = -1;  // that began the capture
  std::string name;
  void* handle = nullptr;  // what the layer above knows it by

  bool capturing() const {
    return state == GraphState::kCapturing || state == GraphState::kInvalidated;
  }
  const std::vector<GraphLane>& lanes() const { return lanes_; }
  GraphLane& lane(int index) { return lanes_[static_cast<size_t>(index)]; }
  const std::vector<std::shared_ptr<GraphTask>>& tasks() const {
    return tasks_;
  }

  // The stream's tasks are kept from now on. kRtNoStreamResource (R164).
  absl::Status Join(Call& call, Stream* stream);
  // They are not; for all of a capture's.
  void Leave(Stream* stream);
  void LeaveAll();

  // A signal of the graph's own: each execution has a fresh one.
  std::shared_ptr<Signal> NewSignal();
  bool Owns(const Signal* signal) const { return own_.contains(signal); }

  GraphTask* Add(Call& call, int lane, Task&& task);
  // `update`: the task that will bring it; 0: none, it is captured.
  void LogKept(Call& call, const GraphTask& task, uint64_t update) const;

  // Submits copies of all tasks: those of a capture's first stream to `target`,
  // the others to streams of the graph. Errors: those of Submit.
  absl::Status Run(Call& call, const std::shared_ptr<Stream>& target);
  // Until all that was executed is complete, or kRtModelRunning (R169).
  absl::Status AwaitRuns(Call& call);
  // Ends the streams of the graph; it is over.
  void Release(Call& call);

  // Events that external calls used, with their direction (R168), and events
  // that others used (R70).
  std::set<std::pair<int, bool>> external_uses;
  std::set<int> event_uses;

 private:
  absl::Status RunTasks(Call& call, const std::shared_ptr<Stream>& target);
  absl::Status RunBound(Call& call, const std::shared_ptr<Stream>& target);

  std::vector<GraphLane> lanes_;
  std::vector<std::shared_ptr<GraphTask>> tasks_;
  absl::flat_hash_set<const Signal*> own_;
  // Where executions end: stream and place.
  std::vector<std::pair<std::shared_ptr<Stream>, uint64_t>> runs_;
};

inline bool InCapture(const Stream& stream) {
  return stream.graph != nullptr && stream.graph->capturing();
}

// What Submit does with a task of a stream that has a graph. `prepare`: see
// GraphTask. Errors: kRtStreamCaptureInvalidated, kRtTaskTypeNotSupport in a
// task group, kRtStreamModel behind the end of a built model.
absl::Status Keep(
    Call& call, Stream* stream, Task&& task,
    std::function<void(Call&, const Stream&, Task*)> prepare = nullptr);

// The same for a task that each execution makes anew: `task` only describes it.
absl::Status KeepCall(
    Call& call, Stream* stream, Task&& task,
    std::function<absl::Status(Call&, const std::shared_ptr<Stream>&)> submit);

// aclmdlRIExecuteAsync (R166). Errors: kRtModelCaptured, kRtModelExecute,
// kRtModelContext, kRtStreamModel; kRtFeatureNotSupport on a capturing stream,
// kStreamTaskGroupStatus on one that updates a group.
absl::Status ExecuteGraph(Call& call, Graph* graph,
                          const std::shared_ptr<Stream>& target);
// aclmdlRIExecute: on a stream of the graph, and waits (R170).
absl::Status ExecuteAndWait(Call& call, Graph* graph,
                            std::optional<SimDuration> timeout);
// aclmdlRIDestroy (R169). Errors: kRtModelCaptured, kRtModelRunning,
// kRtStreamModel while streams are bound.
absl::Status DestroyGraph(Call& call, Graph* graph);

// The flow without capture (R170).
std::shared_ptr<Graph> BuildGraph(Call& call, Context* context);
absl::Status BindStream(Call& call, Graph* graph, Stream* stream);
absl::Status UnbindStream(Graph* graph, Stream* stream);
absl::Status EndGraphTask(Call& call, Graph* graph, Stream* stream);
absl::Status EndBuild(Call& call, Graph* graph);

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_GRAPH_H_

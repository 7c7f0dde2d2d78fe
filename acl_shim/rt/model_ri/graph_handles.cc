#include "acl_shim/rt/model_ri/graph_handles.h"

#include <mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "acl_shim/core/process.h"

namespace npuemu::shim {
namespace {

// What was asked for; by the objects, which never share an address in here.
struct Given {
  struct Lane {
    aclrtStream handle;
    std::weak_ptr<Graph> graph;
    int index;
  };
  std::mutex mutex;
  absl::flat_hash_map<const Stream*, Lane> lanes;
  absl::flat_hash_map<const GraphTask*, aclmdlRITask> tasks;
};

Given& All() {
  static auto* given = new Given;
  return *given;
}

}  // namespace

HandleTable<Graph>& Graphs() {
  static auto* table =
      new HandleTable<Graph>(HandleKind::kModelRI, Fault::kRtInvalidHandle);
  return *table;
}

HandleTable<TaskGroup>& TaskGroups() {
  static auto* table = new HandleTable<TaskGroup>(HandleKind::kTaskGroup,
                                                  Fault::kRtInvalidHandle);
  return *table;
}

HandleTable<GraphTask>& GraphTasks() {
  static auto* table = new HandleTable<GraphTask>(HandleKind::kModelRITask,
                                                  Fault::kRtInvalidHandle);
  return *table;
}

void AddGraph(const std::shared_ptr<Graph>& graph) {
  graph->handle = Graphs().Add(graph);
}

void ForgetGraph(const Graph& graph) {
  (void)Graphs().Remove(graph.handle, "modelRI");
  Given& given = All();
  const std::lock_guard<std::mutex> guard(given.mutex);
  for (const GraphLane& lane : graph.lanes()) {
    const auto found = given.lanes.find(lane.inner.get());
    if (found == given.lanes.end()) continue;
    (void)Process::Get().streams.Remove(found->second.handle, "stream");
    given.lanes.erase(found);
  }
  for (const auto& task : graph.tasks()) {
    const auto found = given.tasks.find(task.get());
    if (found == given.tasks.end()) continue;
    (void)GraphTasks().Remove(found->second, "task");
    given.tasks.erase(found);
  }
}

aclrtStream LaneHandle(const std::shared_ptr<Graph>& graph, int lane) {
  const std::shared_ptr<Stream>& inner = graph->lane(lane).inner;
  Given& given = All();
  const std::lock_guard<std::mutex> guard(given.mutex);
  Given::Lane& known = given.lanes[inner.get()];
  if (known.handle == nullptr) {
    known = {Process::Get().streams.Add(inner), graph, lane};
  }
  return known.handle;
}

std::shared_ptr<Graph> GraphOfLane(const Stream& stream, int* lane) {
  if (stream.graph != nullptr) {
    *lane = stream.lane;
    return stream.graph;
  }
  Given& given = All();
  const std::lock_guard<std::mutex> guard(given.mutex);
  const auto found = given.lanes.find(&stream);
  if (found == given.lanes.end()) return nullptr;
  *lane = found->second.index;
  return found->second.graph.lock();
}

aclmdlRITask TaskHandle(const std::shared_ptr<GraphTask>& task) {
  Given& given = All();
  const std::lock_guard<std::mutex> guard(given.mutex);
  aclmdlRITask& handle = given.tasks[task.get()];
  if (handle == nullptr) handle = GraphTasks().Add(task);
  return handle;
}

}  // namespace npuemu::shim

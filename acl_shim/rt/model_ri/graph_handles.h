// File: graph_handles.h
// Handles of model running instances, of their task groups and of their tasks.
// Thread-safe.

#ifndef ACL_SHIM_RT_MODEL_RI_GRAPH_HANDLES_H_
#define ACL_SHIM_RT_MODEL_RI_GRAPH_HANDLES_H_

#include <memory>

#include "acl/acl_rt.h"
#include "acl_shim/core/handle_table.h"
#include "emulator/device/capture.h"
#include "emulator/device/graph.h"

namespace npuemu::shim {

HandleTable<Graph>& Graphs();
HandleTable<TaskGroup>& TaskGroups();
HandleTable<GraphTask>& GraphTasks();

// A new handle, which the graph knows.
void AddGraph(const std::shared_ptr<Graph>& graph);
// The graph is over: its handle and those of its streams and tasks are stale.
void ForgetGraph(const Graph& graph);

// The streams that execute the graph's lanes, as users know them.
aclrtStream LaneHandle(const std::shared_ptr<Graph>& graph, int lane);
// A stream of LaneHandle, or one that is bound to a model. Null: neither.
std::shared_ptr<Graph> GraphOfLane(const Stream& stream, int* lane);

aclmdlRITask TaskHandle(const std::shared_ptr<GraphTask>& task);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_MODEL_RI_GRAPH_HANDLES_H_

// What a model running instance is made of: its streams and tasks, and its
// description as DOT and JSON.

#include <fstream>
#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/core/log.h"
#include "acl_shim/rt/model_ri/graph_handles.h"
#include "acl_shim/rt/model_ri/graph_text.h"

namespace npuemu::shim {
namespace {

// The number of elements goes out; into an array that is there, it came in as
// the room.
absl::Status CheckRoom(bool wanted, uint32_t room, size_t count,
                       const char* argument) {
  if (!wanted || room >= count) return absl::OkStatus();
  return InvalidValue(Fault::kRtInsufficientInputArray, argument,
                      std::to_string(room),
                      "at least " + std::to_string(count));
}

absl::Status Streams(Call&, aclmdlRI modelRI, aclrtStream* streams,
                     uint32_t* numStreams) {
  RETURN_IF_NULL(numStreams);
  ASSIGN_OR_RETURN(const auto graph, Graphs().Get(modelRI, "modelRI"));
  const size_t count = graph->lanes().size();
  RETURN_IF_ERROR(
      CheckRoom(streams != nullptr, *numStreams, count, "numStreams"));
  *numStreams = static_cast<uint32_t>(count);
  for (size_t i = 0; streams != nullptr && i < count; ++i) {
    streams[i] = LaneHandle(graph, static_cast<int>(i));
  }
  return absl::OkStatus();
}

absl::Status Tasks(Call& call, aclrtStream handle, aclmdlRITask* tasks,
                   uint32_t* numTasks) {
  RETURN_IF_NULL(numTasks);
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  int lane = 0;
  const std::shared_ptr<Graph> graph = GraphOfLane(*stream, &lane);
  if (graph == nullptr) {
    return InvalidValue(Fault::kRtParamInvalid, "stream",
                        "a stream of no model",
                        "one of aclmdlRIGetStreams, or one that is bound");
  }
  std::vector<std::shared_ptr<GraphTask>> found;
  for (const auto& task : graph->tasks()) {
    if (task->lane == lane) found.push_back(task);
  }
  RETURN_IF_ERROR(
      CheckRoom(tasks != nullptr, *numTasks, found.size(), "numTasks"));
  *numTasks = static_cast<uint32_t>(found.size());
  for (size_t i = 0; tasks != nullptr && i < found.size(); ++i) {
    tasks[i] = TaskHandle(found[i]);
  }
  return absl::OkStatus();
}

absl::Status PrintJson(aclmdlRI modelRI, const char* path, uint32_t flags) {
  RETURN_IF_NULL(path);
  if (flags != 0) {
    return InvalidValue(Fault::kRtParamInvalid, "flags", std::to_string(flags),
                        "0");
  }
  ASSIGN_OR_RETURN(const auto graph, Graphs().Get(modelRI, "modelRI"));
  std::ofstream file(path);
  file << JsonOf(*graph);
  if (file.flush()) return absl::OkStatus();
  return FaultError(Fault::kRtFileWrite,
                    std::string("aclmdlRIDebugJsonPrint cannot write ") + path);
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclmdlRIGetStreams(aclmdlRI modelRI, aclrtStream* streams,
                            uint32_t* numStreams) {
  return NodeCall(
      "aclmdlRIGetStreams", Args(modelRI, streams, numStreams),
      [&](Call& call) { return Streams(call, modelRI, streams, numStreams); });
}

aclError aclmdlRIGetTasksByStream(aclrtStream stream, aclmdlRITask* tasks,
                                  uint32_t* numTasks) {
  return NodeCall(
      "aclmdlRIGetTasksByStream", Args(stream, tasks, numTasks),
      [&](Call& call) { return Tasks(call, stream, tasks, numTasks); });
}

aclError aclmdlRITaskGetType(aclmdlRITask task, aclmdlRITaskType* type) {
  return NodeCall(
      "aclmdlRITaskGetType", Args(task, type), [&](Call&) -> absl::Status {
        RETURN_IF_NULL(type);
        ASSIGN_OR_RETURN(const auto found, GraphTasks().Get(task, "task"));
        *type = static_cast<aclmdlRITaskType>(TypeOf(*found->kept));
        return absl::OkStatus();
      });
}

aclError aclmdlRITaskGetSeqId(aclmdlRITask task, uint32_t* id) {
  return NodeCall(
      "aclmdlRITaskGetSeqId", Args(task, id), [&](Call&) -> absl::Status {
        RETURN_IF_NULL(id);
        ASSIGN_OR_RETURN(const auto found, GraphTasks().Get(task, "task"));
        *id = static_cast<uint32_t>(found->number);
        return absl::OkStatus();
      });
}

aclError aclmdlRIDebugJsonPrint(aclmdlRI modelRI, const char* path,
                                uint32_t flags) {
  return NodeCall("aclmdlRIDebugJsonPrint", Args(modelRI, path, flags),
                  [&](Call&) { return PrintJson(modelRI, path, flags); });
}

aclError aclmdlRIDebugPrint(aclmdlRI modelRI) {
  return NodeCall(
      "aclmdlRIDebugPrint", Args(modelRI), [&](Call&) -> absl::Status {
        ASSIGN_OR_RETURN(const auto graph, Graphs().Get(modelRI, "modelRI"));
        for (const std::string& line : DotOf(*graph)) {
          Log(LogLevel::kInfo, line);
        }
        return absl::OkStatus();
      });
}

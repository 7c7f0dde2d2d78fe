#include "acl_shim/rt/model_ri/graph_text.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "acl_shim/core/process.h"

namespace npuemu::shim {
namespace {

const char* WordOf(GraphTaskType type) {
  switch (type) {
    case GraphTaskType::kDefault:
      return "DEFAULT";
    case GraphTaskType::kKernel:
      return "KERNEL";
    case GraphTaskType::kEventRecord:
      return "EVENT_RECORD";
    case GraphTaskType::kEventWait:
      return "EVENT_WAIT";
    case GraphTaskType::kEventReset:
      return "EVENT_RESET";
    case GraphTaskType::kValueWrite:
      return "VALUE_WRITE";
    case GraphTaskType::kValueWait:
      return "VALUE_WAIT";
  }
  return "";
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < ' ') {
      absl::StrAppend(&quoted, "\\u00",
                      absl::Hex(static_cast<unsigned>(c), absl::kZeroPad2));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string PlaceOf(const MemoryRange& range) {
  const uint64_t bytes = range.end - range.begin;
  const auto node = Process::Get().node();
  const Argument place = (*node)->Canonical(range.begin);
  if (place.kind != ArgumentKind::kDevice) return absl::StrCat("host/", bytes);
  return absl::StrCat("d", place.device, "+0x", absl::Hex(place.value), "/",
                      bytes);
}

std::string PlacesOf(const RangeList& ranges) {
  std::vector<std::string> places;
  for (const MemoryRange& range : ranges) {
    if (range.begin < range.end) places.push_back(Quoted(PlaceOf(range)));
  }
  return absl::StrCat("[", absl::StrJoin(places, ", "), "]");
}

// The last record of each signal.
class Records {
 public:
  void Note(const GraphTask& task) {
    if (task.kept->effect != EffectKind::kSet) return;
    last_[task.kept->target.get()] = task.number;
  }
  // The records that the task waits for: one, or none.
  std::vector<size_t> Of(const GraphTask& task) const {
    const auto found = last_.find(task.kept->wait_for.get());
    if (task.kept->wait_for == nullptr || found == last_.end()) return {};
    return {found->second};
  }

 private:
  absl::flat_hash_map<const Signal*, size_t>
      last_;  // only looked up: no order shows
};

std::string TaskJson(const GraphTask& task, const Records& records) {
  const Task& kept = *task.kept;
  return absl::StrCat(
      "{\"id\": ", task.number, ", \"name\": ", Quoted(kept.name),
      ", \"type\": \"", WordOf(TypeOf(kept)),
      "\", \"cost_ns\": ", kept.cost.count(),
      ", \"reads\": ", PlacesOf(kept.reads),
      ", \"writes\": ", PlacesOf(kept.writes), ", \"waits_for\": [",
      absl::StrJoin(records.Of(task), ", "), "]}");
}

std::string LaneName(size_t lane) { return absl::StrCat("stream ", lane); }

}  // namespace

std::string JsonOf(const Graph& graph) {
  std::vector<std::vector<std::string>> lanes(graph.lanes().size());
  Records records;
  for (const auto& task : graph.tasks()) {
    records.Note(*task);
    lanes[static_cast<size_t>(task->lane)].push_back(TaskJson(*task, records));
  }
  std::vector<std::string> streams;
  for (size_t i = 0; i < lanes.size(); ++i) {
    streams.push_back(absl::StrCat("{\"stream\": ", i, ", \"tasks\": [\n    ",
                                   absl::StrJoin(lanes[i], ",\n    "), "]}"));
  }
  return absl::StrCat("{\"id\": ", graph.id, ", \"name\": ", Quoted(graph.name),
                      ", \"streams\": [\n  ", absl::StrJoin(streams, ",\n  "),
                      "]}\n");
}

std::vector<std::string> DotOf(const Graph& graph) {
  std::vector<std::string> lines = {
      absl::StrCat("digraph model_", graph.id, " {")};
  std::vector<std::string> edges;
  Records records;
  for (size_t lane = 0; lane < graph.lanes().size(); ++lane) {
    lines.push_back(absl::StrCat("  subgraph cluster_", lane,
                                 " { label = ", Quoted(LaneName(lane)), ";"));
    const GraphTask* before = nullptr;
    for (const auto& task : graph.tasks()) {
      if (task->lane != static_cast<int>(lane)) continue;
      lines.push_back(absl::StrCat(
          "    t", task->number, " [label = ", Quoted(task->kept->name), "];"));
      if (before != nullptr) {
        edges.push_back(
            absl::StrCat("  t", before->number, " -> t", task->number, ";"));
      }
      before = task.get();
    }
    lines.push_back("  }");
  }
  for (const auto& task : graph.tasks()) {
    records.Note(*task);
    for (const size_t record : records.Of(*task)) {
      edges.push_back(absl::StrCat("  t", record, " -> t", task->number,
                                   " [style = dashed];"));
    }
  }
  lines.insert(lines.end(), edges.begin(), edges.end());
  lines.push_back("}");
  return lines;
}

}  // namespace npuemu::shim

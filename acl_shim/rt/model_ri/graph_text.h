// File: graph_text.h
// A graph for people and tools: its streams, their tasks, and what waits for
// what. Equal in every run: no addresses, no handles.

#ifndef ACL_SHIM_RT_MODEL_RI_GRAPH_TEXT_H_
#define ACL_SHIM_RT_MODEL_RI_GRAPH_TEXT_H_

#include <string>
#include <vector>

#include "emulator/device/graph.h"

namespace npuemu::shim {

// {"id": 1, "name": "", "streams": [{"stream": 0, "tasks": [{"id": 0, "name":
// "Add", "type": "KERNEL", "cost_ns": 1, "reads": ["d0+0x0/64"], "writes": [],
// "waits_for": [2]}]}]}: bytes are device+offset/count or "host/count".
std::string JsonOf(const Graph& graph);

// The lines of a digraph in the language DOT: a cluster for each stream.
std::vector<std::string> DotOf(const Graph& graph);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_MODEL_RI_GRAPH_TEXT_H_

// File: graph_table.h
// When graphs kept their tasks, and which queued task is which of them: what
// H31 needs.
//
// Thread safety: none.

#ifndef EMULATOR_HAZARD_GRAPH_TABLE_H_
#define EMULATOR_HAZARD_GRAPH_TABLE_H_

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "emulator/event/event.h"
#include "emulator/hazard/call_table.h"

namespace npuemu {

// A task that a graph keeps.
struct KeptRecord {
  uint64_t graph = 0;
  CallRecord by;             // the call that was captured
  uint64_t allocations = 0;  // how many there had been by then
};

class GraphTable {
 public:
  void OnCaptured(const Event& event, const CallRecord& by,
                  uint64_t allocations);
  void OnReplayed(const Event& event);
  void OnDestroy(const Event& event) { graphs_.erase(event.a); }

  // What the task submitted last repeats; null if it is another one, or of no
  // graph.
  const KeptRecord* Of(uint64_t task) const;

 private:
  std::unordered_map<uint64_t, std::vector<KeptRecord>> graphs_;
  Event replayed_;
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_GRAPH_TABLE_H_

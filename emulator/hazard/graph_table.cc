#include "emulator/hazard/graph_table.h"

#include "emulator/event/kinds.h"

namespace npuemu {

void GraphTable::OnCaptured(const Event& event, const CallRecord& by,
                            uint64_t allocations) {
  std::vector<KeptRecord>& kept = graphs_[event.a];
  const uint64_t number = NumberOf(event);
  if (number > kept.size()) return;  // a damaged log: they come in order
  if (number == kept.size()) kept.emplace_back();
  kept[number] = {event.a, by, allocations};
}

void GraphTable::OnReplayed(const Event& event) { replayed_ = event; }

const KeptRecord* GraphTable::Of(uint64_t task) const {
  if (task == 0 || replayed_.task != task) return nullptr;
  const auto graph = graphs_.find(replayed_.a);
  if (graph == graphs_.end()) return nullptr;
  const uint64_t number = NumberOf(replayed_);
  return number < graph->second.size() ? &graph->second[number] : nullptr;
}

}  // namespace npuemu

#include "emulator/hazard/call_table.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "emulator/event/kinds.h"

namespace npuemu {
namespace {

constexpr uint64_t kMostCallers = 1 << 24;

template <typename Record>
void Put(std::vector<Record>* ring, size_t most, uint64_t key,
         const Record& record) {
  const size_t slot = key % most;
  if (slot >= ring->size()) ring->resize(slot + 1);
  (*ring)[slot] = record;
}

}  // namespace

void CallTable::OnEvent(const Event& event) {
  switch (event.kind) {
    case EventKind::kTurn: acting_ = event.a; return;
    case EventKind::kCall: {
      ThreadState& thread = threads_[event.a];
      thread.current = {++calls_, event.name, event.a,
                        static_cast<uint32_t>(event.b), TakeFrame(event.a),
                        event.time, thread.synchronised};
      Put(&call_ring_, kMost, thread.current.index, thread.current);
      if (StartsWith(event.name, "aclrtSynchronizeDevice")) {
        thread.synchronised = last_task_;
      }
      return;
    }
    case EventKind::kCaller:
      if (event.a == 0 || event.a > kMostCallers) return;  // a damaged trace
      if (event.a >= callers_.size()) callers_.resize(event.a + 1);
      callers_[event.a] = {event.name, event.b};
      return;
    case EventKind::kFrame:
      if (event.a == 0 || event.a > kMostCallers) return;
      if (event.a >= frames_.size()) frames_.resize(event.a + 1);
      frames_[event.a] = event.b;
      return;
    case EventKind::kStack:
      next_frame_[event.a] = static_cast<uint32_t>(event.b);
      return;
    case EventKind::kSubmit: return OnSubmit(event);
    case EventKind::kWait:
      streams_[event.stream].behind_value = WaitOf(event) == WaitKind::kValue;
      return;
    case EventKind::kStreamCreate:
      streams_[event.stream].is_default = event.b == 1;
      return;
    case EventKind::kStreamDestroy: streams_.erase(event.stream); return;
    default: return;
  }
}

uint32_t CallTable::TakeFrame(uint64_t thread) {
  if (next_frame_.empty()) return 0;
  return std::exchange(next_frame_[thread], 0);
}

std::vector<uint32_t> CallTable::Stack(uint32_t frame) const {
  constexpr size_t kMostFrames = 256;  // a damaged trace may have a cycle
  std::vector<uint32_t> places;
  while (frame != 0 && frame < frames_.size() &&
         places.size() < kMostFrames) {
    places.push_back(static_cast<uint32_t>(frames_[frame]));
    frame = static_cast<uint32_t>(frames_[frame] >> 32);
  }
  return places;
}

void CallTable::OnSubmit(const Event& event) {
  StreamState& stream = streams_[event.stream];
  last_task_ = event.task;
  const Unit unit = UnitOf(event);
  Put(&task_ring_, kMost, event.task,
      TaskRecord{event.task, event.name, event.stream,
                 unit >= Unit::kCube && unit <= Unit::kAiCpu,
                 ++stream.submitted, Current(), stream.behind_value});
}

const CallRecord& CallTable::Call(uint64_t index) const {
  static const CallRecord unknown;
  const size_t slot = index % kMost;
  const bool known =
      slot < call_ring_.size() && call_ring_[slot].index == index;
  return known ? call_ring_[slot] : unknown;
}

const TaskRecord& CallTable::Task(uint64_t task) const {
  static const TaskRecord unknown;
  const size_t slot = task % kMost;
  const bool known = slot < task_ring_.size() && task_ring_[slot].task == task;
  return known ? task_ring_[slot] : unknown;
}

bool CallTable::IsDefaultStream(int stream) const {
  const auto found = streams_.find(stream);
  return found != streams_.end() && found->second.is_default;
}

const char* CallTable::Module(uint32_t caller, uint64_t* offset) const {
  if (caller == 0 || caller >= callers_.size()) return nullptr;
  *offset = callers_[caller].offset;
  return callers_[caller].module;
}

std::string CallTable::Place(uint32_t caller) const {
  uint64_t offset = 0;
  const char* module = Module(caller, &offset);
  if (module == nullptr) return "";
  const char* slash = std::strrchr(module, '/');
  return absl::StrFormat("%s+0x%x", slash == nullptr ? module : slash + 1,
                         offset);
}

}  // namespace npuemu

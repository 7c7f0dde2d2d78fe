// File: call_table.h
// Who made the last calls and submitted the last tasks, so that a finding can
// name both of its sides. Old ones are forgotten: a finding then names what is
// left. At most 3 MB.
//
// Thread safety: none.

#ifndef EMULATOR_HAZARD_CALL_TABLE_H_
#define EMULATOR_HAZARD_CALL_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/base/recent_map.h"
#include "emulator/event/event.h"

namespace npuemu {

// Of a function's name, without its length: most differ early.
inline bool StartsWith(const char* name, std::string_view prefix) {
  for (const char c : prefix) {
    if (*name++ != c) return false;
  }
  return true;
}

// Names are static or live as long as the log's reader.
struct CallRecord {
  uint64_t index = 0;  // 0: unknown
  const char* name = "";
  uint64_t thread = 0;
  uint32_t caller = 0;  // 0: unknown
  uint32_t frame = 0;   // the same with its callers; 0: unknown
  SimTime time;
  // Up to which task its thread had synchronised the device; 0: never.
  uint64_t synchronised = 0;
};

struct TaskRecord {
  uint64_t task = 0;  // 0: unknown
  const char* name = "";  // operator or function
  int stream = -1;
  bool kernel = false;    // an operator, no copy or control task
  uint64_t place = 0;     // in its stream, from 1
  CallRecord call;
  bool behind_value = false;  // the stream's last wait was for a value
};

class CallTable {
 public:
  void OnEvent(const Event& event);

  uint64_t acting() const { return acting_; }
  // The last call of the acting thread, which may have others beside it.
  const CallRecord& Current() { return threads_[acting_].current; }
  // Unknown ones where they are forgotten. Valid until the next event.
  const CallRecord& Call(uint64_t index) const;
  const TaskRecord& Task(uint64_t task) const;
  uint64_t last_task() const { return last_task_; }
  bool IsDefaultStream(int stream) const;
  // "pipeline+0x1234"; "" for 0.
  std::string Place(uint32_t caller) const;
  // The places of a frame and its callers, the innermost first.
  std::vector<uint32_t> Stack(uint32_t frame) const;
  // The module's path, and the offset in it; null for 0.
  const char* Module(uint32_t caller, uint64_t* offset) const;

 private:
  static constexpr size_t kMost = 1 << 14;
  struct Caller {
    const char* module = nullptr;
    uint64_t offset = 0;
  };
  struct ThreadState {
    CallRecord current;
    uint64_t synchronised = 0;
  };
  struct StreamState {
    bool is_default = false;
    bool behind_value = false;
    uint64_t submitted = 0;
  };

  void OnSubmit(const Event& event);
  uint32_t TakeFrame(uint64_t thread);

  uint64_t acting_ = 0;
  uint64_t calls_ = 0;
  uint64_t last_task_ = 0;
  std::vector<CallRecord> call_ring_;
  std::vector<TaskRecord> task_ring_;
  std::vector<Caller> callers_;
  std::vector<uint64_t> frames_;  // as kFrame has them
  std::unordered_map<uint64_t, uint32_t> next_frame_;  // by thread
  RecentMap<uint64_t, ThreadState> threads_;
  RecentMap<int, StreamState> streams_;
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_CALL_TABLE_H_

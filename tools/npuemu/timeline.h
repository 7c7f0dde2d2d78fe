// File: timeline.h
// The events of a trace as spans: what ran where and when, who called, and
// which task waited for which. Reports are drawn from it.

#ifndef TOOLS_NPUEMU_TIMELINE_H_
#define TOOLS_NPUEMU_TIMELINE_H_

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "emulator/event/event.h"

namespace npuemu::cli {

struct TaskSpan {
  uint64_t task = 0;
  int device = 0;
  int stream = 0;
  int unit = 0;          // of task.h
  uint64_t thread = 0;   // that submitted it
  std::string name;
  int64_t submitted = 0;  // virtual ns
  int64_t start = -1;     // -1: it never ran
  int64_t end = -1;
  uint64_t order = 0;     // of its run among all, from 1
};

struct CallMark {
  uint64_t thread = 0;
  int64_t time = 0;  // virtual ns
  std::string name;
};

class Timeline {
 public:
  // Errors: kInvalidParam for what is no trace.
  absl::Status Add(const std::string& path);

  // In order of their submissions.
  const std::vector<TaskSpan>& tasks() const { return tasks_; }
  const std::vector<CallMark>& calls() const { return calls_; }
  // Records and the waits that they ended: (task, task).
  const std::vector<std::pair<uint64_t, uint64_t>>& arrows() const {
    return arrows_;
  }

 private:
  void OnEvent(const Event& event);
  TaskSpan* Find(uint64_t task);

  uint64_t acting_ = 0;
  uint64_t runs_ = 0;
  std::vector<TaskSpan> tasks_;
  std::unordered_map<uint64_t, size_t> by_task_;
  std::vector<CallMark> calls_;
  std::vector<std::pair<uint64_t, uint64_t>> arrows_;
  std::unordered_map<uint64_t, uint64_t> awaits_;   // task -> signal
  std::unordered_map<uint64_t, uint64_t> sets_;     // task -> signal
  std::unordered_map<uint64_t, uint64_t> set_by_;   // signal -> task
};

// The word for a unit of task.h: "cube", "copy in" ...
const char* UnitWord(int unit);

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_TIMELINE_H_

// File: hazard_detector.h
// All checks: an observer of the log, live or from a trace, that tells
// findings. What a call does wrong by itself stands in the log already
// (kMisuse); what needs several calls or an order is found here.
//
// Thread safety: none.

#ifndef EMULATOR_HAZARD_HAZARD_DETECTOR_H_
#define EMULATOR_HAZARD_HAZARD_DETECTOR_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>

#include "emulator/base/recent_map.h"
#include "emulator/event/event.h"
#include "emulator/hazard/allocations.h"
#include "emulator/hazard/finding.h"
#include "emulator/hazard/graph_table.h"
#include "emulator/hazard/race_detector.h"
#include "emulator/hazard/thread_order.h"

namespace npuemu {

class HazardDetector : public Observer {
 public:
  using Tell = std::function<void(Finding&&)>;

  // `arrival`: calls of different threads are ordered as they arrive; the
  // observer of host threads is not there.
  HazardDetector(bool arrival, Tell tell);
  // Tells what can be told at the end of the log only.
  ~HazardDetector() override;

  void OnEvent(const Event& event) override;
  // Arguments are of no use here.
  void OnArguments(std::span<const Argument>, const char*, SimTime) override {}

  // Whether the acting thread knows the task to be complete.
  bool Awaited(uint64_t task);
  // Whether it is complete before the next task of the stream.
  bool AwaitedBy(int stream, uint64_t task);
  // A stream of several threads whose order could not be checked; -1: none.
  int unchecked_stream() const {
    return arrival_ ? threads_.shared_stream() : -1;
  }

 private:
  struct StreamState {
    uint64_t last_single_op = 0;  // its place in the stream; 0: none
    uint64_t last_task = 0;
    uint64_t failed = 0;          // a task whose fault nobody saw
    uint64_t awaited_record = 0;  // one that another stream waits for
    uint64_t waiting = 0;         // the task of that stream
  };
  struct NotifyState {
    uint64_t records = 0;
    uint64_t waits = 0;
    CallRecord last;
  };

  void OnRace(const Race& race);
  void OnThreads(int rule, uint64_t other, uint64_t task);
  void OnTouched(const RaceSite& site, int device, uint64_t begin,
                 uint64_t end);
  void OnMisuse(const Event& event);
  void OnHostTouch(const Event& event);
  void OnSubmit(const Event& event);
  void OnSignal(const Event& event);
  void OnFault(const Event& event);
  void OnSync(const Event& event);
  void CheckDestroy(const Event& event);
  void CheckRange(const Event& event);
  bool CheckGraph(const Event& event, const AllocationRecord& memory);
  void CheckFailure(const StreamState& stream);
  void CheckNotify(const NotifyState& notify);
  bool IsMisused(const Event& event);

  Site SiteOfCall(const CallRecord& call) const;
  Site SiteOfTask(uint64_t task) const;
  Site SiteOf(const RaceSite& race) const;
  void AddMemory(int device, uint64_t begin, uint64_t end, Finding* finding);
  int RuleOf(const Race& race) const;
  void Found(int rule, std::string message, std::vector<Site> sites,
             std::string fix = "");

  const bool arrival_;
  const Tell tell_;
  RaceDetector races_;
  ThreadOrder threads_;
  Allocations allocations_;
  GraphTable graphs_;
  RecentMap<int, StreamState> streams_;
  std::map<uint64_t, NotifyState> notifies_;
  // By allocator, the stream that took memory of it last (H40).
  std::unordered_map<uint64_t, int> allocator_users_;
  std::unordered_map<uint64_t, uint64_t> records_;  // event -> task, the last
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_HAZARD_DETECTOR_H_

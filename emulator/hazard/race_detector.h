// File: race_detector.h
// Finds accesses of the same bytes, one of them a write, that nothing orders
// (H5), frees among them (H10): an observer of the log, live or from a trace.
// It tells the first race of every byte; two accesses race whichever of them
// came first in this run.
//
// Thread safety: none.

#ifndef EMULATOR_HAZARD_RACE_DETECTOR_H_
#define EMULATOR_HAZARD_RACE_DETECTOR_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "emulator/base/recent_map.h"
#include "emulator/event/event.h"
#include "emulator/hazard/call_table.h"
#include "emulator/hazard/happens_before.h"
#include "emulator/hazard/shadow.h"

namespace npuemu {

// One side of a race. Names are static or live as long as the log's reader.
struct RaceSite {
  const char* name = "";  // the argument; a function where it is the host's
  uint64_t task = 0;      // 0: the host's
  uint64_t call = 0;      // of the host's access, in CallTable
  bool write = false;
  bool frees = false;
};

// Besides the places of kRead: what waits and destroys access is the event or
// notify itself, its id as the place.
constexpr int kObjectPlace = -2;
// Tasks of task groups, too, which their executions read and updates write.
constexpr uint64_t kFirstGroupObject = uint64_t{1} << 40;
// And descriptors that aclop calls read or change.
constexpr int kDescPlace = -3;

struct Race {
  RaceSite earlier;  // as it ran here
  RaceSite later;
  int device = -1;   // -1: pinned host memory; kObjectPlace
  uint64_t begin = 0;  // bytes that both touch, as in kRead and kWrite
  uint64_t end = 0;
};

class RaceDetector : public Observer {
 public:
  using Tell = std::function<void(const Race&)>;
  // An access, in the order of this run, before it is checked.
  using Touched = std::function<void(const RaceSite& site, int device,
                                     uint64_t begin, uint64_t end)>;
  // `arrival`: see HappensBefore.
  RaceDetector(bool arrival, Tell tell)
      : order_(arrival), shadow_(kMostSegments), tell_(std::move(tell)) {}

  void OnEvent(const Event& event) override;
  void WhenTouched(Touched touched) { touched_ = std::move(touched); }

  HappensBefore& order() { return order_; }
  CallTable& calls() { return calls_; }
  const CallTable& calls() const { return calls_; }
  const Shadow& shadow() const { return shadow_; }

 private:
  static constexpr size_t kMostSegments = 1 << 20;

  // Bytes that a queued task will touch.
  struct Plan {
    uint64_t task = 0;
    int device = -1;
    uint64_t begin = 0;
    uint64_t end = 0;
    bool write = false;
    const char* name = "";  // argument or function
    bool frees = false;
    bool told = false;      // it is a finding already
  };
  // Of one stream, in the order of its tasks.
  struct Queue {
    uint64_t last = 0;  // the task submitted last
    std::deque<Plan> plans;
  };

  void PlanAccess(const Event& event);
  void ForgetAccesses(const Event& renewed);
  void PlanObject(const Event& event, bool write);
  void PlanGroup(const Event& event, bool write);
  void OnSubmit(const Event& event);
  void OnRun(const Event& event);
  void OnFree(const Plan& freed);
  // By its task, which runs, or (0) by the host.
  void Touch(const Plan& plan);
  static RaceSite SiteOf(const Access& access);
  static uint64_t Key(int device, uint64_t offset);

  HappensBefore order_;
  CallTable calls_;
  Shadow shadow_;
  const Tell tell_;
  Touched touched_;  // null: nobody listens
  RecentMap<int, Queue> queues_;  // by stream
  std::vector<Plan> coming_;      // of the task that is submitted next
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_RACE_DETECTOR_H_

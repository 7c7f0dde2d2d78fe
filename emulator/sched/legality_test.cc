// Each rule of the checker with a legal log and the same log broken at one
// place; then a real log of the scheduler in which a wait is ignored.

#include "emulator/sched/legality.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "emulator/sched/scheduler.h"
#include "gtest/gtest.h"

namespace npuemu {
namespace {

constexpr LegalityChecker::Servers kServers = {0, 20, 40, 4, 1, 1, 1, 0};
constexpr uint64_t kControlUnit = 0, kVectorUnit = 2, kCopyInUnit = 4;
constexpr uint64_t kLevel = 1, kConsume = 2;
constexpr uint64_t kSet = 1, kReset = 2, kDeliver = 3;

// A log written by hand. Tasks, streams and times as given.
class Story {
 public:
  Event& Add(EventKind kind, int stream, uint64_t task, int64_t time) {
    Event event;
    event.kind = kind;
    event.device = 0;
    event.stream = stream;
    event.task = task;
    event.time = SimTime(SimDuration(time));
    event.end = event.time;
    events_.push_back(event);
    return events_.back();
  }
  void Submit(int stream, uint64_t task, int64_t time, uint64_t cost = 100,
              uint64_t unit = kControlUnit, uint64_t cores = 1) {
    Event& event = Add(EventKind::kSubmit, stream, task, time);
    event.a = cost;
    event.b = cores << 8 | unit;
  }
  // Of the task submitted last.
  void Wait(uint64_t signal, uint64_t kind, uint64_t object = 0,
            int64_t timeout = 0) {
    const Event last = events_.back();
    Event& event = Add(EventKind::kWait, last.stream, last.task,
                       Nanoseconds(last.time));
    event.a = signal;
    event.b = object << 8 | kind;
    event.end += SimDuration(timeout);
  }
  void Effect(uint64_t signal, uint64_t kind, uint64_t object = 0) {
    Wait(signal, kind, object);
    events_.back().kind = EventKind::kEffect;
  }
  void Run(int stream, uint64_t task, int64_t start, int64_t cost = 100) {
    Add(EventKind::kRun, stream, task, start).end += SimDuration(cost);
  }
  void Signal(EventKind kind, uint64_t signal, int64_t time) {
    Event& event = Add(kind, 1, 0, time);
    (kind == EventKind::kCallback ? event.b : event.a) = signal;
  }

  // The word of the only finding, "" without one, else all of them.
  std::string Verdict() const {
    LegalityChecker checker(kServers);
    for (const Event& event : events_) checker.OnEvent(event);
    if (checker.findings().empty()) return "";
    const std::string& first = checker.findings()[0];
    if (checker.findings().size() == 1) return first.substr(0, first.find(':'));
    std::string all;
    for (const std::string& finding : checker.findings()) all += finding + "\n";
    return all;
  }

 private:
  std::vector<Event> events_;
};

TEST(LegalityTest, R29_AStreamRunsInOrder) {
  for (const bool legal : {true, false}) {
    Story story;
    story.Submit(1, 1, 0);
    story.Submit(1, 2, 0, 0);
    story.Submit(2, 3, 0);
    story.Run(2, 3, 0);
    if (legal) story.Run(1, 1, 0);
    story.Run(1, 2, legal ? 100 : 0, 0);
    if (!legal) story.Run(1, 1, 0);
    EXPECT_EQ(story.Verdict(), legal ? "" : "stream order");
  }
}

TEST(LegalityTest, R58_AWaitFollowsItsRecord) {
  for (const int64_t start : {100, 99, -1}) {
    Story story;
    story.Submit(1, 1, 0);
    story.Effect(7, kSet, 1);
    story.Submit(2, 2, 0);
    story.Wait(7, kLevel, 1);
    if (start < 0) story.Run(2, 2, 100);
    story.Run(1, 1, 0);
    if (start >= 0) story.Run(2, 2, start);
    EXPECT_EQ(story.Verdict(), start == 100 ? "" : "wait");
  }
}

TEST(LegalityTest, R58_AWaitNamesTheLatestRecord) {
  for (const uint64_t named : {8u, 7u}) {
    Story story;
    story.Submit(1, 1, 0);
    story.Effect(7, kSet, 1);
    story.Submit(1, 2, 0);
    story.Effect(8, kSet, 1);
    story.Submit(2, 3, 0);
    story.Wait(named, kLevel, 1);
    EXPECT_EQ(story.Verdict(), named == 8 ? "" : "binding");
  }
}

TEST(LegalityTest, R61_AResetClosesTheLevel) {
  for (const bool reset : {false, true}) {
    Story story;
    story.Submit(1, 1, 0);
    story.Effect(7, kSet, 1);
    story.Submit(1, 2, 0);
    story.Effect(7, kReset, 1);
    story.Submit(2, 3, 0);
    story.Wait(7, kLevel, 1);
    story.Run(1, 1, 0);
    if (reset) story.Run(1, 2, 100);
    story.Run(2, 3, 100);
    EXPECT_EQ(story.Verdict(), reset ? "wait" : "");
  }
}

TEST(LegalityTest, R74_ANotifyWaitTakesTheRecord) {
  for (const uint64_t kind : {kLevel, kConsume}) {
    Story story;
    story.Submit(1, 1, 0);
    story.Effect(7, kSet, 1);
    story.Submit(2, 2, 0);
    story.Wait(7, kind, 1);
    story.Submit(2, 3, 0);
    story.Wait(7, kind, 1);
    story.Run(1, 1, 0);
    story.Run(2, 2, 100);
    story.Run(2, 3, 200);
    EXPECT_EQ(story.Verdict(), kind == kLevel ? "" : "wait");
  }
}

TEST(LegalityTest, R71_AWaitGivesUpAfterItsTimeout) {
  for (const int64_t when : {1000, 999}) {
    Story story;
    story.Submit(1, 1, 0);
    story.Wait(7, kConsume, 1, 1000);
    story.Add(EventKind::kExpire, 1, 1, when);
    story.Run(1, 1, when);
    EXPECT_EQ(story.Verdict(), when == 1000 ? "" : "time");
  }
}

TEST(LegalityTest, R109_AHostFunctionRunsBeforeWhatFollows) {
  for (const bool ran : {true, false}) {
    Story story;
    story.Submit(1, 1, 0);
    story.Effect(7, kDeliver);
    story.Submit(1, 2, 0);
    story.Wait(7, kLevel);
    story.Run(1, 1, 0);
    if (ran) {
      story.Signal(EventKind::kCallback, 7, 500);
      story.Signal(EventKind::kReturn, 7, 500);
    }
    story.Run(1, 2, 500);
    EXPECT_EQ(story.Verdict(), ran ? "" : "wait");
  }
  Story story;
  story.Signal(EventKind::kReturn, 7, 500);
  EXPECT_EQ(story.Verdict(), "wait");
}

TEST(LegalityTest, TimesFollowSubmissionStreamAndCost) {
  struct Case {
    int64_t start, cost;
    const char* verdict;
  };
  for (const Case& c : {Case{300, 100, ""}, Case{299, 100, "time"},
                        Case{300, 99, "time"}}) {
    Story story;
    story.Submit(1, 1, 0);
    story.Submit(1, 2, 300);
    story.Run(1, 1, 50);
    story.Run(1, 2, c.start, c.cost);
    EXPECT_EQ(story.Verdict(), c.verdict);
  }
  Story story;
  story.Submit(1, 1, 0);
  story.Submit(1, 2, 0);
  story.Run(1, 1, 50);
  story.Run(1, 2, 149);
  EXPECT_EQ(story.Verdict(), "time");
}

TEST(LegalityTest, R36_AQueueHolds2047Entries) {
  for (const uint64_t count : {2047u, 2048u}) {
    Story story;
    story.Submit(1, 1, 0);
    story.Submit(1, 2, 0);
    story.Run(1, 1, 0);    // ended at 100
    story.Run(1, 2, 100);  // not ended at 150
    for (uint64_t task = 3; task < count + 2; ++task) {
      story.Submit(1, task, 150);
    }
    EXPECT_EQ(story.Verdict(), count == 2047 ? "" : "queue");
  }
}

TEST(LegalityTest, R41_TheHostSeesWhatHasEnded) {
  for (const int64_t when : {100, 99, -1}) {
    Story story;
    story.Submit(1, 1, 0);
    if (when >= 0) story.Run(1, 1, 0);
    story.Add(EventKind::kSync, 1, 0, when < 0 ? 100 : when).a = 1;
    EXPECT_EQ(story.Verdict(), when == 100 ? "" : "sync");
  }
}

TEST(LegalityTest, ResourcesAreNotTakenTwice) {
  struct Case {
    uint64_t unit, cores;
    int64_t second;
    const char* verdict;
  };
  for (const Case& c :
       {Case{kCopyInUnit, 1, 100, ""}, Case{kCopyInUnit, 1, 99, "resource"},
        Case{kVectorUnit, 20, 0, ""}, Case{kVectorUnit, 21, 99, "resource"},
        Case{kControlUnit, 1, 0, ""}}) {
    Story story;
    story.Submit(1, 1, 0, 100, c.unit, c.cores);
    story.Submit(2, 2, 0, 100, c.unit, c.cores);
    story.Run(2, 2, c.second);
    story.Run(1, 1, 0);
    EXPECT_EQ(story.Verdict(), c.verdict) << c.unit << " " << c.second;
  }
}

TEST(LegalityTest, R48_ADestroyedStreamHasNothingQueued) {
  for (const bool drop : {true, false}) {
    Story story;
    story.Submit(1, 1, 0);
    if (drop) story.Add(EventKind::kDrop, 1, 0, 0).a = 1;
    story.Add(EventKind::kStreamDestroy, 1, 0, 0);
    EXPECT_EQ(story.Verdict(), drop ? "" : "destroy");
  }
}

// The seeded bug: a scheduler that ignores a wait would write this log.
TEST(LegalityTest, CanaryARealLogWithAnIgnoredWait) {
  struct Keep : Observer {
    explicit Keep(std::vector<Event>* all) : all(all) {}
    void OnEvent(const Event& event) override { all->push_back(event); }
    std::vector<Event>* all;
  };
  std::vector<Event> events;
  std::mutex mutex;
  EventLog log(16);
  log.AddObserver(std::make_unique<Keep>(&events));
  CostModel costs(*FindSoc("Ascend910B1"), 1);
  Executor executor(1);
  Turns turns(&log);
  Scheduler scheduler(&log, &turns, MakePolicy("late"), &costs, &executor, 0);
  Lock lock(mutex);
  StreamQueue a(1, 0, nullptr);
  StreamQueue b(2, 0, nullptr);
  const auto signal = std::make_shared<Signal>();
  Task record;
  record.effect = EffectKind::kSet;
  record.target = signal;
  Task wait;
  wait.wait = WaitKind::kLevel;
  wait.wait_for = signal;
  scheduler.Submit(lock, &a, std::move(record), SimTime());
  scheduler.Submit(lock, &b, std::move(wait), SimTime());
  scheduler.DriveAll(lock, SimTime());

  const auto findings = [&] {
    LegalityChecker checker(kServers);
    for (const Event& event : events) checker.OnEvent(event);
    return checker.findings().size();
  };
  EXPECT_EQ(findings(), 0u);
  const auto runs = [&](uint64_t task) {
    return std::find_if(events.begin(), events.end(), [&](const Event& event) {
      return event.kind == EventKind::kRun && event.task == task;
    });
  };
  ASSERT_NE(runs(2), events.end());
  std::iter_swap(runs(1), runs(2));
  EXPECT_EQ(findings(), 1u);
}

}  // namespace
}  // namespace npuemu

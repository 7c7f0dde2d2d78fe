#include "emulator/event/event_log.h"

#include "gtest/gtest.h"

namespace npuemu {
namespace {

Event At(int64_t ns) {
  Event event;
  event.kind = EventKind::kRun;
  event.device = 0;
  event.stream = 1;
  event.task = 7;
  event.time = SimTime(SimDuration(ns));
  event.end = event.time + SimDuration(10);
  event.name = "Add";
  return event;
}

TEST(EventLogTest, KeepsTheLast) {
  EventLog log(3);
  for (int i = 0; i < 5; ++i) log.Append(At(i));
  const std::vector<Event> last = log.Last();
  ASSERT_EQ(last.size(), 3u);
  EXPECT_EQ(Nanoseconds(last[0].time), 2);
  EXPECT_EQ(Nanoseconds(last[2].time), 4);
  EXPECT_EQ(log.count(), 5u);
}

TEST(EventLogTest, ObserversSeeEveryEvent) {
  struct Counter : Observer {
    explicit Counter(int* n) : n(n) {}
    void OnEvent(const Event&) override { ++*n; }
    int* n;
  };
  int seen = 0;
  EventLog log(1);
  log.AddObserver(std::make_unique<Counter>(&seen));
  for (int i = 0; i < 5; ++i) log.Append(At(i));
  EXPECT_EQ(seen, 5);
}

TEST(EventLogTest, TextHasTimesAndIds) {
  EXPECT_EQ(ToText(At(1500)), "run                    1500 +10 d0 s1 t7 Add");
}

TEST(EventLogTest, TraceRefusesAPathThatCannotBeWritten) {
  auto trace = TextTrace("/no/such/folder/trace");
  ASSERT_FALSE(trace.ok());
  EXPECT_EQ(FaultOf(trace.status()), Fault::kInvalidParam);
}

}  // namespace
}  // namespace npuemu

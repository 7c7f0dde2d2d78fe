#include "emulator/sched/scheduler.h"

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace npuemu {
namespace {

SimTime At(int64_t ns) { return SimTime(SimDuration(ns)); }

class SchedulerTest : public testing::TestWithParam<const char*> {
 protected:
  SchedulerTest()
      : costs_(*FindSoc("Ascend910B1"), 1),
        executor_(1),
        lock_(mutex_),
        scheduler_(&log_, &turns_, MakePolicy(GetParam()), &costs_, &executor_,
                   0) {}

  // A task that appends its name to order_.
  Task Named(const char* name, int64_t cost = 1000) {
    Task task;
    task.name = name;
    task.cost = SimDuration(cost);
    task.body = [this, name] {
      order_ += name;
      return Fault::kNone;
    };
    return task;
  }
  Task Record(const std::shared_ptr<Signal>& signal) {
    Task task;
    task.effect = EffectKind::kSet;
    task.target = signal;
    return task;
  }
  Task Wait(const std::shared_ptr<Signal>& signal,
            WaitKind kind = WaitKind::kLevel) {
    Task task;
    task.wait = kind;
    task.wait_for = signal;
    return task;
  }
  void Submit(StreamQueue& queue, Task task, int64_t now = 0) {
    scheduler_.Submit(lock_, &queue, std::move(task), At(now));
    scheduler_.Flush(lock_);
  }
  Scheduler::Outcome Drive(StreamQueue& queue, int64_t now = 0) {
    return scheduler_.Drive(lock_, Of(queue), At(now));
  }
  static Goal Of(StreamQueue& queue) {
    Goal goal;
    goal.roots.push_back({&queue, queue.submitted});
    return goal;
  }

  std::mutex mutex_;
  EventLog log_{64};
  CostModel costs_;
  Executor executor_;
  Lock lock_;
  Turns turns_{&log_};
  Scheduler scheduler_;
  FailureDomain domain_;
  StreamQueue a_{1, 0, &domain_};
  StreamQueue b_{2, 0, &domain_};
  std::string order_;
};

class FifoTest : public SchedulerTest {};
class LateTest : public SchedulerTest {};
class TimedTest : public SchedulerTest {};
class EveryPolicyTest : public SchedulerTest {};

INSTANTIATE_TEST_SUITE_P(Fifo, FifoTest, testing::Values("fifo"));
INSTANTIATE_TEST_SUITE_P(Late, LateTest, testing::Values("late"));
INSTANTIATE_TEST_SUITE_P(Timed, TimedTest, testing::Values("timed"));
INSTANTIATE_TEST_SUITE_P(All, EveryPolicyTest,
                         testing::Values("fifo", "timed", "late", "random",
                                         "pct"));

// A queued task takes at most 512 bytes: itself, its place in the deque, the
// allocator's word, and the block of an operator's launch (enqueue_op.cc).
static_assert(sizeof(Task) + 2 * sizeof(void*) <= 384);

TEST_P(FifoTest, RunsInTheSubmittingCall) {
  Submit(a_, Named("x"));
  EXPECT_EQ(order_, "x");
  EXPECT_FALSE(scheduler_.HasDeferred());
}

TEST_P(FifoTest, ARecordReleasesTheWaitingStreamInArrivalOrder) {
  auto signal = std::make_shared<Signal>();
  Submit(b_, Wait(signal));
  Submit(b_, Named("y"));
  Submit(a_, Named("x"));
  EXPECT_EQ(order_, "x");
  Submit(a_, Record(signal));
  EXPECT_EQ(order_, "xy");
}

TEST_P(LateTest, NothingRunsBeforeItIsObserved) {
  Submit(a_, Named("x"));
  Submit(b_, Named("y"));
  EXPECT_EQ(order_, "");
  EXPECT_EQ(Drive(b_), Scheduler::Outcome::kReached);
  EXPECT_EQ(order_, "y");  // a is not needed
  EXPECT_EQ(Drive(a_), Scheduler::Outcome::kReached);
  EXPECT_EQ(order_, "yx");
}

TEST_P(LateTest, ObservingRunsWhatItDependsOn) {
  auto signal = std::make_shared<Signal>();
  Submit(a_, Named("x"));
  Submit(a_, Record(signal));
  Submit(a_, Named("z"));
  Submit(b_, Wait(signal));
  Submit(b_, Named("y"));
  EXPECT_EQ(Drive(b_), Scheduler::Outcome::kReached);
  EXPECT_EQ(order_, "xy");
}

TEST_P(LateTest, StartsWhenObserved) {
  Submit(a_, Named("x", 100));
  Drive(a_, 5000);
  EXPECT_EQ(a_.last_end, At(5100));
}

TEST_P(TimedTest, RunsByVirtualStart) {
  Task slow = Named("s", 100000);
  slow.unit = Unit::kCopyIn;
  Submit(a_, std::move(slow));         // starts at 0
  Submit(a_, Named("t"));              // starts at 100000
  Submit(b_, Named("u"), 500);         // starts at 500
  EXPECT_EQ(order_, "su");
  scheduler_.AdvanceTo(lock_, At(99999));
  scheduler_.Flush(lock_);
  EXPECT_EQ(order_, "su");
  scheduler_.AdvanceTo(lock_, At(100000));
  scheduler_.Flush(lock_);
  EXPECT_EQ(order_, "sut");
}

TEST_P(EveryPolicyTest, VirtualTimesFollowTheStream) {
  Submit(a_, Named("x", 1000), 10);
  Submit(a_, Named("y", 1000), 20);
  Drive(a_, 20);
  EXPECT_EQ(order_, "xy");
  EXPECT_GE(a_.last_end, At(2010));
}

TEST_P(EveryPolicyTest, AWaitNobodySatisfiesIsBlockedAndNamed) {
  auto signal = std::make_shared<Signal>();
  Task wait = Wait(signal);
  wait.name = "aclrtStreamWaitEvent";
  Submit(a_, std::move(wait));
  EXPECT_EQ(Drive(a_), Scheduler::Outcome::kBlocked);
  const std::string graph = scheduler_.WaitGraph(Of(a_));
  EXPECT_NE(graph.find("stream s1"), std::string::npos) << graph;
  EXPECT_NE(graph.find("queued nowhere"), std::string::npos) << graph;
}

TEST_P(EveryPolicyTest, ACycleOfWaitsIsBlocked) {
  auto one = std::make_shared<Signal>();
  auto two = std::make_shared<Signal>();
  Submit(a_, Wait(one));
  Submit(b_, Wait(two));
  Submit(a_, Record(two));
  Submit(b_, Record(one));
  EXPECT_EQ(Drive(a_), Scheduler::Outcome::kBlocked);
  const std::string graph = scheduler_.WaitGraph(Of(a_));
  EXPECT_NE(graph.find("of stream s2"), std::string::npos) << graph;
  EXPECT_NE(graph.find("of stream s1"), std::string::npos) << graph;
}

TEST_P(EveryPolicyTest, AConsumingWaitTakesOneRecord) {
  auto signal = std::make_shared<Signal>();
  Submit(a_, Record(signal));
  Submit(b_, Wait(signal, WaitKind::kConsume));
  EXPECT_EQ(Drive(b_), Scheduler::Outcome::kReached);
  Submit(b_, Wait(signal, WaitKind::kConsume));
  EXPECT_EQ(Drive(b_), Scheduler::Outcome::kBlocked);
}

TEST_P(EveryPolicyTest, AWaitWithATimeoutExpiresInVirtualTime) {
  auto signal = std::make_shared<Signal>();
  Task wait = Wait(signal);
  wait.timeout = SimDuration(7000);
  Submit(a_, std::move(wait), 1000);
  EXPECT_EQ(Drive(a_), Scheduler::Outcome::kBlocked);
  EXPECT_TRUE(scheduler_.ExpireWait(lock_, Of(a_)));
  EXPECT_EQ(a_.error, Fault::kRtWaitTimeout);
  EXPECT_EQ(a_.last_end, At(8000));
}

// Each task waits for the one before it, on another stream: nothing may look at
// all of the chain, or of the streams, for each of its decisions.
TEST_P(EveryPolicyTest, ALongChainThroughManyStreams) {
  constexpr int kStreams = 100;
  std::vector<std::unique_ptr<StreamQueue>> queues;
  for (int i = 0; i < kStreams; ++i) {
    queues.push_back(std::make_unique<StreamQueue>(10 + i, 0, &domain_));
  }
  auto first = std::make_shared<Signal>();
  auto before = first;
  for (int i = 0; i < 20000; ++i) {
    Task task = Wait(before);
    before = std::make_shared<Signal>();
    task.effect = EffectKind::kSet;
    task.target = before;
    scheduler_.Submit(lock_, queues[static_cast<size_t>(i % kStreams)].get(),
                      std::move(task), At(0));
  }
  Submit(a_, Record(first));
  EXPECT_EQ(Drive(*queues[kStreams - 1]), Scheduler::Outcome::kReached);
  EXPECT_TRUE(before->set);
}

TEST_P(EveryPolicyTest, AFaultStaysWithItsStream) {
  Task bad = Named("x");
  bad.body = [] { return Fault::kRtAicoreException; };
  Submit(a_, std::move(bad));
  Submit(a_, Named("y"));
  Drive(a_);
  EXPECT_EQ(a_.error, Fault::kRtAicoreException);
  EXPECT_EQ(b_.error, Fault::kNone);
  EXPECT_EQ(order_, "y");  // ACL_CONTINUE_ON_FAILURE (R52)
}

TEST_P(EveryPolicyTest, R52_StopOnFailureDropsTheWholeContext) {
  domain_.stop_on_failure = true;
  Task bad = Named("x");
  bad.body = [] { return Fault::kRtAicoreException; };
  auto signal = std::make_shared<Signal>();
  Submit(b_, Wait(signal));
  Submit(b_, Named("z"));
  Submit(a_, std::move(bad));
  Submit(a_, Named("y"));
  Drive(a_);
  EXPECT_EQ(domain_.failure, Fault::kRtAicoreException);
  EXPECT_TRUE(b_.pending.empty());
}

TEST_P(EveryPolicyTest, AHostReturnIsSeenOnlyByWhoNeedsIt) {
  auto signal = std::make_shared<Signal>();
  Task deliver;
  deliver.effect = EffectKind::kDeliver;
  deliver.target = signal;
  Submit(a_, std::move(deliver));
  Submit(a_, Wait(signal));
  Submit(a_, Named("x"));
  EXPECT_EQ(Drive(a_), Scheduler::Outcome::kNeedsReturn);
  signal->returns.push_back(At(50));
  scheduler_.HostReturned(signal);
  Submit(b_, Named("y"));
  Drive(b_);
  EXPECT_EQ(order_, "y");
  EXPECT_EQ(Drive(a_), Scheduler::Outcome::kReached);
  EXPECT_EQ(order_, "yx");
}

// Who waits for a busy resource gets it by priority, not by arrival; what runs
// is not interrupted.
TEST_P(TimedTest, R34_ABusyResourceGoesToTheHighestPriority) {
  StreamQueue urgent(3, 0, &domain_);
  a_.priority = 7;
  b_.priority = 7;
  const auto kernel = [&](const char* name) {
    Task task = Named(name);
    task.unit = Unit::kCube;
    task.cores = 24;
    return task;
  };
  Submit(a_, kernel("a"), 0);
  Submit(b_, kernel("b"), 100);
  Submit(urgent, kernel("u"), 200);
  Drive(b_);
  EXPECT_EQ(order_, "aub");
}

}  // namespace
}  // namespace npuemu

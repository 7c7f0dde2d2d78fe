#include "emulator/host/thread_control.h"

#include <cstdio>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "gtest/gtest.h"

namespace npuemu {
namespace {

struct Setup {
  std::string policy = "fifo";
  uint64_t seed = 0;
  std::string script = "";
  std::string picks = "";
  bool replay = false;
};

ThreadControlOptions Options(const Setup& setup) {
  ThreadControlOptions options;
  options.policy = MakeThreadPolicy(setup.policy, setup.seed, 3);
  std::string error;
  options.script = *ParseThreadScript(setup.script, &error);
  options.picks = *ParseThreadPicks(setup.picks, &error);
  options.replay = setup.replay;
  options.fail = [](const std::string& message) {
    std::fprintf(stderr, "%s\n", message.c_str());
    _exit(68);
  };
  return options;
}

// Threads that say what they do, and the order in which they got to do it.
class Driver {
 public:
  explicit Driver(const Setup& setup) : control(Options(setup)) {
    main = control.AdoptMain();
  }

  using Body = std::function<void(Driver&, ControlledThread*)>;

  ControlledThread* Start(Body body) {
    ControlledThread* thread = control.Create(main);
    threads_.emplace_back([this, thread, body = std::move(body)] {
      control.Begin(thread);
      body(*this, thread);
      control.End(thread);
    });
    started_.push_back(thread);
    return thread;
  }

  std::string Join() {
    for (ControlledThread* thread : started_) {
      while (thread->state != ControlledThread::State::kEnded) {
        control.Block(main, thread, "a thread's end");
      }
    }
    for (std::thread& thread : threads_) thread.join();
    for (ControlledThread* thread : started_) control.Release(thread);
    return order;
  }

  void Step(ControlledThread* self, const char* label) {
    control.SwitchPoint(self, label);
    order += static_cast<char>('0' + self->id);  // under the baton
  }

  ThreadControl control;
  ControlledThread* main;
  std::string order;

 private:
  std::vector<std::thread> threads_;
  std::vector<ControlledThread*> started_;
};

std::string ThreeTimesThree(const Setup& setup) {
  Driver driver(setup);
  for (int i = 0; i < 3; ++i) {
    driver.Start([](Driver& d, ControlledThread* self) {
      for (int step = 0; step < 3; ++step) d.Step(self, "step");
    });
  }
  return driver.Join();
}

TEST(ThreadControlTest, FifoGoesOnWhileItCan) {
  EXPECT_EQ(ThreeTimesThree({.policy = "fifo"}), "111222333");
}

TEST(ThreadControlTest, LateAlwaysHandsOver) {
  EXPECT_EQ(ThreeTimesThree({.policy = "late"}), "123123123");
}

TEST(ThreadControlTest, TimedTakesTheSmallestClock) {
  Driver driver({.policy = "timed"});
  for (uint64_t speed : {3000, 1000}) {
    driver.Start([speed](Driver& d, ControlledThread* self) {
      for (int step = 0; step < 3; ++step) {
        self->clock += speed;
        d.Step(self, "step");
      }
    });
  }
  // Each arrives at 3.1, 6.2, 9.3 and at 1.1, 2.2, 3.3 us.
  EXPECT_EQ(driver.Join(), "221211");
}

TEST(ThreadControlTest, OneSeedOneOrder) {
  for (const char* policy : {"random", "pct"}) {
    std::set<std::string> orders;
    for (uint64_t seed = 0; seed < 20; ++seed) {
      const std::string order =
          ThreeTimesThree({.policy = policy, .seed = seed});
      for (int run = 0; run < 20; ++run) {
        ASSERT_EQ(ThreeTimesThree({.policy = policy, .seed = seed}), order)
            << policy << ", seed " << seed;
      }
      orders.insert(order);
    }
    EXPECT_GT(orders.size(), 5u) << policy;
  }
}

TEST(ThreadControlTest, ScriptIsFollowed) {
  EXPECT_EQ(ThreeTimesThree({.script = "0 1:stepx2 3 1"}), "133311222");
  EXPECT_EQ(ThreeTimesThree({.script = "0 3:stepx3 2:stepx2 1"}), "332111223");
}

TEST(ThreadControlDeathTest, StepThatCannotBeDoneIsNamed) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(ThreeTimesThree({.script = "0 1 2 1"}),
              testing::ExitedWithCode(68),
              "step 4 \"1\" cannot be done: it has ended");
  EXPECT_EXIT(ThreeTimesThree({.script = "0 1:nowhere"}),
              testing::ExitedWithCode(68),
              "step 2 \"1:nowhere\" cannot be done: it has ended");
  EXPECT_EXIT(ThreeTimesThree({.script = "0 7"}), testing::ExitedWithCode(68),
              "step 2 \"7\" cannot be done: there is no such thread yet");
}

std::vector<int> g_decisions;

std::string RecordThreeTimesThree(const Setup& setup) {
  g_decisions.clear();
  Driver driver(setup);
  for (int i = 0; i < 3; ++i) {
    driver.Start([](Driver& d, ControlledThread* self) {
      for (int step = 0; step < 3; ++step) d.Step(self, "step");
    });
  }
  driver.control.SwitchPoint(driver.main, "early");
  // Those before are delivered first.
  driver.control.SetOnDecision(
      [](uint64_t index, int thread, int runnable, const char*) {
        EXPECT_EQ(index, g_decisions.size());
        EXPECT_GT(runnable, 1);
        g_decisions.push_back(thread);
      });
  return driver.Join();
}

std::string Picks(const std::vector<int>& decisions) {
  std::string text;
  for (int decision : decisions) text += std::to_string(decision) + " ";
  return text;
}

TEST(ThreadControlTest, PicksReplayARun) {
  const std::string order =
      RecordThreeTimesThree({.policy = "random", .seed = 5});
  const std::string picks = Picks(g_decisions);
  EXPECT_EQ(RecordThreeTimesThree(
                {.policy = "random", .picks = picks, .replay = true}),
            order);
  EXPECT_EQ(Picks(g_decisions), picks);
}

TEST(ThreadControlDeathTest, FirstReplayDifferenceHasBothSides) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(ThreeTimesThree({.picks = "1 1 9", .replay = true}),
              testing::ExitedWithCode(68),
              "replay difference at thread decision 2: recorded: thread 9; "
              "this run, at step: a choice of threads 1 2 3");
  EXPECT_EXIT(ThreeTimesThree({.picks = "1*2", .replay = true}),
              testing::ExitedWithCode(68), "recorded: no more decisions");
}

TEST(ThreadControlTest, SleepersWakeInVirtualTime) {
  Driver driver({});
  for (uint64_t time : {300, 100, 200}) {
    driver.Start([time](Driver& d, ControlledThread* self) {
      d.control.Sleep(self, "sleep", time * 1000000000);
      d.order += static_cast<char>('0' + self->id);
      EXPECT_GE(self->clock.load(), time * 1000000000);
    });
  }
  EXPECT_EQ(driver.Join(), "231");
}

TEST(ThreadControlTest, WakesInOrderOfWaiting) {
  Driver driver({});
  int object = 0;
  for (int i = 0; i < 3; ++i) {
    driver.Start([&](Driver& d, ControlledThread* self) {
      EXPECT_EQ(d.control.Block(self, &object, "an object"),
                WakeReason::kWoken);
      d.Step(self, "woken");
    });
  }
  driver.Start([&](Driver& d, ControlledThread* self) {
    EXPECT_EQ(d.control.Wake(self, &object, 1), 1);
    d.Step(self, "after one");
    d.control.Yield(self, "yield");
    EXPECT_EQ(d.control.Wake(self, &object), 2);
  });
  EXPECT_EQ(driver.Join(), "4123");
}

TEST(ThreadControlTest, WaitsEndAtTheirTime) {
  Driver driver({});
  int object = 0;
  driver.Start([&](Driver& d, ControlledThread* self) {
    EXPECT_EQ(d.control.Block(self, &object, "an object", 5000),
              WakeReason::kTimedOut);
    EXPECT_EQ(self->clock.load(), 5000u);
  });
  driver.Join();
}

bool g_deferred = false;

TEST(ThreadControlTest, DeadlockDrivesFirstThenEndsTheClientsWait) {
  Driver driver({});
  g_deferred = true;
  driver.control.SetDrive([] { return std::exchange(g_deferred, false); });
  int never = 0;
  driver.Start([&](Driver& d, ControlledThread* self) {
    EXPECT_EQ(d.control.BlockClient(self, "stream s1", kNoTime, false),
              WakeReason::kDeadlock);
    EXPECT_FALSE(g_deferred);
    d.control.Wake(self, &never);
  });
  driver.Start([&](Driver& d, ControlledThread* self) {
    EXPECT_EQ(d.control.Block(self, &never, "a mutex"), WakeReason::kWoken);
  });
  driver.Join();
}

TEST(ThreadControlTest, LetGoThreadsComeBack) {
  Driver driver({});
  std::atomic<uint32_t> outside{0};
  driver.Start([&](Driver& d, ControlledThread* self) {
    while (outside == 0) FutexWait(&outside, 0);  // nobody sees this
    d.Step(self, "back");
  });
  driver.Start([&](Driver& d, ControlledThread* self) {
    d.Step(self, "meanwhile");
    outside = 1;
    FutexWake(&outside, 1);
  });
  std::vector<std::string> announced;
  std::thread watchdog([&] {
    int id = 0;
    int tid = 0;
    while (!driver.control.Running(&id, &tid) || id != 1) {
      std::this_thread::yield();
    }
    while (!driver.control.LetGo(
        1, driver.control.activity(),
        [&](const char* label) { announced.push_back(label); })) {
      std::this_thread::yield();
    }
  });
  EXPECT_EQ(driver.Join(), "21");
  watchdog.join();
  EXPECT_EQ(announced, std::vector<std::string>{"start"});
  EXPECT_FALSE(driver.control.deterministic());
}

}  // namespace
}  // namespace npuemu

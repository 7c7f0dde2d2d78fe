#include "emulator/hazard/hazard_detector.h"

#include <set>
#include <utility>
#include <vector>

#include "emulator/hazard/finding_text.h"
#include "gtest/gtest.h"

namespace npuemu {
namespace {

// Writes a log as a node does, and reads the rules that are found in it.
class HazardDetectorTest : public ::testing::Test {
 protected:
  HazardDetectorTest() { Restart(/*arrival=*/false); }

  void Restart(bool arrival) {
    detector_ = std::make_unique<HazardDetector>(
        arrival, [this](Finding&& f) { found_.push_back(std::move(f)); });
    for (int stream : {1, 2, 3}) {
      Put(EventKind::kStreamCreate, stream, 0, "aclrtCreateStream", 0,
          stream == 3 ? 1 : 0);
    }
  }

  void Put(EventKind kind, int stream, uint64_t task, const char* name,
           uint64_t a = 0, uint64_t b = 0, int device = -1) {
    Event event;
    event.kind = kind;
    event.device = static_cast<int16_t>(device);
    event.stream = stream;
    event.task = task;
    event.name = name;
    event.a = a;
    event.b = b;
    detector_->OnEvent(event);
  }
  void Call(uint64_t thread, const char* name) {
    Put(EventKind::kTurn, -1, 0, "", thread);
    Put(EventKind::kCall, -1, 0, name, thread);
  }
  // A kernel of the acting thread that writes or reads 64 bytes at `at`.
  uint64_t Kernel(int stream, bool write, uint64_t at, uint64_t bytes = 64) {
    Put(EventKind::kSubmit, stream, ++tasks_, "Add", 0, /*b=*/2);
    Put(write ? EventKind::kWrite : EventKind::kRead, stream, tasks_, "x1", at,
        at + bytes, 0);
    Put(EventKind::kRun, stream, tasks_, "Add");
    return tasks_;
  }
  void Alloc(uint64_t at, uint64_t bytes) {
    Call(0, "aclrtMalloc");
    Put(EventKind::kAlloc, -1, 0, "aclrtMalloc", at, bytes, 0);
  }
  void Sync(int stream, uint64_t tasks, const char* name) {
    Call(0, name);
    Put(EventKind::kSync, stream, 0, name, tasks);
  }
  void Edge(uint64_t thread, bool acquire) {
    Put(EventKind::kEdge, -1, 0, "", 0x1234,
        thread << 1 | (acquire ? 1 : 0));
  }
  std::multiset<int> Rules() {
    std::multiset<int> rules;
    for (const Finding& finding : found_) rules.insert(finding.rule);
    return rules;
  }
  using R = std::multiset<int>;

  uint64_t tasks_ = 0;
  std::vector<Finding> found_;
  std::unique_ptr<HazardDetector> detector_;
};

TEST_F(HazardDetectorTest, H5_NamesBothSitesAndTheMemory) {
  Put(EventKind::kCaller, -1, 0, "/opt/bin/prog", 1, 0x99);
  Alloc(0, 128);
  Put(EventKind::kCall, -1, 0, "aclopExecWithHandle", 0, /*caller=*/1);
  Kernel(1, true, 0);
  Kernel(2, false, 0);
  ASSERT_EQ(Rules(), R{5});
  const Finding& finding = found_[0];
  EXPECT_EQ(finding.sites[0].deed, Deed::kWrites);
  EXPECT_EQ(finding.sites[1].deed, Deed::kReads);
  EXPECT_EQ(finding.sites[1].code.place, "prog+0x99");
  EXPECT_STREQ(finding.sites[1].argument, "x1");
  EXPECT_EQ(finding.block.bytes, 128u);
  EXPECT_EQ(BytesOf(finding), "64 bytes at device 0 offset 0x0");
  EXPECT_NE(finding.fix.find("make stream 2 wait"), std::string::npos);
}

TEST_F(HazardDetectorTest, H10_FreesAndFreedMemory) {
  Alloc(0, 64);
  Kernel(1, true, 0);
  Call(0, "aclrtFree");
  Put(EventKind::kFree, -1, 0, "aclrtFree", 0, 64, 0);
  EXPECT_EQ(Rules(), R{10});
  Kernel(1, true, 0);  // submitted behind the free
  EXPECT_EQ(Rules().count(10), 2u);
}

TEST_F(HazardDetectorTest, H11_H12_H13_OneTaskByItself) {
  Alloc(0, 100);
  Kernel(1, true, 0, 100);
  EXPECT_EQ(Rules(), R{});
  Kernel(1, true, 0, 104);
  EXPECT_EQ(Rules(), R{11});
  Alloc(1024, 200);
  Kernel(1, true, 1024 + 32);
  EXPECT_EQ(Rules(), (R{11, 12}));
  Kernel(1, false, 1024, 200);
  EXPECT_EQ(Rules(), (R{11, 12, 13}));
  Kernel(1, false, 1024, 200);  // told once
  EXPECT_EQ(Rules().size(), 3u);
}

TEST_F(HazardDetectorTest, H15_H16_H17_ByWhatTheProgramBelieves) {
  Alloc(0, 64);
  Call(0, "aclopExecWithHandle");
  Kernel(1, true, 0);
  Call(0, "aclrtMemcpy");
  Put(EventKind::kRead, -1, 0, "src", 0, 64, 0);
  EXPECT_EQ(Rules(), R{15});
  found_.clear();
  Kernel(1, true, 0);
  Call(0, "aclrtSynchronizeDevice");  // of another context: no kSync
  Call(0, "aclrtMemcpy");
  Put(EventKind::kRead, -1, 0, "src", 0, 64, 0);
  EXPECT_TRUE(Rules().contains(16));
  found_.clear();
  Alloc(512, 64);
  Call(0, "aclopExecWithHandle");
  Kernel(1, true, 512);
  Kernel(3, false, 512);
  EXPECT_EQ(Rules(), R{17});
}

TEST_F(HazardDetectorTest, H20_H23_ObjectsThatGo) {
  Call(0, "aclrtCreateNotify");
  Put(EventKind::kObjectCreate, -1, 0, "aclrtCreateNotify", 7, 3);
  Put(EventKind::kSubmit, 1, ++tasks_, "aclrtWaitAndResetNotify");
  Put(EventKind::kWait, 1, tasks_, "aclrtWaitAndResetNotify", 1, 7 << 8 | 2);
  Call(0, "aclrtDestroyNotify");
  Put(EventKind::kObjectDestroy, -1, 0, "aclrtDestroyNotify", 7);
  EXPECT_EQ(Rules(), (R{20, 23}));
}

TEST_F(HazardDetectorTest, H2_H3_H4_H9_ThreadsThatNothingOrders) {
  Alloc(0, 64);
  for (const auto& [name, stream, rule] :
       std::vector<std::tuple<const char*, int, int>>{
           {"aclrtMemsetAsync", 1, 2},
           {"aclopExecWithHandle", 1, 3},
           {"aclopExecWithHandle", 3, 4}}) {
    found_.clear();
    Edge(1, false);
    Call(1, name);
    Kernel(stream, true, 0);
    Call(2, name);
    Kernel(stream, true, 0);
    EXPECT_EQ(Rules().count(rule), 1u) << rule;
  }
  Alloc(4096, 64);
  found_.clear();
  Call(1, "aclrtLaunchHostFunc");
  Kernel(2, true, 4096);
  Kernel(2, true, 4096);
  Edge(1, false);
  Edge(2, true);  // a lock
  Call(2, "aclrtMemsetAsync");
  Kernel(2, true, 4096);
  EXPECT_EQ(Rules(), R{});
  Call(1, "aclrtLaunchHostFunc");
  Kernel(2, true, 4096);
  Kernel(2, true, 4096);
  EXPECT_TRUE(Rules().contains(9));
}

TEST_F(HazardDetectorTest, WithoutAnObserverThreadsAreNotChecked) {
  Restart(/*arrival=*/true);
  EXPECT_EQ(detector_->unchecked_stream(), -1);
  for (uint64_t thread : {1, 2}) {
    Call(thread, "aclopExecWithHandle");
    Kernel(1, true, 0);
  }
  EXPECT_EQ(Rules().count(3), 0u);
  EXPECT_EQ(detector_->unchecked_stream(), 1);
}

TEST_F(HazardDetectorTest, H27_H43_StreamsThatEndTooEarly) {
  Alloc(0, 64);
  Call(0, "aclopExecWithHandle");
  const uint64_t task = Kernel(1, true, 0);
  Put(EventKind::kFault, 1, task, "Add", 507015);
  Call(0, "aclrtDestroyStream");
  Put(EventKind::kStreamDestroy, 1, 0, "aclrtDestroyStream");
  EXPECT_EQ(Rules(), (R{27, 43}));
  found_.clear();
  Call(0, "aclopExecWithHandle");
  const uint64_t other = Kernel(2, true, 0);
  Put(EventKind::kFault, 2, other, "Add", 507015);
  Sync(2, 1, "aclrtSynchronizeStream");
  Call(0, "aclrtDestroyStream");
  Put(EventKind::kStreamDestroy, 2, 0, "aclrtDestroyStream");
  EXPECT_EQ(Rules(), R{});
}

TEST_F(HazardDetectorTest, MisuseOfACallAndOfAStreamThatIsNotIdle) {
  Call(0, "aclrtMemcpy");
  Put(EventKind::kMisuse, -1, 0, "they overlap", 14);
  EXPECT_EQ(Rules(), R{14});
  Call(0, "aclrtMemsetAsync");
  Put(EventKind::kMisuse, 1, 0, "at once", 8);
  EXPECT_EQ(Rules(), R{14});  // the stream is idle
  Alloc(0, 64);
  Kernel(1, true, 0);
  Put(EventKind::kMisuse, 1, 0, "at once", 8);
  EXPECT_EQ(Rules(), (R{8, 14}));
}

TEST_F(HazardDetectorTest, H31_MemoryOfAGraphThatWasFreed) {
  const auto free = [&] {
    Call(0, "aclrtFree");
    Put(EventKind::kFree, -1, 0, "aclrtFree", 0, 64, 0);
  };
  const auto execute = [&] {
    Call(0, "aclmdlRIExecuteAsync");
    Put(EventKind::kReplayed, 1, tasks_ + 1, "Add", /*graph=*/1, /*b=*/0);
    Kernel(1, true, 0);
    Sync(1, tasks_, "aclrtSynchronizeStream");
  };
  Alloc(0, 64);
  Call(0, "aclopExecWithHandle");
  Put(EventKind::kCaptured, -1, 0, "Add", /*graph=*/1, /*b=*/0);
  execute();
  EXPECT_EQ(Rules(), R{});
  free();
  execute();
  ASSERT_EQ(Rules(), R{31});
  ASSERT_EQ(found_[0].sites.size(), 3u);
  EXPECT_STREQ(found_[0].sites[0].call, "aclopExecWithHandle");
  EXPECT_STREQ(found_[0].sites[1].call, "aclrtFree");
  EXPECT_STREQ(found_[0].sites[2].call, "aclmdlRIExecuteAsync");
  Alloc(0, 64);  // somebody else's now
  execute();
  EXPECT_EQ(Rules(), (R{31, 31}));
  EXPECT_STREQ(found_[1].sites[1].call, "aclrtFree");
  Kernel(1, true, 0);  // of no graph
  EXPECT_EQ(Rules(), (R{31, 31}));
}

TEST_F(HazardDetectorTest, H12_TheCallThatAGraphRepeatsSaysWhatIsAllowed) {
  Alloc(0, 256);
  const auto execute = [&](const char* captured) {
    Call(0, captured);
    Put(EventKind::kCaptured, -1, 0, "Add", /*graph=*/1, /*b=*/0);
    Call(0, "aclmdlRIExecuteAsync");
    Put(EventKind::kReplayed, 1, tasks_ + 1, "Add", /*graph=*/1, /*b=*/0);
    Kernel(1, true, 4);
    Sync(1, tasks_, "aclrtSynchronizeStream");
  };
  execute("aclnnAdd");  // a view
  EXPECT_EQ(Rules(), R{});
  execute("aclopExecWithHandle");
  EXPECT_EQ(Rules(), R{12});
}

TEST_F(HazardDetectorTest, H5_AnUpdateThatNothingOrdersWithAnExecution) {
  const auto run = [&](EventKind kind, int stream, uint64_t b) {
    Put(kind, stream, ++tasks_, "Add", /*graph=*/1, b);
    Put(EventKind::kSubmit, stream, tasks_, "Add", 0, /*b=*/2);
    Put(EventKind::kRun, stream, tasks_, "Add");
  };
  run(EventKind::kReplayed, 1, /*b=*/1);
  run(EventKind::kCaptured, 1, /*b=*/0);  // in stream order
  EXPECT_EQ(Rules(), R{});
  run(EventKind::kReplayed, 2, /*b=*/1);
  EXPECT_EQ(Rules(), R{5});
}

TEST_F(HazardDetectorTest, ADamagedLogIsNoCrash) {
  for (int kind = 0; kind <= static_cast<int>(EventKind::kHostTouch); ++kind) {
    for (uint64_t number : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}}) {
      Put(static_cast<EventKind>(kind), 9, number, "x", number, number, 3);
    }
  }
}

}  // namespace
}  // namespace npuemu

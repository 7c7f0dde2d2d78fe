// Rules R28-R55 and R75 by the public functions.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "acl_shim/tests/rules/rule_testing.h"

namespace npuemu::shim {
namespace {

class Stream : public RuleTest {};

TEST_F(Stream, R28_DestroyedHandleIsRefused) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_INVALID_HANDLE);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_ERROR_RT_INVALID_HANDLE);
  int32_t id = 0;
  EXPECT_EQ(aclrtStreamGetId(MakeGate(), &id), ACL_ERROR_RT_INVALID_HANDLE);
}

TEST_F(Stream, R28_StreamOfAContextThatEndedIsRefused) {
  aclrtStream stream = MakeStream();
  NodeCall("test", [](Call& call) { return ResetDevice(call, 0, true); });
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_INVALID_HANDLE);
}

TEST_F(Stream, R29_TasksOfOneStreamRunInOrder) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(4);
  for (int value = 1; value <= 9; ++value) {
    ASSERT_EQ(aclrtMemsetAsync(device, 4, value, 4, stream), ACL_SUCCESS);
  }
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 9);
}

TEST_F(Stream, R30_DefaultStreamDoesNotWaitForOthers) {
  aclrtStream stream = MakeStream();
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 7, 1, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 7);
  aclrtStreamStatus status = ACL_STREAM_STATUS_COMPLETE;
  EXPECT_EQ(aclrtStreamQuery(stream, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_STREAM_STATUS_NOT_READY);
}

TEST_F(Stream, R31_CallsWithoutAStreamDoNotWait) {
  std::byte* device = MakeDevice(1, 1);
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(nullptr, gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 2, 1, nullptr), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 1);  // would hang if it waited
  ASSERT_EQ(aclrtMemset(device, 1, 3, 1), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 3);
  ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 2);
}

TEST_F(Stream, R32_ThreadsOfADeviceShareTheDefaultStream) {
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(nullptr, gate), ACL_SUCCESS);
  aclrtStreamStatus status = ACL_STREAM_STATUS_COMPLETE;
  std::thread([&] {
    EXPECT_EQ(aclrtStreamQuery(nullptr, &status), ACL_ERROR_RT_CONTEXT_NULL);
    EXPECT_EQ(UseDevice(0), ACL_SUCCESS);
    EXPECT_EQ(aclrtStreamQuery(nullptr, &status), ACL_SUCCESS);
  }).join();
  EXPECT_EQ(status, ACL_STREAM_STATUS_NOT_READY);
  ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
}

TEST_F(Stream, R33_AtMost1984StreamsOfADevice) {
  uint32_t available = 0;
  ASSERT_EQ(aclrtGetStreamAvailableNum(&available), ACL_SUCCESS);
  EXPECT_EQ(available, 1983u);  // the default stream is one
  std::vector<aclrtStream> streams(available);
  for (aclrtStream& stream : streams) {
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  }
  aclrtStream one_more = nullptr;
  EXPECT_EQ(aclrtCreateStream(&one_more), ACL_ERROR_RT_NO_STREAM_RESOURCE);
  EXPECT_EQ(aclrtDestroyStream(streams[5]), ACL_SUCCESS);
  EXPECT_EQ(aclrtCreateStream(&one_more), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetStreamAvailableNum(nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Stream, R34_PriorityIsClamped) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStreamWithConfig(&stream, 99, 0), ACL_SUCCESS);
  uint32_t priority = 0;
  EXPECT_EQ(aclrtStreamGetPriority(stream, &priority), ACL_SUCCESS);
  EXPECT_EQ(priority, 7u);
}

TEST_F(Stream, R35_FlagsAreKeptAndUnknownBitsIgnored) {
  aclrtStream stream = MakeStream(ACL_STREAM_FAST_LAUNCH |
                                  ACL_STREAM_FAST_SYNC | 0x4000);
  uint32_t flags = 0;
  EXPECT_EQ(aclrtStreamGetFlags(stream, &flags), ACL_SUCCESS);
  EXPECT_EQ(flags, ACL_STREAM_FAST_LAUNCH | ACL_STREAM_FAST_SYNC);
}

TEST_F(Stream, R35_PersistentStreamDoesNotRunWhatItIsGiven) {
  aclrtStream stream = MakeStream(ACL_STREAM_PERSISTENT);
  std::byte* device = MakeDevice(1, 1);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 2, 1, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);  // R44
  EXPECT_EQ(Peek(device), 1);
}

TEST_F(Stream, R36_QueueTakes2047Tasks) {
  aclrtStream stream = MakeStream();
  aclrtEvent gate = MakeGate();
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  for (int i = 1; i < 2047; ++i) {
    ASSERT_EQ(aclrtMemsetAsync(device, 1, i % 100, 1, stream), ACL_SUCCESS);
  }
  ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 2046 % 100);
}

TEST_F(Stream, R37_FullQueueBlocksUntilATaskEnds) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(1);
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(aclrtMemsetAsync(device, 1, i % 100, 1, stream), ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 4999 % 100);
}

TEST_F(Stream, R37_AnotherThreadFreesTheFullQueue) {
  aclrtStream stream = MakeStream();
  aclrtStream other = MakeStream();
  aclrtEvent gate = MakeGate();
  std::atomic<int> submitted{0};
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  std::thread filler([&] {
    ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
    std::byte* device = MakeDevice(1);
    for (; submitted < 2100; ++submitted) {
      ASSERT_EQ(aclrtMemsetAsync(device, 1, 1, 1, stream), ACL_SUCCESS);
    }
  });
  while (submitted < 2046) std::this_thread::yield();
  EXPECT_EQ(submitted, 2046);
  ASSERT_EQ(aclrtRecordEvent(gate, other), ACL_SUCCESS);
  filler.join();
  EXPECT_EQ(submitted, 2100);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(Stream, R38_OneThreadThatFillsTheQueueBehindItsOwnWaitIsReported) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  for (int i = 1; i < 2047; ++i) {
    ASSERT_EQ(aclrtMemsetAsync(device, 1, 1, 1, stream), ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtMemsetAsync(device, 1, 1, 1, stream),
            ACL_ERROR_RT_STREAM_TASK_FULL);
}

TEST_F(Stream, R39_FullPersistentStreamRefuses) {
  aclrtStream stream = MakeStream(ACL_STREAM_PERSISTENT);
  std::byte* device = MakeDevice(1);
  for (int i = 0; i < 2047; ++i) {
    ASSERT_EQ(aclrtMemsetAsync(device, 1, 1, 1, stream), ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtMemsetAsync(device, 1, 1, 1, stream),
            ACL_ERROR_RT_STREAM_TASK_FULL);
}

TEST_F(Stream, R40_SeveralThreadsSubmitToOneStream) {
  aclrtStream stream = MakeStream();
  constexpr int kThreads = 4;
  constexpr int kTasks = 200;
  std::byte* device = MakeDevice(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
      for (int i = 1; i <= kTasks; ++i) {
        ASSERT_EQ(aclrtMemsetAsync(device + t, 1, i, 1, stream), ACL_SUCCESS);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  for (int t = 0; t < kThreads; ++t) EXPECT_EQ(Peek(device + t), kTasks);
}

TEST_F(Stream, R41_SynchronizeWaitsForTasksAsOfEntry) {
  aclrtStream stream = MakeStream();
  aclrtStream other = MakeStream();
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  std::atomic<bool> done{false};
  std::thread waiter([&] {
    ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
    done = true;
  });
  WaitUntilBlocked(1);
  EXPECT_FALSE(done);
  // A second gate, queued later: the waiter must not wait for it.
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(gate, other), ACL_SUCCESS);
  waiter.join();
  EXPECT_TRUE(done);
}

TEST_F(Stream, R42_TimeoutArguments) {
  aclrtStream stream = MakeStream();
  EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream, -2),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream, -1), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream, 10), ACL_SUCCESS);
}

TEST_F(Stream, R42_TimeoutChangesNothing) {
  aclrtStream stream = MakeStream();
  aclrtEvent gate = MakeGate();
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream, 20),
            ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  EXPECT_EQ(Peek(device), 0);
  ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream, 20), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 5);
}

TEST_F(Stream, R43_SynchronizeAndQueryTakeAStreamOfAnotherContext) {
  aclrtStream stream = MakeStream();
  ASSERT_EQ(UseDevice(1), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  aclrtStreamStatus status = ACL_STREAM_STATUS_NOT_READY;
  EXPECT_EQ(aclrtStreamQuery(stream, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_STREAM_STATUS_COMPLETE);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_ERROR_RT_STREAM_CONTEXT);  // R48
  EXPECT_EQ(aclrtRecordEvent(MakeGate(), stream),
            ACL_ERROR_RT_STREAM_CONTEXT);  // R65
  NodeCall("test", [](Call& call) { return ResetDevice(call, 1, true); });
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
}

TEST_F(Stream, R45_QueryNeverBlocksNorReportsErrors) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(1);
  aclrtStreamStatus status = ACL_STREAM_STATUS_NOT_READY;
  EXPECT_EQ(aclrtStreamQuery(stream, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_STREAM_STATUS_COMPLETE);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  SubmitFailingTask(stream);
  for (int i = 0; i < 100000; ++i) {
    ASSERT_EQ(aclrtStreamQuery(stream, &status), ACL_SUCCESS);
    if (status == ACL_STREAM_STATUS_COMPLETE) break;
  }
  EXPECT_EQ(status, ACL_STREAM_STATUS_COMPLETE);
  EXPECT_NE(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(Stream, R46_R48_DestroyWaitsForPendingTasks) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 5);
}

TEST_F(Stream, R48_ForcedDestroyDropsWhatWaits) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStreamForce(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 0);
}

TEST_F(Stream, R50_DefaultStreamCannotBeDestroyed) {
  EXPECT_EQ(aclrtDestroyStream(nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtDestroyStreamForce(nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Stream, R51_AbortDropsQueuedTasks) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtStreamAbort(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 0);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 6, 1, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 6);
  EXPECT_EQ(aclrtStreamAbort(MakeStream(ACL_STREAM_PERSISTENT)),
            ACL_ERROR_RT_STREAM_MODEL);
  EXPECT_EQ(aclrtStreamAbort(nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Stream, R51_AnAbortEndsASynchroniseWith107023) {
  aclrtStream stream = MakeStream();
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  aclError result = ACL_SUCCESS;
  std::thread waiter([&] {
    EXPECT_EQ(UseDevice(0), ACL_SUCCESS);
    result = aclrtSynchronizeStream(stream);
  });
  WaitUntilBlocked(1);
  EXPECT_EQ(aclrtStreamAbort(stream), ACL_SUCCESS);
  waiter.join();
  EXPECT_EQ(result, ACL_ERROR_RT_STREAM_ABORT);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(Stream, R51_StopKeepsWhatIsQueued) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(1);
  EXPECT_EQ(aclrtStreamStop(nullptr), ACL_ERROR_RT_PARAM_INVALID);
  ASSERT_EQ(aclrtStreamStop(stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  aclrtStreamStatus status = ACL_STREAM_STATUS_COMPLETE;
  EXPECT_EQ(aclrtStreamQuery(stream, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_STREAM_STATUS_NOT_READY);
  EXPECT_EQ(Peek(device), 0);
}

TEST_F(Stream, R52_FailureModeIsSetOnce) {
  aclrtStream stream = MakeStream();
  EXPECT_EQ(aclrtSetStreamFailureMode(stream, ACL_CONTINUE_ON_FAILURE),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSetStreamFailureMode(stream, 2), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtSetStreamFailureMode(stream, ACL_STOP_ON_FAILURE),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSetStreamFailureMode(stream, ACL_STOP_ON_FAILURE),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSetStreamFailureMode(stream, ACL_CONTINUE_ON_FAILURE),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  EXPECT_EQ(aclrtSetStreamFailureMode(MakeStream(ACL_STREAM_PERSISTENT),
                                      ACL_STOP_ON_FAILURE),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
}

}  // namespace
}  // namespace npuemu::shim

// Rules R56-R73 by the public functions. N, D and F are the families of R57.

#include <thread>

#include "acl_shim/tests/rules/rule_testing.h"

namespace npuemu::shim {
namespace {

constexpr uint32_t kAll =
    ACL_EVENT_SYNC | ACL_EVENT_CAPTURE_STREAM_PROGRESS | ACL_EVENT_TIME_LINE;

class Event : public RuleTest {
 protected:
  static aclrtEvent MakeN(uint32_t flag = kAll) {
    aclrtEvent event = nullptr;
    EXPECT_EQ(aclrtCreateEventExWithFlag(&event, flag), ACL_SUCCESS);
    return event;
  }
  static aclrtEvent MakeD() {
    aclrtEvent event = nullptr;
    EXPECT_EQ(aclrtCreateEvent(&event), ACL_SUCCESS);
    return event;
  }
  static aclrtEvent MakeF(uint32_t flag = ACL_EVENT_SYNC) {
    aclrtEvent event = nullptr;
    EXPECT_EQ(aclrtCreateEventWithFlag(&event, flag), ACL_SUCCESS);
    return event;
  }
  static bool Done(aclrtStream stream) {
    aclrtStreamStatus status = ACL_STREAM_STATUS_NOT_READY;
    for (int i = 0; i < 200 && status != ACL_STREAM_STATUS_COMPLETE; ++i) {
      EXPECT_EQ(aclrtStreamQuery(stream, &status), ACL_SUCCESS);
    }
    return status == ACL_STREAM_STATUS_COMPLETE;
  }
};

TEST_F(Event, R56_Flags) {
  aclrtEvent event = nullptr;
  for (uint32_t flag : {0x0u, 0x4u, 0x11u, 0x21u, 0x41u, 0x80u}) {
    EXPECT_EQ(aclrtCreateEventWithFlag(&event, flag),
              ACL_ERROR_RT_PARAM_INVALID);
    EXPECT_EQ(aclrtCreateEventExWithFlag(&event, flag),
              ACL_ERROR_RT_PARAM_INVALID);
  }
  for (uint32_t flag : {0x1u, 0x2u, 0x8u, 0xbu, 0x10u}) {
    EXPECT_EQ(aclrtCreateEventWithFlag(&event, flag), ACL_SUCCESS);
    EXPECT_EQ(aclrtCreateEventExWithFlag(&event, flag), ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtCreateEventWithFlag(&event, ACL_EVENT_EXTERNAL), ACL_SUCCESS);
  EXPECT_EQ(aclrtCreateEventExWithFlag(&event, ACL_EVENT_EXTERNAL),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtCreateEventWithFlag(&event, ACL_EVENT_IPC),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC), ACL_SUCCESS);
  EXPECT_EQ(aclrtCreateEvent(nullptr), ACL_ERROR_INVALID_PARAM);
}

// N and D bind a wait to the record as of its call; F is a level.
TEST_F(Event, R57_FamiliesDifferWhileARerecordIsPending) {
  struct Case {
    aclrtEvent event;
    bool passes;
  };
  for (const Case& c : {Case{MakeN(), false}, {MakeD(), false},
                        {MakeF(), true}}) {
    aclrtStream recorder = MakeStream();
    aclrtStream waiter = MakeStream();
    aclrtEvent gate = MakeGate();
    ASSERT_EQ(aclrtRecordEvent(c.event, recorder), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(recorder), ACL_SUCCESS);
    ASSERT_EQ(aclrtStreamWaitEvent(recorder, gate), ACL_SUCCESS);
    ASSERT_EQ(aclrtRecordEvent(c.event, recorder), ACL_SUCCESS);
    ASSERT_EQ(aclrtStreamWaitEvent(waiter, c.event), ACL_SUCCESS);
    EXPECT_EQ(Done(waiter), c.passes);
    ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(waiter), ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(recorder), ACL_SUCCESS);
  }
}

TEST_F(Event, R58_WaitBindsToTheLatestRecordAtItsCall) {
  for (aclrtEvent event : {MakeN(), MakeD()}) {
    aclrtStream first = MakeStream();
    aclrtStream second = MakeStream();
    aclrtStream waiter = MakeStream();
    aclrtEvent gate = MakeGate();
    aclrtEvent never = MakeGate();
    ASSERT_EQ(aclrtStreamWaitEvent(first, gate), ACL_SUCCESS);
    ASSERT_EQ(aclrtRecordEvent(event, first), ACL_SUCCESS);
    ASSERT_EQ(aclrtStreamWaitEvent(waiter, event), ACL_SUCCESS);
    // Recorded again behind a gate that stays shut.
    ASSERT_EQ(aclrtStreamWaitEvent(second, never), ACL_SUCCESS);
    ASSERT_EQ(aclrtRecordEvent(event, second), ACL_SUCCESS);
    EXPECT_FALSE(Done(waiter));
    ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(waiter), ACL_SUCCESS);
    aclrtStreamAbort(second);
  }
}

TEST_F(Event, R59_WaitOnAnEventThatWasNeverRecorded) {
  aclrtStream stream = MakeStream();
  EXPECT_EQ(aclrtStreamWaitEvent(stream, MakeN()), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtStreamWaitEvent(stream, MakeD()), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  aclrtEvent fixed = MakeF();
  EXPECT_EQ(aclrtStreamWaitEvent(stream, fixed), ACL_SUCCESS);
  EXPECT_FALSE(Done(stream));
  ASSERT_EQ(aclrtRecordEvent(fixed, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(Event, R59_HangOfOneThreadIsReported) {
  aclrtStream stream = MakeStream();
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeF()), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
}

TEST_F(Event, R59_WaitCycleIsReported) {
  aclrtStream a = MakeStream();
  aclrtStream b = MakeStream();
  aclrtEvent from_a = MakeF();
  aclrtEvent from_b = MakeF();
  ASSERT_EQ(aclrtStreamWaitEvent(a, from_b), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(from_a, a), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(b, from_a), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(from_b, b), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(a), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  EXPECT_EQ(aclrtSynchronizeStream(b), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
}

TEST_F(Event, R60_NewModeWaitOnItsOwnStreamIsElided) {
  aclrtStream stream = MakeStream();
  aclrtEvent event = MakeN();
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, stream), ACL_SUCCESS);
  // 2045 slots are left. Waits that took slots would fill them.
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(aclrtStreamWaitEvent(stream, event), ACL_SUCCESS);
  }
  ASSERT_EQ(aclrtRecordEvent(gate, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(Event, R61_FixedIdIsLevelTriggered) {
  aclrtStream stream = MakeStream();
  aclrtStream recorder = MakeStream();
  aclrtEvent event = MakeF();
  ASSERT_EQ(aclrtRecordEvent(event, recorder), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(recorder), ACL_SUCCESS);
  // Recorded again behind a gate: the old signal still lets waits pass.
  ASSERT_EQ(aclrtStreamWaitEvent(recorder, MakeGate()), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, recorder), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, event), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtResetEvent(event, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, event), ACL_SUCCESS);
  EXPECT_FALSE(Done(stream));
  ASSERT_EQ(aclrtRecordEvent(event, MakeStream()), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(Event, R62_NewModeHasNoResetNorOldQueries) {
  aclrtEvent event = MakeN();
  aclrtEventStatus status;
  aclrtEventWaitStatus wait_status;
  EXPECT_EQ(aclrtResetEvent(event, nullptr), ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  EXPECT_EQ(aclrtQueryEvent(event, &status), ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
#pragma GCC diagnostic pop
  EXPECT_EQ(aclrtQueryEventWaitStatus(event, &wait_status),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
}

TEST_F(Event, R62_WaitAndResetNeedTheSyncFlag) {
  aclrtEvent timer = MakeF(ACL_EVENT_TIME_LINE);
  ASSERT_EQ(aclrtRecordEvent(timer, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtStreamWaitEvent(nullptr, timer),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  EXPECT_EQ(aclrtResetEvent(timer, nullptr), ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
}

TEST_F(Event, R63_QueryAndSynchronizeOfAnEventThatWasNeverRecorded) {
  aclrtEventRecordedStatus status;
  aclrtEvent n = MakeN();
  EXPECT_EQ(aclrtQueryEventStatus(n, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_EVENT_RECORDED_STATUS_COMPLETE);
  for (aclrtEvent event : {MakeD(), MakeF()}) {
    EXPECT_EQ(aclrtQueryEventStatus(event, &status), ACL_SUCCESS);
    EXPECT_EQ(status, ACL_EVENT_RECORDED_STATUS_NOT_READY);
    EXPECT_EQ(aclrtSynchronizeEvent(event), ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtSynchronizeEvent(n), ACL_SUCCESS);
}

TEST_F(Event, R63_QueryTurnsCompleteByPolling) {
  aclrtEvent event = MakeD();
  aclrtEventRecordedStatus status = ACL_EVENT_RECORDED_STATUS_NOT_READY;
  std::byte* device = MakeDevice(1 << 20);
  ASSERT_EQ(aclrtMemsetAsync(device, 1 << 20, 1, 1 << 20, nullptr),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, nullptr), ACL_SUCCESS);
  int polls = 0;
  while (status != ACL_EVENT_RECORDED_STATUS_COMPLETE) {
    ASSERT_LT(++polls, 1000000);
    ASSERT_EQ(aclrtQueryEventStatus(event, &status), ACL_SUCCESS);
  }
  EXPECT_EQ(Peek(device), 1);
}

TEST_F(Event, R64_SynchronizeEventWaitsForTheRecordOnly) {
  aclrtStream stream = MakeStream();
  aclrtEvent event = MakeD();
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  ASSERT_EQ(UseDevice(1), ACL_SUCCESS);  // no context match is needed
  EXPECT_EQ(aclrtSynchronizeEvent(event), ACL_SUCCESS);
  NodeCall("test", [](Call& call) { return ResetDevice(call, 1, true); });
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 5);
}

TEST_F(Event, R64_Timeouts) {
  aclrtStream stream = MakeStream();
  aclrtEvent event = MakeD();
  EXPECT_EQ(aclrtSynchronizeEventWithTimeout(event, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtSynchronizeEventWithTimeout(event, -2),
            ACL_ERROR_RT_PARAM_INVALID);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeEventWithTimeout(event, 20),
            ACL_ERROR_RT_EVENT_SYNC_TIMEOUT);
  EXPECT_EQ(aclrtSynchronizeEvent(event), ACL_ERROR_RT_EVENT_SYNC_TIMEOUT);
}

TEST_F(Event, R65_StreamOfAnotherContextIsRefused) {
  aclrtContext own = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&own), ACL_SUCCESS);
  aclrtContext other = nullptr;
  ASSERT_EQ(aclrtCreateContext(&other, 0), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetCurrentContext(other), ACL_SUCCESS);
  aclrtStream stream = MakeStream();
  ASSERT_EQ(aclrtSetCurrentContext(own), ACL_SUCCESS);
  for (aclrtEvent event : {MakeN(), MakeD(), MakeF()}) {
    EXPECT_EQ(aclrtRecordEvent(event, stream), ACL_ERROR_RT_STREAM_CONTEXT);
    EXPECT_EQ(aclrtStreamWaitEvent(stream, event),
              ACL_ERROR_RT_STREAM_CONTEXT);
    EXPECT_EQ(aclrtResetEvent(event, stream), ACL_ERROR_RT_STREAM_CONTEXT);
  }
  ASSERT_EQ(aclrtSetCurrentContext(other), ACL_SUCCESS);
  EXPECT_EQ(aclrtRecordEvent(MakeF(), stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetCurrentContext(own), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyContext(other), ACL_SUCCESS);
}

TEST_F(Event, R65_NullIsTheDefaultStream) {
  aclrtStream stream = MakeStream();
  aclrtEvent gate = MakeGate();
  aclrtEvent event = MakeF();
  // The record stands behind the gate on the default stream.
  ASSERT_EQ(aclrtStreamWaitEvent(nullptr, gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, event), ACL_SUCCESS);
  EXPECT_FALSE(Done(stream));
  EXPECT_FALSE(Done(nullptr));
  ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtResetEvent(event, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, event), ACL_SUCCESS);
  EXPECT_FALSE(Done(stream));
}

TEST_F(Event, R66_ElapsedTimeIsVirtual) {
  aclrtEvent start = MakeD();
  aclrtEvent end = MakeD();
  float ms = -1;
  EXPECT_EQ(aclrtEventElapsedTime(&ms, start, end),
            ACL_ERROR_RT_INTERNAL_ERROR);
  std::byte* pinned = MakePinned(25 << 20);
  std::byte* device = MakeDevice(25 << 20);
  ASSERT_EQ(aclrtRecordEvent(start, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpyAsync(device, 25 << 20, pinned, 25 << 20,
                             ACL_MEMCPY_HOST_TO_DEVICE, nullptr),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(end, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtEventElapsedTime(&ms, start, end),
            ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtEventElapsedTime(&ms, start, end), ACL_SUCCESS);
  EXPECT_GT(ms, 1.0f);  // 25 MiB at 25 GB/s
  EXPECT_LT(ms, 1.2f);
  EXPECT_EQ(aclrtEventElapsedTime(&ms, end, start),
            ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL);
  aclrtEvent no_time = MakeF(ACL_EVENT_SYNC);
  ASSERT_EQ(aclrtRecordEvent(no_time, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtEventElapsedTime(&ms, start, no_time),
            ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID);
  uint64_t from = 0;
  uint64_t to = 0;
  EXPECT_EQ(aclrtEventGetTimestamp(start, &from), ACL_SUCCESS);
  EXPECT_EQ(aclrtEventGetTimestamp(end, &to), ACL_SUCCESS);
  EXPECT_GT(from, 0u);
  EXPECT_GT(to, from);
  EXPECT_NEAR(static_cast<double>(to - from), ms * 1000, 1100);
}

TEST_F(Event, R67_AtMost65536EventsOfADevice) {
  uint32_t available = 0;
  ASSERT_EQ(aclrtGetEventAvailNum(&available), ACL_SUCCESS);
  std::vector<aclrtEvent> events(available);
  for (aclrtEvent& event : events) {
    ASSERT_EQ(aclrtCreateEvent(&event), ACL_SUCCESS);
  }
  aclrtEvent one_more = nullptr;
  EXPECT_EQ(aclrtCreateEvent(&one_more), ACL_ERROR_RT_NO_EVENT_RESOURCE);
  uint32_t a = 0;
  uint32_t b = 0;
  EXPECT_EQ(aclrtGetEventId(events[0], &a), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetEventId(events[1], &b), ACL_SUCCESS);
  EXPECT_NE(a, b);
  for (aclrtEvent event : events) {
    ASSERT_EQ(aclrtDestroyEvent(event), ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtCreateEvent(&one_more), ACL_SUCCESS);
}

TEST_F(Event, R68_DestroyWithPendingTasksReturnsAtOnce) {
  aclrtStream stream = MakeStream();
  aclrtStream waiter = MakeStream();
  aclrtEvent event = MakeD();
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(waiter, event), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyEvent(event), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeEvent(event), ACL_ERROR_RT_INVALID_HANDLE);
  ASSERT_EQ(aclrtRecordEvent(gate, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(waiter), ACL_SUCCESS);
}

TEST_F(Event, R70_ExternalUseOutsideCaptureIsRefused) {
  aclrtEvent event = MakeF();
  EXPECT_EQ(aclrtRecordEventWithFlag(event, nullptr, ACL_EVENT_RECORD_EXTERNAL),
            ACL_ERROR_RT_STREAM_NOT_CAPTURED);
  EXPECT_EQ(aclrtStreamWaitEventWithFlag(nullptr, event, 0,
                                         ACL_EVENT_WAIT_EXTERNAL),
            ACL_ERROR_RT_STREAM_NOT_CAPTURED);
  EXPECT_EQ(aclrtRecordEventWithFlag(event, nullptr, 2),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtRecordEventWithFlag(event, nullptr, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtStreamWaitEventWithFlag(nullptr, event, 0, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
}

TEST_F(Event, R71_WaitTaskGivesUpAfterItsTimeout) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(1);
  EXPECT_EQ(aclrtStreamWaitEventWithTimeout(stream, MakeF(), -1),
            ACL_ERROR_RT_PARAM_INVALID);
  ASSERT_EQ(aclrtStreamWaitEventWithTimeout(stream, MakeF(), 2), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_WAIT_TIMEOUT);
  EXPECT_EQ(Peek(device), 5);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(Event, R72_WaitStatusTurnsCompleteWhenTheWaitHasPassed) {
  aclrtStream stream = MakeStream();
  aclrtEvent event = MakeF();
  aclrtEventWaitStatus status;
  ASSERT_EQ(aclrtStreamWaitEvent(stream, event), ACL_SUCCESS);
  EXPECT_EQ(aclrtQueryEventWaitStatus(event, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_EVENT_WAIT_STATUS_NOT_READY);
  ASSERT_EQ(aclrtRecordEvent(event, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtQueryEventWaitStatus(event, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_EVENT_WAIT_STATUS_COMPLETE);
}

TEST_F(Event, R73_PersistentStreamsTakeFixedIdEventsOnly) {
  aclrtStream stream = MakeStream(ACL_STREAM_PERSISTENT);
  EXPECT_EQ(aclrtRecordEvent(MakeN(), stream),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  EXPECT_EQ(aclrtRecordEvent(MakeD(), stream),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  aclrtEvent event = MakeF();
  EXPECT_EQ(aclrtRecordEvent(event, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeEvent(event), ACL_ERROR_RT_PARAM_INVALID);
}

}  // namespace
}  // namespace npuemu::shim

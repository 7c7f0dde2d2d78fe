// Stream capture: R158-R165. What it makes: graph_rules_test.cc.

#include <gtest/gtest.h>

#include "acl_shim/tests/rules/capture_testing.h"

namespace npuemu::shim {
namespace {

using CaptureRules = CaptureTest;

TEST_F(CaptureRules, R158_TasksAreKeptAndRunWhenTheGraphDoes) {
  std::byte* from = MakeDevice(kBytes, 1);
  std::byte* to = MakeDevice(kBytes, 2);
  Begin();
  ASSERT_EQ(Copy(to, from, stream_), ACL_SUCCESS);
  const aclmdlRI graph = End();
  ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_EQ(Peek(to), 2);  // nothing ran
  for (int value = 3; value < 6; ++value) {
    ASSERT_EQ(Set(from, value, stream_), ACL_SUCCESS);
    ASSERT_EQ(aclmdlRIExecuteAsync(graph, stream_), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    EXPECT_EQ(Peek(to), value);
  }
  EXPECT_EQ(aclmdlRIDestroy(graph), ACL_SUCCESS);
}

TEST_F(CaptureRules, R158_WhoMayCapture) {
  EXPECT_EQ(aclmdlRICaptureBegin(nullptr, kGlobal),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  Begin();
  EXPECT_EQ(aclmdlRICaptureBegin(stream_, kGlobal),
            ACL_ERROR_RT_STREAM_CAPTURED);
  EXPECT_EQ(aclmdlRICaptureBegin(MakeStream(ACL_STREAM_PERSISTENT), kGlobal),
            ACL_ERROR_RT_STREAM_MODEL);
  EXPECT_EQ(aclmdlRICaptureBegin(other_, static_cast<aclmdlRICaptureMode>(3)),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclmdlRIDestroy(End()), ACL_SUCCESS);
}

TEST_F(CaptureRules, R158_InfoOfACapture) {
  aclmdlRICaptureStatus status = ACL_MODEL_RI_CAPTURE_STATUS_ACTIVE;
  aclmdlRI inside = &status;
  ASSERT_EQ(aclmdlRICaptureGetInfo(stream_, &status, &inside), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_MODEL_RI_CAPTURE_STATUS_NONE);
  EXPECT_EQ(inside, nullptr);
  Begin();
  ASSERT_EQ(aclmdlRICaptureGetInfo(stream_, &status, &inside), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_MODEL_RI_CAPTURE_STATUS_ACTIVE);
  EXPECT_EQ(End(), inside);
  EXPECT_EQ(aclmdlRICaptureGetInfo(stream_, nullptr, &inside),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(CaptureRules, R159_TheEndIsOnTheSameStream) {
  EXPECT_EQ(EndCode(), ACL_ERROR_RT_STREAM_NOT_CAPTURED);
  Begin();
  const aclrtEvent event = MakeEvent();
  ASSERT_EQ(aclrtRecordEvent(event, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(other_, event), ACL_SUCCESS);
  aclmdlRI graph = nullptr;
  EXPECT_EQ(aclmdlRICaptureEnd(other_, &graph),
            ACL_ERROR_RT_STREAM_CAPTURE_UNMATCHED);
  ASSERT_EQ(aclrtRecordEvent(event, other_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, event), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIDestroy(End()), ACL_SUCCESS);
}

TEST_F(CaptureRules, R159_TheEndIsOnTheSameThreadUnlessRelaxed) {
  for (const auto mode : {kGlobal, kThreadLocal}) {
    Begin(mode);
    EXPECT_EQ(OnThread([&] { return EndCode(); }),
              ACL_ERROR_RT_STREAM_CAPTURE_WRONG_THREAD);
    EXPECT_EQ(EndCode(), ACL_ERROR_RT_STREAM_NOT_CAPTURED);  // it is over
  }
  Begin(kRelaxed);
  EXPECT_EQ(OnThread([&] { return EndCode(); }), ACL_SUCCESS);
}

TEST_F(CaptureRules, R160_UnsafeCallsByMode) {
  std::byte* memory = MakeDevice(kBytes);
  char host[kBytes];
  const auto unsafe = [&] {
    return aclrtMemcpy(host, kBytes, memory, kBytes, ACL_MEMCPY_DEVICE_TO_HOST);
  };
  const auto refused = ACL_ERROR_RT_CAPTURE_MODE_NOT_SUPPORT;
  Begin(kGlobal);
  EXPECT_EQ(unsafe(), refused);
  EXPECT_NE(Message().find("not allowed: stream s"), std::string::npos);
  EXPECT_EQ(OnThread(unsafe), refused);
  EXPECT_EQ(aclrtMemset(memory, kBytes, 0, kBytes), refused);
  EXPECT_EQ(aclrtMemcpy2d(memory, 8, host, 8, 8, 8, ACL_MEMCPY_HOST_TO_DEVICE),
            refused);
  EXPECT_EQ(aclrtMemcpyAsync(memory, kBytes, host, kBytes,
                             ACL_MEMCPY_HOST_TO_DEVICE, other_),
            ACL_ERROR_RT_CAPTURE_MODE_BLOCK_ASYNC);
  End();
  Begin(kThreadLocal);
  EXPECT_EQ(unsafe(), refused);
  EXPECT_EQ(OnThread(unsafe), ACL_SUCCESS);
  End();
  Begin(kRelaxed);
  EXPECT_EQ(unsafe(), ACL_SUCCESS);
  EXPECT_EQ(OnThread(unsafe), ACL_SUCCESS);
  End();
}

TEST_F(CaptureRules, R160_TheThreadsTolerance) {
  std::byte* memory = MakeDevice(kBytes);
  const auto unsafe = [&] { return aclrtMemset(memory, kBytes, 0, kBytes); };
  const auto with = [&](aclmdlRICaptureMode mode) {
    return OnThread([&, mode]() mutable {
      EXPECT_EQ(aclmdlRICaptureThreadExchangeMode(&mode), ACL_SUCCESS);
      EXPECT_EQ(mode, kGlobal);  // what it was at first
      return unsafe();
    });
  };
  Begin(kGlobal);
  EXPECT_EQ(with(kRelaxed), ACL_SUCCESS);
  EXPECT_EQ(with(kThreadLocal), ACL_SUCCESS);  // it began none
  EXPECT_EQ(with(kGlobal), ACL_ERROR_RT_CAPTURE_MODE_NOT_SUPPORT);
  aclmdlRICaptureMode mine = kThreadLocal;
  ASSERT_EQ(aclmdlRICaptureThreadExchangeMode(&mine), ACL_SUCCESS);
  EXPECT_EQ(unsafe(), ACL_ERROR_RT_CAPTURE_MODE_NOT_SUPPORT);  // it began one
  ASSERT_EQ(aclmdlRICaptureThreadExchangeMode(&mine), ACL_SUCCESS);
  EXPECT_EQ(mine, kThreadLocal);
  mine = static_cast<aclmdlRICaptureMode>(7);
  EXPECT_EQ(aclmdlRICaptureThreadExchangeMode(&mine),
            ACL_ERROR_RT_PARAM_INVALID);
  End();
}

TEST_F(CaptureRules, R47_R161_IllegalInEveryMode) {
  std::byte* memory = MakeDevice(kBytes);
  char host[kBytes];
  const aclrtEvent event = MakeEvent();
  Begin(kRelaxed);
  ASSERT_EQ(aclrtRecordEvent(event, stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_ERROR_RT_STREAM_CAPTURED);
  EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream_, 1),
            ACL_ERROR_RT_STREAM_CAPTURED);
  EXPECT_EQ(aclrtSynchronizeDevice(), ACL_ERROR_RT_STREAM_CAPTURED);
  EXPECT_EQ(aclrtFreeWithDevSync(memory), ACL_ERROR_RT_STREAM_CAPTURED);
  EXPECT_EQ(aclrtFreeHostWithDevSync(MakePinned(kBytes)),
            ACL_ERROR_RT_STREAM_CAPTURED);
  aclrtStreamStatus status;
  EXPECT_EQ(aclrtStreamQuery(stream_, &status), ACL_ERROR_RT_STREAM_CAPTURED);
  EXPECT_EQ(aclrtDestroyStream(stream_), ACL_ERROR_RT_STREAM_CAPTURED);
  EXPECT_EQ(aclrtStreamAbort(stream_), ACL_ERROR_RT_STREAM_CAPTURED);
  EXPECT_EQ(aclrtSynchronizeEvent(event), ACL_ERROR_RT_EVENT_CAPTURED);
  aclrtEventRecordedStatus recorded;
  EXPECT_EQ(aclrtQueryEventStatus(event, &recorded),
            ACL_ERROR_RT_EVENT_CAPTURED);
  EXPECT_EQ(aclrtStreamWaitEvent(nullptr, event),
            ACL_ERROR_RT_STREAM_CAPTURE_IMPLICIT);
  EXPECT_EQ(aclrtRecordEvent(event, other_), ACL_ERROR_RT_EVENT_CAPTURED);
  EXPECT_EQ(aclmdlRIDestroy(End()), ACL_SUCCESS);  // nothing of it did harm
  // A submission that fails does (R165).
  Begin(kRelaxed);
  EXPECT_EQ(aclrtMemcpyAsync(memory, kBytes, host, kBytes,
                             ACL_MEMCPY_HOST_TO_DEVICE, stream_),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(EndCode(), ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED);
}

TEST_F(CaptureRules, R162_EventsCarryTheCaptureToOtherStreams) {
  std::byte* a = MakeDevice(kBytes, 1);
  std::byte* b = MakeDevice(kBytes, 2);
  std::byte* c = MakeDevice(kBytes, 3);
  const aclrtEvent fork = MakeEvent();
  const aclrtEvent join = MakeEvent();
  Begin();
  ASSERT_EQ(Set(a, 7, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(fork, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(other_, fork), ACL_SUCCESS);
  ASSERT_EQ(Copy(b, a, other_), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(join, other_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, join), ACL_SUCCESS);
  ASSERT_EQ(Copy(c, b, stream_), ACL_SUCCESS);
  const aclmdlRI graph = End();
  // Neither stream is used by it: both can stand still.
  const aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(other_, gate), ACL_SUCCESS);
  const aclrtStream target = MakeStream();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(Set(a, 0, target), ACL_SUCCESS);
    ASSERT_EQ(Set(b, 0, target), ACL_SUCCESS);
    ASSERT_EQ(aclmdlRIExecuteAsync(graph, target), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(target), ACL_SUCCESS);
    EXPECT_EQ(Peek(b), 7);
    EXPECT_EQ(Peek(c), 7);
    ASSERT_EQ(aclrtMemset(c, kBytes, 0, kBytes), ACL_SUCCESS);
  }
  // The records inside were none of the events.
  aclrtEventRecordedStatus status = ACL_EVENT_RECORDED_STATUS_NOT_READY;
  ASSERT_EQ(aclrtQueryEventStatus(join, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_EVENT_RECORDED_STATUS_COMPLETE);  // R63: never recorded
  EXPECT_EQ(aclmdlRIDestroy(graph), ACL_SUCCESS);
}

TEST_F(CaptureRules, R162_R165_EventsOfOtherFamiliesAndFromOutside) {
  aclrtEvent plain = nullptr;
  ASSERT_EQ(aclrtCreateEvent(&plain), ACL_SUCCESS);
  const aclrtEvent fixed = MakeGate();
  const aclrtEvent outside = MakeEvent();
  ASSERT_EQ(aclrtRecordEvent(outside, other_), ACL_SUCCESS);
  const struct {
    aclrtEvent event;
    bool waits;
    aclError code;
  } cases[] = {
      {plain, false, ACL_ERROR_RT_FEATURE_NOT_SUPPORT},
      {fixed, false, ACL_ERROR_RT_FEATURE_NOT_SUPPORT},
      {fixed, true, ACL_ERROR_RT_FEATURE_NOT_SUPPORT},
      {MakeEvent(ACL_EVENT_TIME_LINE), false, ACL_ERROR_RT_FEATURE_NOT_SUPPORT},
      {outside, true, ACL_ERROR_RT_CAPTURE_DEPENDENCY},
      {MakeEvent(), true, ACL_ERROR_RT_CAPTURE_DEPENDENCY},
  };
  for (const auto& one : cases) {
    Begin();
    EXPECT_EQ(one.waits ? aclrtStreamWaitEvent(stream_, one.event)
                        : aclrtRecordEvent(one.event, stream_),
              one.code)
        << Message();
    aclmdlRICaptureStatus status;
    aclmdlRI graph = nullptr;
    EXPECT_EQ(aclmdlRICaptureGetInfo(stream_, &status, &graph), ACL_SUCCESS);
    EXPECT_EQ(status, ACL_MODEL_RI_CAPTURE_STATUS_INVALIDATED);
    EXPECT_EQ(Set(MakePinned(kBytes), 1, stream_),
              ACL_ERROR_RT_PARAM_INVALID);  // host memory: at once
    EXPECT_EQ(EndCode(), ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED);
    EXPECT_EQ(aclmdlRIDestroy(graph), ACL_ERROR_RT_INVALID_HANDLE);
  }
}

TEST_F(CaptureRules, R162_TwoCapturesDoNotMix) {
  const aclrtEvent event = MakeEvent();
  Begin();
  ASSERT_EQ(aclmdlRICaptureBegin(other_, kGlobal), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtStreamWaitEvent(other_, event),
            ACL_ERROR_STREAM_CAPTURE_CONFLICT);
  aclmdlRI graph = nullptr;
  EXPECT_EQ(aclmdlRICaptureEnd(other_, &graph),
            ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED);
  EXPECT_EQ(aclmdlRIDestroy(End()), ACL_SUCCESS);
}

TEST_F(CaptureRules, R163_SubStreamsMustBeJoined) {
  std::byte* memory = MakeDevice(kBytes);
  const aclrtEvent event = MakeEvent();
  Begin();
  ASSERT_EQ(aclrtRecordEvent(event, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(other_, event), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, other_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, event), ACL_SUCCESS);
  ASSERT_EQ(Set(memory, 1, other_), ACL_SUCCESS);  // behind the record
  EXPECT_EQ(EndCode(), ACL_ERROR_RT_STREAM_UNJOINED);
  // The model is gone, the streams are ordinary ones again.
  EXPECT_EQ(Set(memory, 2, other_), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(other_), ACL_SUCCESS);
  EXPECT_EQ(Peek(memory), 2);
}

TEST_F(CaptureRules, R163_EveryRecordIsAnEventOfItsOwn) {
  // One event carries two hand-overs; a repetition must not meet old ones.
  std::byte* a = MakeDevice(kBytes, 1);
  std::byte* b = MakeDevice(kBytes, 2);
  const aclrtEvent event = MakeEvent();
  Begin();
  ASSERT_EQ(Set(a, 5, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(other_, event), ACL_SUCCESS);
  ASSERT_EQ(Copy(b, a, other_), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, other_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, event), ACL_SUCCESS);
  ASSERT_EQ(Set(a, 0, stream_), ACL_SUCCESS);
  const aclmdlRI graph = End();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(Set(b, 0, stream_), ACL_SUCCESS);
    ASSERT_EQ(aclmdlRIExecuteAsync(graph, stream_), ACL_SUCCESS);
  }
  ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_EQ(Peek(b), 5);
  EXPECT_EQ(Peek(a), 0);
}

TEST_F(CaptureRules, R164_AGraphMayBeLongerThanAQueue) {
  std::byte* memory = MakeDevice(kBytes);
  Begin();
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(Set(memory, i % 100, stream_), ACL_SUCCESS);
  }
  const aclmdlRI graph = End();
  ASSERT_EQ(aclmdlRIExecuteAsync(graph, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_EQ(Peek(memory), 2999 % 100);
}

}  // namespace
}  // namespace npuemu::shim

// What a capture makes, and models of bound streams: R166-R170. Groups, their
// updates and operators: graph_op_rules_test.cc.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "acl_shim/tests/rules/capture_testing.h"

namespace npuemu::shim {
namespace {

using GraphRules = CaptureTest;

TEST_F(GraphRules, R166_WhatCanBeExecuted) {
  Begin();
  aclmdlRICaptureStatus status;
  aclmdlRI graph = nullptr;
  ASSERT_EQ(aclmdlRICaptureGetInfo(stream_, &status, &graph), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIExecuteAsync(graph, other_), ACL_ERROR_RT_MODEL_CAPTURED);
  EXPECT_EQ(aclmdlRIDestroy(graph), ACL_ERROR_RT_MODEL_CAPTURED);  // R169
  End();
  EXPECT_EQ(aclmdlRIExecuteAsync(nullptr, other_), ACL_ERROR_INVALID_PARAM);
  aclmdlRI built = nullptr;
  ASSERT_EQ(aclmdlRIBuildBegin(&built, 0), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIExecuteAsync(built, other_), ACL_ERROR_RT_MODEL_EXECUTE);
  Begin();
  EXPECT_EQ(aclmdlRIExecuteAsync(graph, stream_),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  End();
  EXPECT_EQ(aclmdlRIDestroy(graph), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIExecuteAsync(graph, other_), ACL_ERROR_RT_INVALID_HANDLE);
}

TEST_F(GraphRules, R166_AddressesAreFixedAndBytesAreNot) {
  std::byte* device = MakeDevice(kBytes, 0);
  std::byte* pinned = MakePinned(kBytes, 4);
  Begin();
  ASSERT_EQ(aclrtMemcpyAsync(device, kBytes, pinned, kBytes,
                             ACL_MEMCPY_HOST_TO_DEVICE, stream_),
            ACL_SUCCESS);
  const aclmdlRI graph = End();
  pinned[0] = std::byte{9};
  ASSERT_EQ(aclmdlRIExecute(graph, -1), ACL_SUCCESS);  // and it waits
  EXPECT_EQ(Peek(device), 9);
  pinned[0] = std::byte{10};
  ASSERT_EQ(aclmdlRIExecute(graph, 1000), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 10);
  EXPECT_EQ(aclmdlRIExecute(graph, 0), ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(GraphRules, R166_SnapshotsAreThoseOfTheCapture) {
  std::byte* device = MakeDevice(kBytes, 0);
  char host[kBytes] = {3};
  Begin();
  ASSERT_EQ(aclrtMemcpyAsync(device, kBytes, host, kBytes,
                             ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE, stream_),
            ACL_SUCCESS);
  const aclmdlRI graph = End();
  host[0] = 8;
  ASSERT_EQ(aclmdlRIExecute(graph, -1), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 3);
}

TEST_F(GraphRules, R166_OrderIsThatOfTheTargetStream) {
  std::byte* memory = MakeDevice(kBytes, 0);
  std::byte* seen = MakeDevice(kBytes, 0);
  Begin();
  ASSERT_EQ(Copy(seen, memory, stream_), ACL_SUCCESS);
  const aclmdlRI graph = End();
  const aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(other_, gate), ACL_SUCCESS);
  ASSERT_EQ(Set(memory, 1, other_), ACL_SUCCESS);
  ASSERT_EQ(aclmdlRIExecuteAsync(graph, other_), ACL_SUCCESS);
  ASSERT_EQ(Set(memory, 2, other_), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(gate, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(other_), ACL_SUCCESS);
  EXPECT_EQ(Peek(seen), 1);
}

TEST_F(GraphRules, R166_AFailedTaskIsTheTargetsError) {
  const aclrtEvent event = MakeEvent();
  std::byte* desc = MakeDevice(kBytes);
  Begin();
  ASSERT_EQ(aclrtRecordEvent(event, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(other_, event), ACL_SUCCESS);
  ASSERT_EQ(
      aclrtMemcpyAsyncWithDesc(desc, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, other_),
      ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, other_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, event), ACL_SUCCESS);
  const aclmdlRI graph = End();
  const aclrtStream target = MakeStream();
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(aclmdlRIExecuteAsync(graph, target), ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(target), ACL_ERROR_RT_SYS_DMA);
    EXPECT_EQ(aclrtSynchronizeStream(target), ACL_SUCCESS);
  }
}

void CountCall(void* user_data) { ++*static_cast<int*>(user_data); }

TEST_F(GraphRules, R166_HostFunctionsRunEachTime) {
  int calls = 0;
  Begin();
  ASSERT_EQ(aclrtLaunchHostFunc(stream_, &CountCall, &calls), ACL_SUCCESS);
  const aclmdlRI graph = End();
  EXPECT_EQ(calls, 0);
  for (int i = 1; i < 4; ++i) {
    ASSERT_EQ(aclmdlRIExecuteAsync(graph, other_), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(other_), ACL_SUCCESS);
    EXPECT_EQ(calls, i);
  }
}

TEST_F(GraphRules, R166_ValuesInAGraph) {
  std::byte* word = MakeDevice(8);
  std::byte* memory = MakeDevice(kBytes);
  Begin();
  ASSERT_EQ(aclrtValueWait(word, 1, ACL_STREAM_WAIT_VALUE_EQ, stream_),
            ACL_SUCCESS);
  ASSERT_EQ(Set(memory, 6, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtValueWrite(word, 2, 0, stream_), ACL_SUCCESS);
  const aclmdlRI graph = End();
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(aclmdlRIExecuteAsync(graph, stream_), ACL_SUCCESS);
    ASSERT_EQ(aclrtValueWrite(word, 1, 0, other_), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    EXPECT_EQ(Peek(memory), 6);
    EXPECT_EQ(Peek(word), 2);
  }
}

TEST_F(GraphRules, R168_ExternalEventsOnlyInACapture) {
  const aclrtEvent event = MakeEvent();
  EXPECT_EQ(aclrtRecordEventWithFlag(event, stream_, ACL_EVENT_RECORD_EXTERNAL),
            ACL_ERROR_RT_STREAM_NOT_CAPTURED);
  EXPECT_EQ(
      aclrtStreamWaitEventWithFlag(stream_, event, 0, ACL_EVENT_WAIT_EXTERNAL),
      ACL_ERROR_RT_STREAM_NOT_CAPTURED);
  Begin();
  EXPECT_EQ(
      aclrtStreamWaitEventWithFlag(stream_, event, 1, ACL_EVENT_WAIT_EXTERNAL),
      ACL_ERROR_RT_PARAM_INVALID);
  for (const aclError code : {ACL_SUCCESS, ACL_ERROR_RT_PARAM_INVALID}) {
    EXPECT_EQ(aclrtStreamWaitEventWithFlag(stream_, event, 0,
                                           ACL_EVENT_WAIT_EXTERNAL),
              code);  // once
    EXPECT_EQ(
        aclrtRecordEventWithFlag(event, stream_, ACL_EVENT_RECORD_EXTERNAL),
        code);
  }
  EXPECT_EQ(aclmdlRIDestroy(End()), ACL_SUCCESS);
  Begin();  // R70: one kind of use
  ASSERT_EQ(aclrtRecordEvent(event, stream_), ACL_SUCCESS);
  EXPECT_EQ(
      aclrtStreamWaitEventWithFlag(stream_, event, 0, ACL_EVENT_WAIT_EXTERNAL),
      ACL_ERROR_RT_PARAM_INVALID);
  End();
}

TEST_F(GraphRules, R168_ExternalEventsBindAtEachExecution) {
  std::byte* from = MakeDevice(kBytes, 0);
  std::byte* to = MakeDevice(kBytes, 0);
  std::byte* seen = MakeDevice(kBytes, 0);
  const aclrtEvent in = MakeEvent();
  const aclrtEvent out = MakeEvent();
  Begin();
  ASSERT_EQ(
      aclrtStreamWaitEventWithFlag(stream_, in, 0, ACL_EVENT_WAIT_EXTERNAL),
      ACL_SUCCESS);
  ASSERT_EQ(Copy(to, from, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEventWithFlag(out, stream_, ACL_EVENT_RECORD_EXTERNAL),
            ACL_SUCCESS);
  const aclmdlRI graph = End();
  for (int value = 1; value < 4; ++value) {
    ASSERT_EQ(Set(from, value, other_), ACL_SUCCESS);
    ASSERT_EQ(aclrtRecordEvent(in, other_), ACL_SUCCESS);
    ASSERT_EQ(aclmdlRIExecuteAsync(graph, stream_), ACL_SUCCESS);
    ASSERT_EQ(aclrtStreamWaitEvent(other_, out), ACL_SUCCESS);
    ASSERT_EQ(Copy(seen, to, other_), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(other_), ACL_SUCCESS);
    EXPECT_EQ(Peek(seen), value);
  }
  ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtDestroyEvent(in), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIExecuteAsync(graph, stream_), ACL_ERROR_RT_INVALID_HANDLE);
}

TEST_F(GraphRules, R168_OnlyExternalEventsAreReset) {
  Begin();
  EXPECT_EQ(aclrtResetEvent(MakeGate(), stream_),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  EXPECT_EQ(EndCode(), ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED);
}

TEST_F(GraphRules, R168_AFixedIdHoldsAGraphUntilItIsRecorded) {
  std::byte* memory = MakeDevice(kBytes, 0);
  aclrtEvent event = nullptr;
  ASSERT_EQ(aclrtCreateEventWithFlag(&event, ACL_EVENT_EXTERNAL), ACL_SUCCESS);
  Begin();
  ASSERT_EQ(
      aclrtStreamWaitEventWithFlag(stream_, event, 0, ACL_EVENT_WAIT_EXTERNAL),
      ACL_SUCCESS);
  ASSERT_EQ(aclrtResetEvent(event, stream_), ACL_SUCCESS);
  ASSERT_EQ(Set(memory, 5, stream_), ACL_SUCCESS);
  const aclmdlRI graph = End();
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(aclmdlRIExecuteAsync(graph, stream_), ACL_SUCCESS);
    ASSERT_EQ(aclrtRecordEvent(event, other_), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    EXPECT_EQ(Peek(memory), 5);
    ASSERT_EQ(aclrtMemset(memory, kBytes, 0, kBytes), ACL_SUCCESS);
  }
}

TEST_F(GraphRules, R169_DestroyWaitsForExecutions) {
  std::byte* memory = MakeDevice(kBytes, 0);
  Begin();
  ASSERT_EQ(Set(memory, 5, stream_), ACL_SUCCESS);
  const aclmdlRI graph = End();
  int calls = 0;
  ASSERT_EQ(aclmdlRIDestroyRegisterCallback(graph, &CountCall, &calls),
            ACL_SUCCESS);
  ASSERT_EQ(aclmdlRIDestroyRegisterCallback(graph, &CountCall, &calls),
            ACL_SUCCESS);
  ASSERT_EQ(aclmdlRIDestroyUnregisterCallback(graph, &CountCall), ACL_SUCCESS);
  ASSERT_EQ(aclmdlRIExecuteAsync(graph, other_), ACL_SUCCESS);
  EXPECT_EQ(calls, 0);
  ASSERT_EQ(aclmdlRIDestroy(graph), ACL_SUCCESS);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(Peek(memory), 5);
  EXPECT_EQ(aclmdlRIDestroy(graph), ACL_ERROR_RT_INVALID_HANDLE);
}

TEST_F(GraphRules, R169_ARunningGraphIsNotDestroyed) {
  std::byte* memory = MakeDevice(kBytes, 0);
  Begin();
  ASSERT_EQ(Set(memory, 5, stream_), ACL_SUCCESS);
  const aclmdlRI graph = End();
  const aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(other_, gate), ACL_SUCCESS);
  ASSERT_EQ(aclmdlRIExecuteAsync(graph, other_), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIDestroy(graph), ACL_ERROR_RT_MODEL_RUNNING);
  ASSERT_EQ(aclrtRecordEvent(gate, stream_), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIDestroy(graph), ACL_SUCCESS);
  EXPECT_EQ(Peek(memory), 5);
}

TEST_F(GraphRules, R170_AModelOfBoundStreams) {
  std::byte* a = MakeDevice(kBytes, 0);
  std::byte* b = MakeDevice(kBytes, 0);
  const aclrtStream first = MakeStream(ACL_STREAM_PERSISTENT);
  const aclrtStream second = MakeStream(ACL_STREAM_PERSISTENT);
  aclmdlRI model = nullptr;
  ASSERT_EQ(aclmdlRIBuildBegin(&model, 0), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIBindStream(model, stream_, ACL_MODEL_STREAM_FLAG_HEAD),
            ACL_ERROR_RT_PARAM_INVALID);
  ASSERT_EQ(aclmdlRIBindStream(model, first, ACL_MODEL_STREAM_FLAG_HEAD),
            ACL_SUCCESS);
  ASSERT_EQ(aclmdlRIBindStream(model, second, ACL_MODEL_STREAM_FLAG_HEAD),
            ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIBindStream(model, second, ACL_MODEL_STREAM_FLAG_HEAD),
            ACL_ERROR_RT_STREAM_MODEL);
  EXPECT_EQ(aclmdlRIBindStream(model, second, ACL_MODEL_STREAM_FLAG_DEFAULT),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  const aclrtEvent event = MakeGate();
  ASSERT_EQ(Set(a, 3, first), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, first), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(second, event), ACL_SUCCESS);
  ASSERT_EQ(aclrtResetEvent(event, second), ACL_SUCCESS);
  ASSERT_EQ(Copy(b, a, second), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIBuildEnd(model, nullptr), ACL_ERROR_RT_PARAM_INVALID);
  ASSERT_EQ(aclmdlRIEndTask(model, second), ACL_SUCCESS);
  EXPECT_EQ(Set(b, 9, second), ACL_ERROR_RT_STREAM_MODEL);
  ASSERT_EQ(aclmdlRIBuildEnd(model, nullptr), ACL_SUCCESS);
  EXPECT_EQ(Set(a, 9, first), ACL_ERROR_RT_STREAM_MODEL);
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(aclrtMemset(a, kBytes, 0, kBytes), ACL_SUCCESS);
    ASSERT_EQ(aclrtMemset(b, kBytes, 0, kBytes), ACL_SUCCESS);
    if (i == 0) {
      ASSERT_EQ(aclmdlRIExecute(model, -1), ACL_SUCCESS);
    } else {
      ASSERT_EQ(aclmdlRIExecuteAsync(model, stream_), ACL_SUCCESS);
      ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    }
    EXPECT_EQ(Peek(b), 3);
  }
  EXPECT_EQ(aclmdlRIDestroy(model), ACL_ERROR_RT_STREAM_MODEL);
  EXPECT_EQ(aclrtDestroyStream(first), ACL_ERROR_RT_STREAM_MODEL);
  ASSERT_EQ(aclmdlRIUnbindStream(model, first), ACL_SUCCESS);
  ASSERT_EQ(aclmdlRIUnbindStream(model, second), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIUnbindStream(model, second), ACL_ERROR_RT_STREAM_MODEL);
  EXPECT_EQ(aclmdlRIDestroy(model), ACL_SUCCESS);
}

TEST_F(GraphRules, GraphsHaveNamesStreamsAndTasks) {
  const aclrtEvent event = MakeEvent();
  std::byte* memory = MakeDevice(kBytes, 0);
  Begin();
  ASSERT_EQ(Set(memory, 1, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(other_, event), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, other_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, event), ACL_SUCCESS);
  const aclmdlRI graph = End();
  uint32_t id = 0;
  EXPECT_EQ(aclmdlRIGetId(graph, &id), ACL_SUCCESS);
  EXPECT_GT(id, 0u);
  char name[8] = "";
  ASSERT_EQ(aclmdlRISetName(graph, "step"), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRIGetName(graph, 4, name), ACL_ERROR_RT_PARAM_INVALID);
  ASSERT_EQ(aclmdlRIGetName(graph, 5, name), ACL_SUCCESS);
  EXPECT_STREQ(name, "step");
  uint32_t count = 0;
  ASSERT_EQ(aclmdlRIGetStreams(graph, nullptr, &count), ACL_SUCCESS);
  ASSERT_EQ(count, 2u);
  aclrtStream streams[2];
  count = 1;
  EXPECT_EQ(aclmdlRIGetStreams(graph, streams, &count),
            ACL_ERROR_RT_INSUFFICIENT_INPUT_ARRAY);
  count = 2;
  ASSERT_EQ(aclmdlRIGetStreams(graph, streams, &count), ACL_SUCCESS);
  aclmdlRITask tasks[3];
  count = 3;
  ASSERT_EQ(aclmdlRIGetTasksByStream(streams[0], tasks, &count), ACL_SUCCESS);
  ASSERT_EQ(count, 3u);
  const aclmdlRITaskType expected[] = {ACL_MODEL_RI_TASK_DEFAULT,
                                       ACL_MODEL_RI_TASK_EVENT_RECORD,
                                       ACL_MODEL_RI_TASK_EVENT_WAIT};
  for (size_t i = 0; i < 3; ++i) {
    aclmdlRITaskType type = ACL_MODEL_RI_TASK_KERNEL;
    ASSERT_EQ(aclmdlRITaskGetType(tasks[i], &type), ACL_SUCCESS);
    EXPECT_EQ(type, expected[i]);
  }
  uint32_t sequence = 0;
  ASSERT_EQ(aclmdlRITaskGetSeqId(tasks[2], &sequence), ACL_SUCCESS);
  EXPECT_EQ(sequence, 4u);
  EXPECT_EQ(aclmdlRIGetTasksByStream(other_, tasks, &count),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclmdlRIDestroy(graph), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRITaskGetSeqId(tasks[2], &sequence),
            ACL_ERROR_RT_INVALID_HANDLE);
}

TEST_F(GraphRules, GraphsAreDescribedAsJsonAndDot) {
  std::byte* memory = MakeDevice(kBytes, 0);
  const aclrtEvent event = MakeEvent();
  Begin();
  ASSERT_EQ(Set(memory, 1, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(other_, event), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, other_), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, event), ACL_SUCCESS);
  const aclmdlRI graph = End();
  const std::string path = testing::TempDir() + "/graph.json";
  ASSERT_EQ(aclmdlRIDebugJsonPrint(graph, path.c_str(), 0), ACL_SUCCESS);
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_NE(text.str().find("\"name\": \"aclrtMemsetAsync\", \"type\": "
                            "\"DEFAULT\""),
            std::string::npos)
      << text.str();
  EXPECT_NE(text.str().find("\"waits_for\": [3]"), std::string::npos)
      << text.str();
  testing::internal::CaptureStdout();
  ASSERT_EQ(aclmdlRIDebugPrint(graph), ACL_SUCCESS);
  const std::string dot = testing::internal::GetCapturedStdout();
  EXPECT_NE(dot.find("digraph model_"), std::string::npos) << dot;
  EXPECT_NE(dot.find("t1 -> t2 [style = dashed];"), std::string::npos) << dot;
  EXPECT_EQ(aclmdlRIDebugJsonPrint(graph, "/no/such/place", 0),
            ACL_ERROR_RT_FILE_WRITE);
  EXPECT_EQ(aclmdlRIDebugJsonPrint(graph, path.c_str(), 9),
            ACL_ERROR_RT_PARAM_INVALID);
}

}  // namespace
}  // namespace npuemu::shim

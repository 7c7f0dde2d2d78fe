// Rules of what a stream is told and tells: failures (R49-R55), values (R75).

#include <string>
#include <vector>

#include "acl_shim/tests/rules/rule_testing.h"

namespace npuemu::shim {
namespace {

class Stream : public RuleTest {};

struct Notice {
  aclrtStream stream;
  aclrtStreamState state;
};

struct Listener {
  std::vector<Notice> notices;
  aclrtEvent gate = nullptr;  // opened when a stream is about to end
};

void OnState(aclrtStream stream, aclrtStreamState state, void* args) {
  auto* listener = static_cast<Listener*>(args);
  listener->notices.push_back({stream, state});
  if (state == ACL_RT_STREAM_STATE_DESTROY_PRE && listener->gate != nullptr) {
    EXPECT_EQ(aclrtRecordEvent(listener->gate, nullptr), ACL_SUCCESS);
  }
}

TEST_F(Stream, R49_R55_DestroyPreComesBeforeTheWait) {
  Listener listener;
  listener.gate = MakeGate();
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtRegStreamStateCallback("rules", OnState, &listener),
            ACL_SUCCESS);
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, listener.gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  // Only the callback lets the pending tasks run.
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 5);
  ASSERT_EQ(listener.notices.size(), 2u);
  EXPECT_EQ(listener.notices[0].stream, stream);
  EXPECT_EQ(listener.notices[0].state, ACL_RT_STREAM_STATE_CREATE_POST);
  EXPECT_EQ(listener.notices[1].stream, stream);
  EXPECT_EQ(listener.notices[1].state, ACL_RT_STREAM_STATE_DESTROY_PRE);
  EXPECT_EQ(aclrtRegStreamStateCallback("rules", nullptr, nullptr),
            ACL_SUCCESS);
}

TEST_F(Stream, R55_NamesAreUnique) {
  Listener listener;
  EXPECT_EQ(aclrtRegStreamStateCallback(nullptr, OnState, &listener),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtRegStreamStateCallback("a", nullptr, &listener),
            ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(aclrtRegStreamStateCallback("a", OnState, &listener), ACL_SUCCESS);
  EXPECT_EQ(aclrtRegStreamStateCallback("a", OnState, &listener),
            ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(aclrtRegStreamStateCallback("b", OnState, &listener), ACL_SUCCESS);
  MakeStream();
  EXPECT_EQ(listener.notices.size(), 2u);
  EXPECT_EQ(aclrtRegStreamStateCallback("a", nullptr, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtRegStreamStateCallback("b", nullptr, nullptr), ACL_SUCCESS);
  MakeStream();
  EXPECT_EQ(listener.notices.size(), 2u);
}

TEST_F(Stream, R52_R53_ContinueModeRunsOnAndReportsOnce) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(1);
  SubmitFailingTask(stream);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_SYS_DMA);
  EXPECT_EQ(Peek(device), 5);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(Stream, R52_R53_StopModeStopsTheContextForGood) {
  aclrtStream stream = MakeStream();
  aclrtStream other = MakeStream();
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtSetStreamFailureMode(stream, ACL_STOP_ON_FAILURE),
            ACL_SUCCESS);
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  SubmitFailingTask(stream);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(gate, other), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_SYS_DMA);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_SYS_DMA);
  EXPECT_EQ(aclrtSynchronizeStream(other), ACL_ERROR_RT_SYS_DMA);
  EXPECT_EQ(aclrtMemsetAsync(device, 1, 6, 1, other), ACL_ERROR_RT_SYS_DMA);
  EXPECT_EQ(Peek(device), 0);
}

TEST_F(Stream, R52_AttributesReadBackWhatWasSet) {
  aclrtStream stream = MakeStream();
  aclrtStreamAttrValue value{};
  value.userCustomTag = 77;
  EXPECT_EQ(aclrtSetStreamAttribute(stream, ACL_STREAM_ATTR_USER_CUSTOM_TAG,
                                    &value),
            ACL_SUCCESS);
  value.streamPriority = 3;
  EXPECT_EQ(aclrtSetStreamAttribute(stream, ACL_STREAM_ATTR_PRIORITY, &value),
            ACL_SUCCESS);
  value.streamPriority = 8;
  EXPECT_EQ(aclrtSetStreamAttribute(stream, ACL_STREAM_ATTR_PRIORITY, &value),
            ACL_ERROR_RT_PARAM_INVALID);
  value.overflowSwitch = 1;
  EXPECT_EQ(aclrtSetStreamAttribute(
                stream, ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK, &value),
            ACL_SUCCESS);
  value = {};
  EXPECT_EQ(aclrtGetStreamAttribute(stream, ACL_STREAM_ATTR_USER_CUSTOM_TAG,
                                    &value),
            ACL_SUCCESS);
  EXPECT_EQ(value.userCustomTag, 77u);
  uint32_t number = 0;
  EXPECT_EQ(aclrtStreamGetPriority(stream, &number), ACL_SUCCESS);
  EXPECT_EQ(number, 3u);
  EXPECT_EQ(aclrtGetStreamOverflowSwitch(stream, &number), ACL_SUCCESS);
  EXPECT_EQ(number, 1u);
  EXPECT_EQ(aclrtSetStreamOverflowSwitch(stream, 2),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtGetStreamAttribute(stream, static_cast<aclrtStreamAttr>(6),
                                    &value),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(Stream, ResourceLimitsReadBackWhatWasSet) {
  aclrtStream stream = MakeStream();
  uint32_t all = 0;
  ASSERT_EQ(aclrtGetStreamResLimit(stream, ACL_RT_DEV_RES_CUBE_CORE, &all),
            ACL_SUCCESS);
  EXPECT_EQ(all, 24u);  // Ascend910B1
  EXPECT_EQ(aclrtSetStreamResLimit(stream, ACL_RT_DEV_RES_CUBE_CORE, all + 1),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtSetStreamResLimit(stream, ACL_RT_DEV_RES_CUBE_CORE, 8),
            ACL_SUCCESS);
  uint32_t value = 0;
  EXPECT_EQ(aclrtGetStreamResLimit(stream, ACL_RT_DEV_RES_CUBE_CORE, &value),
            ACL_SUCCESS);
  EXPECT_EQ(value, 8u);
  EXPECT_EQ(aclrtResetStreamResLimit(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetStreamResLimit(stream, ACL_RT_DEV_RES_CUBE_CORE, &value),
            ACL_SUCCESS);
  EXPECT_EQ(value, all);
}

TEST_F(Stream, ConfigHandleMakesAStream) {
  aclrtStreamConfigHandle* config = aclrtCreateStreamConfigHandle();
  ASSERT_NE(config, nullptr);
  const size_t flag = ACL_STREAM_FAST_SYNC;
  const uint32_t priority = 2;
  EXPECT_EQ(aclrtSetStreamConfigOpt(config, ACL_RT_STREAM_FLAG, &flag,
                                    sizeof(flag)),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSetStreamConfigOpt(config, ACL_RT_STREAM_PRIORITY, &priority,
                                    sizeof(priority)),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSetStreamConfigOpt(config, ACL_RT_STREAM_PRIORITY, &priority,
                                    8),
            ACL_ERROR_INVALID_PARAM);
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStreamV2(&stream, config), ACL_SUCCESS);
  uint32_t value = 0;
  EXPECT_EQ(aclrtStreamGetFlags(stream, &value), ACL_SUCCESS);
  EXPECT_EQ(value, ACL_STREAM_FAST_SYNC);
  EXPECT_EQ(aclrtStreamGetPriority(stream, &value), ACL_SUCCESS);
  EXPECT_EQ(value, 2u);
  EXPECT_EQ(aclrtDestroyStreamConfigHandle(config), ACL_SUCCESS);
  EXPECT_EQ(aclrtCreateStreamV2(&stream, nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Stream, R75_ValueArguments) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(64);
  uint64_t host = 0;
  EXPECT_EQ(aclrtValueWrite(nullptr, 1, 0, stream), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtValueWrite(&host, 1, 0, stream), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtValueWrite(device + 4, 1, 0, stream),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtValueWrite(device, 1, 1, stream), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtValueWait(device, 1, 4, stream), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtValueWait(device, 0, ACL_STREAM_WAIT_VALUE_EQ, nullptr),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
}

struct ValueCase {
  uint32_t flag;
  uint64_t before;  // does not satisfy
  uint64_t after;   // does
  uint64_t wanted;
};

class Value : public Stream, public ::testing::WithParamInterface<ValueCase> {
};

TEST_P(Value, R75_WaitPassesWhenTheWordMatches) {
  const ValueCase& c = GetParam();
  aclrtStream waiter = MakeStream();
  aclrtStream writer = MakeStream();
  std::byte* word = MakeDevice(8);
  std::byte* result = MakeDevice(1);
  ASSERT_EQ(aclrtValueWrite(word, c.before, 0, writer), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(writer), ACL_SUCCESS);
  ASSERT_EQ(aclrtValueWait(word, c.wanted, c.flag, waiter), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(result, 1, 1, 1, waiter), ACL_SUCCESS);
  aclrtStreamStatus status = ACL_STREAM_STATUS_COMPLETE;
  EXPECT_EQ(aclrtStreamQuery(waiter, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_STREAM_STATUS_NOT_READY);
  EXPECT_EQ(Peek(result), 0);
  ASSERT_EQ(aclrtValueWrite(word, c.after, 0, writer), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(waiter), ACL_SUCCESS);
  EXPECT_EQ(Peek(result), 1);
}

INSTANTIATE_TEST_SUITE_P(
    R75, Value,
    ::testing::Values(
        ValueCase{ACL_STREAM_WAIT_VALUE_GEQ, 4, 6, 5},
        // The difference is signed: 2 - ~0 = 3.
        ValueCase{ACL_STREAM_WAIT_VALUE_GEQ, ~uint64_t{1}, 2, ~uint64_t{0}},
        ValueCase{ACL_STREAM_WAIT_VALUE_EQ, 6, 5, 5},
        ValueCase{ACL_STREAM_WAIT_VALUE_AND, 8, 6, 2},
        ValueCase{ACL_STREAM_WAIT_VALUE_NOR, ~uint64_t{0}, 2, 1}));

TEST_F(Stream, R75_WaitThatNobodyWritesIsReported) {
  aclrtStream stream = MakeStream();
  ASSERT_EQ(aclrtValueWait(MakeDevice(8), 1, ACL_STREAM_WAIT_VALUE_EQ, stream),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
}

}  // namespace
}  // namespace npuemu::shim

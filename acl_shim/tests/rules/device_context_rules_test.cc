// R11-R27, R46, R51, R96: devices and contexts. Of the eight devices the ones
// numbered 1, 3 and 5 are visible (BUILD.bazel).

#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "acl_shim/abi/unlisted.h"
#include "acl_shim/tests/rules/rule_macros.h"

namespace npuemu::rules {
namespace {

// Leaves every device as it was before the process's first call.
class Device : public testing::Test {
 protected:
  void TearDown() override {
    aclrtSetCurrentContext(nullptr);
    for (int32_t id = 0; id < 3; ++id) aclrtResetDeviceForce(id);
  }

  static aclrtContext Current() {
    aclrtContext context = nullptr;
    EXPECT_ACL(aclrtGetCurrentContext(&context));
    return context;
  }
  static bool HasContext() {
    aclrtContext context = nullptr;
    return aclrtGetCurrentContext(&context) == ACL_SUCCESS;
  }
  static int32_t CurrentDevice() {
    int32_t device = -1;
    EXPECT_ACL(aclrtGetDevice(&device));
    return device;
  }
  static bool PrimaryActive(int32_t device) {
    int32_t active = -1;
    EXPECT_ACL(aclrtGetPrimaryCtxState(device, nullptr, &active));
    return active == 1;
  }
};
using Context = Device;
using Peer = Device;

TEST_F(Context, R11_CallsWithoutContextSayWhatToCall) {
  aclrtContext context = nullptr;
  EXPECT_EQ(aclrtGetCurrentContext(&context), ACL_ERROR_RT_CONTEXT_NULL);
  const std::string message = RecentMessage();
  EXPECT_NE(message.find("EE1018"), std::string::npos) << message;
  EXPECT_NE(message.find("aclrtSetDevice"), std::string::npos) << message;
  EXPECT_EQ(aclrtSynchronizeDevice(), ACL_ERROR_RT_CONTEXT_NULL);
}

TEST_F(Context, R12_NewThreadHasNone) {
  ASSERT_ACL(aclrtSetDevice(0));
  std::thread([] { EXPECT_FALSE(HasContext()); }).join();
}

TEST_F(Context, R13_ThreadsShareThePrimaryContextAndItsDefaultStream) {
  ASSERT_ACL(aclrtSetDevice(0));
  const aclrtContext mine = Current();
  aclrtStream my_stream = nullptr;
  ASSERT_ACL(aclrtCtxGetCurrentDefaultStream(&my_stream));
  ASSERT_NE(my_stream, nullptr);
  std::thread([&] {
    ASSERT_ACL(aclrtSetDevice(0));
    EXPECT_EQ(Current(), mine);
    aclrtStream stream = nullptr;
    EXPECT_ACL(aclrtCtxGetCurrentDefaultStream(&stream));
    EXPECT_EQ(stream, my_stream);
  }).join();
  EXPECT_ACL(aclrtSynchronizeStream(my_stream));
}

TEST_F(Context, R13_SetDeviceClearsTheExplicitContext) {
  aclrtContext context = nullptr;
  ASSERT_ACL(aclrtCreateContext(&context, 0));
  ASSERT_ACL(aclrtSetDevice(0));
  EXPECT_NE(Current(), context);
  EXPECT_ACL(aclrtDestroyContext(context));
}

TEST_F(Device, R14_ResetCountsReferences) {
  ASSERT_ACL(aclrtSetDevice(0));
  ASSERT_ACL(aclrtSetDevice(0));
  EXPECT_ACL(aclrtResetDevice(0));
  EXPECT_TRUE(PrimaryActive(0));
  EXPECT_ACL(aclrtResetDevice(0));
  EXPECT_FALSE(PrimaryActive(0));
  EXPECT_EQ(aclrtResetDevice(0), ACL_ERROR_RT_CONTEXT_RELEASE_ERROR);
}

TEST_F(Device, R14_VariantsWithoutTsdCountTheSame) {
  ASSERT_ACL(aclrtSetDeviceWithoutTsdVXX(1));
  EXPECT_TRUE(PrimaryActive(1));
  EXPECT_ACL(aclrtResetDeviceWithoutTsdVXX(1));
  EXPECT_FALSE(PrimaryActive(1));
}

TEST_F(Device, R15_ForceDropsAllReferences) {
  ASSERT_ACL(aclrtSetDevice(0));
  ASSERT_ACL(aclrtSetDevice(0));
  EXPECT_ACL(aclrtResetDeviceForce(0));
  EXPECT_FALSE(PrimaryActive(0));
  EXPECT_EQ(aclrtResetDeviceForce(0), ACL_ERROR_RT_CONTEXT_RELEASE_ERROR);
  EXPECT_EQ(aclrtResetDevice(0), ACL_ERROR_RT_CONTEXT_RELEASE_ERROR);
}

TEST_F(Device, R16_IdsOutsideOfTheVisibleOnesAreRefused) {
  uint32_t count = 0;
  ASSERT_ACL(aclrtGetDeviceCount(&count));
  ASSERT_EQ(count, 3u);
  EXPECT_EQ(aclrtSetDevice(3), ACL_ERROR_RT_INVALID_DEVICEID);
  EXPECT_TRUE(MessageHas("[0, 3)"));
  EXPECT_EQ(aclrtSetDevice(-1), ACL_ERROR_RT_INVALID_DEVICEID);
  EXPECT_EQ(aclrtResetDevice(3), ACL_ERROR_RT_INVALID_DEVICEID);
  aclrtContext context = nullptr;
  EXPECT_EQ(aclrtCreateContext(&context, 3), ACL_ERROR_RT_INVALID_DEVICEID);
}

TEST_F(Device, R16_R188_IdsAreIndicesOfTheVisibleList) {
  int32_t id = -1;
  EXPECT_ACL(aclrtGetPhyDevIdByUserDevId(2, &id));
  EXPECT_EQ(id, 5);
  EXPECT_ACL(aclrtGetLogicDevIdByUserDevId(1, &id));
  EXPECT_EQ(id, 3);
  EXPECT_ACL(aclrtGetUserDevIdByPhyDevId(3, &id));
  EXPECT_EQ(id, 1);
  EXPECT_ACL(aclrtGetUserDevIdByLogicDevId(5, &id));
  EXPECT_EQ(id, 2);
  EXPECT_ACL(aclrtGetLogicDevIdByPhyDevId(5, &id));
  EXPECT_EQ(id, 5);
  EXPECT_ACL(aclrtGetPhyDevIdByLogicDevId(1, &id));
  EXPECT_EQ(id, 1);
  EXPECT_EQ(aclrtGetUserDevIdByPhyDevId(0, &id),
            ACL_ERROR_RT_INVALID_DEVICEID);
  EXPECT_EQ(aclrtGetPhyDevIdByUserDevId(3, &id),
            ACL_ERROR_RT_INVALID_DEVICEID);
}

// Each context takes a stream for its default one (R19, R33).
TEST_F(Device, R16_PrimaryContextThatCannotBeMadeIsASetupError) {
  ASSERT_ACL(aclrtSetDevice(2));
  std::vector<aclrtContext> contexts(1984);
  for (size_t i = 0; i + 1 < contexts.size(); ++i) {
    ASSERT_ACL(aclrtCreateContext(&contexts[i], 2));
  }
  ASSERT_ACL(aclrtResetDevice(2));  // its stream goes to one more context
  ASSERT_ACL(aclrtCreateContext(&contexts.back(), 2));
  EXPECT_EQ(aclrtSetDevice(2), ACL_ERROR_RT_DEV_SETUP_ERROR);
  EXPECT_ACL(aclrtDestroyContext(contexts.back()));
  contexts.pop_back();
  EXPECT_ACL(aclrtSetDevice(2));
  for (const aclrtContext context : contexts) {
    EXPECT_ACL(aclrtDestroyContext(context));
  }
}

TEST_F(Device, R19_FirstContextTakesTheStreamOfThePrimaryOneAsWell) {
  std::vector<aclrtContext> contexts(1983);
  for (aclrtContext& context : contexts) {
    ASSERT_ACL(aclrtCreateContext(&context, 2));
  }
  aclrtContext one_more = nullptr;
  EXPECT_EQ(aclrtCreateContext(&one_more, 2),
            ACL_ERROR_RT_NO_STREAM_RESOURCE);
  EXPECT_ACL(aclrtSetDevice(2));  // reserved for it
  for (const aclrtContext context : contexts) {
    EXPECT_ACL(aclrtDestroyContext(context));
  }
}

TEST_F(Device, R17_GetDeviceNeedsOne) {
  int32_t device = -1;
  EXPECT_EQ(aclrtGetDevice(&device), ACL_ERROR_RT_CONTEXT_NULL);
  ASSERT_ACL(aclrtSetDevice(2));
  EXPECT_EQ(CurrentDevice(), 2);
}

TEST_F(Context, R19_CreateMakesCurrentWithADefaultStream) {
  aclrtContext context = nullptr;
  ASSERT_ACL(aclrtCreateContext(&context, 1));
  EXPECT_EQ(Current(), context);
  EXPECT_EQ(CurrentDevice(), 1);
  EXPECT_FALSE(PrimaryActive(1));
  EXPECT_ACL(aclrtSynchronizeStream(nullptr));
  EXPECT_ACL(aclrtDestroyContext(context));
}

TEST_F(Context, R20_SetCurrentSwitchesTheDevice) {
  aclrtContext context = nullptr;
  ASSERT_ACL(aclrtCreateContext(&context, 1));
  ASSERT_ACL(aclrtSetDevice(0));
  const aclrtContext primary = Current();
  EXPECT_ACL(aclrtSetCurrentContext(context));
  EXPECT_EQ(CurrentDevice(), 1);
  EXPECT_ACL(aclrtSetCurrentContext(primary));
  EXPECT_EQ(CurrentDevice(), 0);
  EXPECT_ACL(aclrtSetCurrentContext(nullptr));
  EXPECT_FALSE(HasContext());
  EXPECT_ACL(aclrtDestroyContext(context));
  EXPECT_EQ(aclrtSetCurrentContext(context), ACL_ERROR_RT_CONTEXT_NULL);
  EXPECT_TRUE(MessageHas("has been destroyed"));
}

TEST_F(Context, R20_HandleOfAResetDeviceIsStale) {
  ASSERT_ACL(aclrtSetDevice(0));
  const aclrtContext before = Current();
  aclrtStream stream = nullptr;
  ASSERT_ACL(aclrtCtxGetCurrentDefaultStream(&stream));
  ASSERT_ACL(aclrtResetDevice(0));
  EXPECT_EQ(aclrtSetCurrentContext(before), ACL_ERROR_RT_CONTEXT_NULL);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_INVALID_HANDLE);
  ASSERT_ACL(aclrtSetDevice(0));
  EXPECT_NE(Current(), before);
}

TEST_F(Context, R21_PrimaryCannotBeDestroyed) {
  ASSERT_ACL(aclrtSetDevice(0));
  EXPECT_EQ(aclrtDestroyContext(Current()), ACL_ERROR_RT_CONTEXT_NULL);
  EXPECT_TRUE(MessageHas("EE1017"));
  EXPECT_TRUE(HasContext());
}

TEST_F(Context, R21_DestroyTwiceFailsAndLeavesNoneCurrent) {
  aclrtContext context = nullptr;
  ASSERT_ACL(aclrtCreateContext(&context, 0));
  EXPECT_ACL(aclrtDestroyContext(context));
  EXPECT_FALSE(HasContext());
  EXPECT_EQ(aclrtDestroyContext(context), ACL_ERROR_RT_CONTEXT_NULL);
  EXPECT_EQ(aclrtDestroyContext(nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Context, R22_DestroyEndsItsStreams) {
  aclrtContext context = nullptr;
  ASSERT_ACL(aclrtCreateContext(&context, 0));
  aclrtStream stream = nullptr;
  ASSERT_ACL(aclrtCreateStream(&stream));
  ASSERT_ACL(aclrtDestroyContext(context));
  ASSERT_ACL(aclrtSetDevice(0));
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_INVALID_HANDLE);
}

TEST_F(Context, R23_StreamOfAnotherContextIsRefusedButMayBeWaitedFor) {
  aclrtContext context = nullptr;
  ASSERT_ACL(aclrtCreateContext(&context, 0));
  aclrtStream stream = nullptr;
  ASSERT_ACL(aclrtCreateStream(&stream));
  ASSERT_ACL(aclrtSetDevice(0));
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_ERROR_RT_STREAM_CONTEXT);
  EXPECT_ACL(aclrtSynchronizeStream(stream));
  EXPECT_ACL(aclrtDestroyContext(context));
}

TEST_F(Context, R25_CurrentIsTheExplicitOneElseThePrimary) {
  ASSERT_ACL(aclrtSetDevice(0));
  const aclrtContext primary = Current();
  EXPECT_EQ(Current(), primary);  // the same value each time
  aclrtContext context = nullptr;
  ASSERT_ACL(aclrtCreateContext(&context, 0));
  EXPECT_EQ(Current(), context);
  EXPECT_NE(Current(), primary);
  EXPECT_ACL(aclrtDestroyContext(context));
}

TEST_F(Context, R26_SysParamsAreOfTheContextOrOfTheProcess) {
  ASSERT_ACL(aclrtSetDevice(0));
  int64_t value = -1;
  EXPECT_EQ(aclrtCtxGetSysParamOpt(ACL_OPT_DETERMINISTIC, &value),
            ACL_ERROR_RT_SYSPARAMOPT_NOT_SET);
  EXPECT_ACL(aclrtCtxSetSysParamOpt(ACL_OPT_DETERMINISTIC, 1));
  EXPECT_ACL(aclrtCtxGetSysParamOpt(ACL_OPT_DETERMINISTIC, &value));
  EXPECT_EQ(value, 1);
  EXPECT_EQ(aclrtGetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, &value),
            ACL_ERROR_RT_SYSPARAMOPT_NOT_SET);
  EXPECT_ACL(aclrtSetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, 7));
  EXPECT_ACL(aclrtGetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, &value));
  EXPECT_EQ(value, 7);
  const auto unknown = static_cast<aclSysParamOpt>(4);
  EXPECT_EQ(aclrtSetSysParamOpt(unknown, 1), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtCtxGetSysParamOpt(unknown, &value), ACL_ERROR_INVALID_PARAM);
  aclrtContext context = nullptr;
  ASSERT_ACL(aclrtCreateContext(&context, 0));
  EXPECT_EQ(aclrtCtxGetSysParamOpt(ACL_OPT_DETERMINISTIC, &value),
            ACL_ERROR_RT_SYSPARAMOPT_NOT_SET);
  EXPECT_ACL(aclrtDestroyContext(context));
}

TEST_F(Context, R27_PrimaryStateRefusesFlags) {
  uint32_t flags = 0;
  int32_t active = -1;
  EXPECT_EQ(aclrtGetPrimaryCtxState(0, &flags, &active),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_FALSE(PrimaryActive(0));
  ASSERT_ACL(aclrtSetDevice(0));
  EXPECT_TRUE(PrimaryActive(0));
}

// A stream that waits for a record that never comes.
aclrtStream BlockedStream(aclrtEvent* event) {
  aclrtStream stream = nullptr;
  EXPECT_ACL(aclrtCreateStream(&stream));
  EXPECT_ACL(aclrtCreateEventWithFlag(event, ACL_EVENT_SYNC));
  EXPECT_ACL(aclrtStreamWaitEvent(stream, *event));
  return stream;
}

TEST_F(Device, R46_SynchronizeCoversTheCurrentContextOnly) {
  aclrtContext other = nullptr;
  ASSERT_ACL(aclrtCreateContext(&other, 0));
  aclrtEvent event = nullptr;
  const aclrtStream stream = BlockedStream(&event);
  ASSERT_ACL(aclrtSetDevice(0));
  EXPECT_ACL(aclrtSynchronizeDevice());  // does not wait for the other context
  ASSERT_ACL(aclrtSetCurrentContext(other));
  EXPECT_EQ(aclrtSynchronizeDeviceWithTimeout(20),
            ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  EXPECT_ACL(aclrtRecordEvent(event, nullptr));
  EXPECT_ACL(aclrtSynchronizeDevice());
  aclrtStreamStatus status = ACL_STREAM_STATUS_NOT_READY;
  EXPECT_ACL(aclrtStreamQuery(stream, &status));
  EXPECT_EQ(status, ACL_STREAM_STATUS_COMPLETE);
  EXPECT_ACL(aclrtDestroyContext(other));
}

TEST_F(Device, R46_TimeoutIsChecked) {
  ASSERT_ACL(aclrtSetDevice(0));
  EXPECT_ACL(aclrtSynchronizeDeviceWithTimeout(-1));
  EXPECT_EQ(aclrtSynchronizeDeviceWithTimeout(0), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtSynchronizeDeviceWithTimeout(-2), ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(Device, R51_TaskAbortDropsWhatIsQueuedBetweenItsCallbacks) {
  ASSERT_ACL(aclrtSetDevice(0));
  aclrtEvent event = nullptr;
  const aclrtStream stream = BlockedStream(&event);
  static std::vector<int> stages;
  const auto callback = [](int32_t device, aclrtDeviceTaskAbortStage stage,
                           uint32_t timeout, void* args) -> int32_t {
    stages.insert(stages.end(), {device, static_cast<int>(stage),
                                 static_cast<int>(timeout)});
    return *static_cast<int*>(args);
  };
  int code = 0;
  ASSERT_ACL(aclrtSetDeviceTaskAbortCallback("abort", callback, &code));
  EXPECT_ACL(aclrtDeviceTaskAbort(0, 30));
  EXPECT_EQ(stages, (std::vector<int>{0, 0, 30, 0, 1, 30}));
  EXPECT_ACL(aclrtSynchronizeStream(stream));
  code = 1;
  EXPECT_EQ(aclrtDeviceTaskAbort(0, 30), ACL_ERROR_RT_TASK_ABORT_STOP);
  EXPECT_ACL(aclrtSetDeviceTaskAbortCallback("abort", nullptr, nullptr));
  EXPECT_ACL(aclrtDeviceTaskAbort(0, 30));
  EXPECT_EQ(aclrtDeviceTaskAbort(3, 30), ACL_ERROR_RT_INVALID_DEVICEID);
}

TEST_F(Device, StateCallbacksSeeSetAndReset) {
  static std::vector<int> states;
  const auto callback = [](int32_t device, aclrtDeviceState state, void*) {
    states.push_back(device * 10 + static_cast<int>(state));
    uint32_t count = 0;
    EXPECT_ACL(aclrtGetDeviceCount(&count));  // no lock is held
  };
  ASSERT_ACL(aclrtRegDeviceStateCallback("state", callback, nullptr));
  EXPECT_EQ(aclrtRegDeviceStateCallback("state", callback, nullptr),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_ACL(aclrtSetDevice(2));
  EXPECT_ACL(aclrtResetDevice(2));
  EXPECT_EQ(states, (std::vector<int>{20, 21, 22, 23}));
  EXPECT_ACL(aclrtRegDeviceStateCallback("state", nullptr, nullptr));
  EXPECT_ACL(aclrtSetDevice(2));
  EXPECT_EQ(states.size(), 4u);
  EXPECT_EQ(aclrtRegDeviceStateCallback("state", nullptr, nullptr),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(Peer, R96_AccessIsOneWayAndChecked) {
  ASSERT_ACL(aclrtSetDevice(0));
  int32_t can = -1;
  EXPECT_ACL(aclrtDeviceCanAccessPeer(&can, 0, 1));
  EXPECT_EQ(can, 1);
  EXPECT_ACL(aclrtDeviceCanAccessPeer(&can, 0, 0));
  EXPECT_EQ(can, 0);
  EXPECT_EQ(aclrtDeviceEnablePeerAccess(1, 1), ACL_ERROR_FEATURE_UNSUPPORTED);
  EXPECT_EQ(aclrtDeviceEnablePeerAccess(0, 0), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtDeviceEnablePeerAccess(9, 0), ACL_ERROR_RT_INVALID_DEVICEID);
  int32_t status = -1;
  EXPECT_ACL(aclrtDevicePeerAccessStatus(0, 1, &status));
  EXPECT_EQ(status, 0);
  EXPECT_ACL(aclrtDeviceEnablePeerAccess(1, 0));
  EXPECT_ACL(aclrtDevicePeerAccessStatus(0, 1, &status));
  EXPECT_EQ(status, 1);
  EXPECT_ACL(aclrtDevicePeerAccessStatus(1, 0, &status));
  EXPECT_EQ(status, 0);
  EXPECT_ACL(aclrtDeviceDisablePeerAccess(1));
  EXPECT_ACL(aclrtDevicePeerAccessStatus(0, 1, &status));
  EXPECT_EQ(status, 0);
}

TEST_F(Peer, TopologyAndAtomics) {
  uint64_t link = 0;
  EXPECT_ACL(aclrtGetDevicesTopo(0, 1, &link));
  EXPECT_EQ(link, ACL_RT_DEVS_TOPOLOGY_HCCS);
  EXPECT_EQ(aclrtGetDevicesTopo(0, 0, &link), ACL_ERROR_RT_PARAM_INVALID);
  const aclrtAtomicOperation operations[] = {ACL_RT_ATOMIC_OPERATION_CAS};
  uint32_t capability = 9;
  EXPECT_ACL(aclrtDeviceGetHostAtomicCapabilities(&capability, operations, 1,
                                                  0));
  EXPECT_EQ(capability, 0u);
  capability = 9;
  EXPECT_ACL(aclrtDeviceGetP2PAtomicCapabilities(&capability, operations, 1, 0,
                                                 1));
  EXPECT_EQ(capability, 0u);
  EXPECT_EQ(aclrtDeviceGetHostAtomicCapabilities(&capability, operations, 0, 0),
            ACL_ERROR_RT_PARAM_INVALID);
}

}  // namespace
}  // namespace npuemu::rules

// R1-R9, R17, R18, R182: initialisation. Each test needs a process of its own.

#include <thread>
#include <vector>

#include "acl_shim/base/acl_state.h"
#include "acl_shim/tests/rules/rule_macros.h"

namespace npuemu::rules {
namespace {

TEST(Init, R1_SecondCallCountsAndReturnsRepeat) {
  IN_CHILD({
    EXPECT_ACL(aclInit(nullptr));
    EXPECT_EQ(aclInit(nullptr), ACL_ERROR_REPEAT_INITIALIZE);
    EXPECT_EQ(aclInit("/no/such/file"), ACL_ERROR_REPEAT_INITIALIZE);
    uint64_t count = 0;
    EXPECT_ACL(aclFinalizeReference(&count));
    EXPECT_EQ(count, 2u);
  });
}

TEST(Init, R2_ConfigMustBeALegalFile) {
  IN_CHILD({
    EXPECT_EQ(aclInit("/no/such/file"), ACL_ERROR_INVALID_PARAM);
    EXPECT_NE(RecentMessage().find("/no/such/file"), std::string::npos);
    const std::string deep = TemporaryFile(
        "deep.json", std::string(11, '[') + std::string(11, ']'));
    EXPECT_EQ(aclInit(deep.c_str()), ACL_ERROR_INVALID_PARAM);
    const std::string broken = TemporaryFile("broken.json", "{");
    EXPECT_EQ(aclInit(broken.c_str()), ACL_ERROR_PARSE_FILE);
    EXPECT_ACL(aclInit(""));
  });
}

TEST(Init, R3_LaterContentMustBeThatOfTheFirst) {
  IN_CHILD({
    const std::string one = TemporaryFile("one.json", "{}");
    const std::string same = TemporaryFile("same.json", "{}");
    const std::string other = TemporaryFile("other.json", "{ }");
    EXPECT_ACL(aclInit(one.c_str()));
    EXPECT_ACL(aclFinalize());
    EXPECT_EQ(aclInit(other.c_str()), ACL_ERROR_INVALID_PARAM);
    EXPECT_ACL(aclInit(same.c_str()));
    EXPECT_ACL(aclFinalize());
    EXPECT_ACL(aclInit(nullptr));
  });
}

std::vector<int>* g_order = new std::vector<int>();
std::string* g_config = new std::string();

template <int kTag>
aclError OnInit(const char* config, size_t length, void* data) {
  g_order->push_back(kTag);
  *g_config = std::string(config, length);
  if (data != nullptr) ++*static_cast<int*>(data);
  return ACL_SUCCESS;
}

template <int kTag>
aclError OnFinalize(void* data) {
  g_order->push_back(kTag);
  if (data != nullptr) ++*static_cast<int*>(data);
  return ACL_SUCCESS;
}

aclError Refuse(const char*, size_t, void*) {
  return ACL_ERROR_READ_MODEL_FAILURE;
}

void RegisterFour() {
  EXPECT_ACL(aclInitCallbackRegister(ACL_REG_TYPE_OTHER, &OnInit<4>, nullptr));
  EXPECT_ACL(
      aclInitCallbackRegister(ACL_REG_TYPE_ACL_DVPP, &OnInit<3>, nullptr));
  EXPECT_ACL(aclInitCallbackRegister(ACL_REG_TYPE_ACL_OP_EXECUTOR, &OnInit<2>,
                                     nullptr));
  EXPECT_ACL(
      aclInitCallbackRegister(ACL_REG_TYPE_ACL_MODEL, &OnInit<1>, nullptr));
}

TEST(Init, R4_CallbacksRunModelExecutorDvppOther) {
  IN_CHILD({
    RegisterFour();
    const std::string file = TemporaryFile("r4.json", "{\"x\": 1}");
    EXPECT_ACL(aclInit(file.c_str()));
    EXPECT_EQ(*g_order, (std::vector<int>{1, 2, 3, 4}));
    EXPECT_EQ(*g_config, "{\"x\": 1}");
  });
}

TEST(Init, R4_WithoutConfigTheExecutorIsNotCalled) {
  IN_CHILD({
    RegisterFour();
    EXPECT_ACL(aclInit(nullptr));
    EXPECT_EQ(*g_order, (std::vector<int>{1, 3, 4}));
    EXPECT_EQ(*g_config, "");
  });
}

TEST(Init, R4_FailingCallbackFailsInit) {
  IN_CHILD({
    EXPECT_ACL(
        aclInitCallbackRegister(ACL_REG_TYPE_OTHER, &Refuse, nullptr));
    EXPECT_EQ(aclInit(nullptr), ACL_ERROR_READ_MODEL_FAILURE);
    EXPECT_ACL(aclInitCallbackUnRegister(ACL_REG_TYPE_OTHER, &Refuse));
    EXPECT_ACL(aclInit(nullptr));
  });
}

TEST(Init, R5_FinalizeUndoesAnyNumberOfInits) {
  IN_CHILD({
    EXPECT_ACL(aclInit(nullptr));
    EXPECT_EQ(aclInit(nullptr), ACL_ERROR_REPEAT_INITIALIZE);
    EXPECT_ACL(aclFinalize());
    EXPECT_EQ(aclFinalize(), ACL_ERROR_REPEAT_FINALIZE);
    EXPECT_ACL(aclInit(nullptr));
  });
}

TEST(Init, R5_FinalizeBeforeAnyInitSucceedsOnce) {
  IN_CHILD({
    EXPECT_ACL(aclFinalize());
    EXPECT_EQ(aclFinalize(), ACL_ERROR_REPEAT_FINALIZE);
  });
}

TEST(Init, R6_FinalizeReferenceCountsDown) {
  IN_CHILD({
    EXPECT_ACL(aclInit(nullptr));
    EXPECT_EQ(aclInit(nullptr), ACL_ERROR_REPEAT_INITIALIZE);
    uint64_t count = 9;
    EXPECT_ACL(aclFinalizeReference(&count));
    EXPECT_EQ(count, 1u);
    EXPECT_ACL(aclFinalizeReference(&count));
    EXPECT_EQ(count, 0u);
    EXPECT_EQ(aclFinalizeReference(&count), ACL_ERROR_REPEAT_FINALIZE);
  });
}

TEST(Init, R8_LateInitCallbackFiresAtOnce) {
  IN_CHILD({
    EXPECT_ACL(aclInit(nullptr));
    int calls = 0;
    EXPECT_ACL(
        aclInitCallbackRegister(ACL_REG_TYPE_OTHER, &OnInit<1>, &calls));
    EXPECT_EQ(calls, 1);
    EXPECT_ACL(aclInitCallbackUnRegister(ACL_REG_TYPE_OTHER, &OnInit<1>));
    EXPECT_EQ(aclInitCallbackUnRegister(ACL_REG_TYPE_OTHER, &OnInit<1>),
              ACL_ERROR_INVALID_PARAM);
    EXPECT_ACL(aclFinalize());
    EXPECT_ACL(aclInit(nullptr));
    EXPECT_EQ(calls, 1);
  });
}

TEST(Init, R8_FinalizeCallbacksRunAtRealFinalisationOnly) {
  IN_CHILD({
    int kept = 0;
    int removed = 0;
    EXPECT_ACL(aclFinalizeCallbackRegister(ACL_REG_TYPE_ACL_MODEL,
                                           &OnFinalize<1>, &kept));
    EXPECT_ACL(aclFinalizeCallbackRegister(ACL_REG_TYPE_OTHER,
                                           &OnFinalize<2>, &removed));
    EXPECT_ACL(
        aclFinalizeCallbackUnRegister(ACL_REG_TYPE_OTHER, &OnFinalize<2>));
    EXPECT_EQ(
        aclFinalizeCallbackUnRegister(ACL_REG_TYPE_OTHER, &OnFinalize<2>),
        ACL_ERROR_INVALID_PARAM);
    EXPECT_ACL(aclInit(nullptr));
    EXPECT_EQ(aclInit(nullptr), ACL_ERROR_REPEAT_INITIALIZE);
    EXPECT_ACL(aclFinalizeReference(nullptr));
    EXPECT_EQ(kept, 0);
    EXPECT_ACL(aclFinalizeReference(nullptr));
    EXPECT_EQ(kept, 1);
    EXPECT_EQ(removed, 0);
  });
}

TEST(Init, R8_CallbackTypeIsChecked) {
  IN_CHILD({
    const auto type = static_cast<aclRegisterCallbackType>(8);
    EXPECT_EQ(aclInitCallbackRegister(type, &Refuse, nullptr),
              ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclInitCallbackRegister(ACL_REG_TYPE_OTHER, nullptr, nullptr),
              ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclFinalizeCallbackRegister(type, &OnFinalize<1>, nullptr),
              ACL_ERROR_INVALID_PARAM);
  });
}

TEST(Init, R9_RuntimeCallsNeedNoInit) {
  IN_CHILD({
    aclrtContext context = nullptr;
    EXPECT_EQ(aclrtGetCurrentContext(&context), ACL_ERROR_RT_CONTEXT_NULL);
    EXPECT_ACL(aclrtSetDevice(0));
    EXPECT_ACL(aclrtGetCurrentContext(&context));
  });
}

TEST(Init, R17_R18_DefaultDeviceOfTheConfigIsImplicitlySet) {
  IN_CHILD({
    const std::string file = TemporaryFile(
        "default.json", "{\"defaultDevice\": {\"default_device\": \"3\"}}");
    EXPECT_ACL(aclInit(file.c_str()));
    int32_t device = -1;
    EXPECT_ACL(aclrtGetDevice(&device));
    EXPECT_EQ(device, 3);
    int32_t active = -1;
    EXPECT_ACL(aclrtGetPrimaryCtxState(3, nullptr, &active));
    EXPECT_EQ(active, 0);  // asking does not set it
    EXPECT_ACL(aclrtSynchronizeDevice());
    EXPECT_ACL(aclrtGetPrimaryCtxState(3, nullptr, &active));
    EXPECT_EQ(active, 1);
  });
}

TEST(Init, R17_DefaultDeviceMustExist) {
  IN_CHILD({
    const std::string file = TemporaryFile(
        "default99.json", "{\"defaultDevice\": {\"default_device\": 99}}");
    EXPECT_EQ(aclInit(file.c_str()), ACL_ERROR_INVALID_PARAM);
    EXPECT_NE(RecentMessage().find("99"), std::string::npos);
  });
}

TEST(Init, R182_ErrMsgModeOneKeepsMessagesPerProcess) {
  IN_CHILD({
    const std::string file =
        TemporaryFile("mode.json", "{\"err_msg_mode\": \"1\"}");
    EXPECT_ACL(aclInit(file.c_str()));
    std::thread([] { EXPECT_NE(aclrtSetDevice(-1), ACL_SUCCESS); }).join();
    EXPECT_NE(RecentMessage().find("aclrtSetDevice"), std::string::npos);
    EXPECT_EQ(aclGetRecentErrMsg(), nullptr);
  });
}

TEST(Init, R185_SettingsAreKeptForTheProcess) {
  IN_CHILD({
    EXPECT_EQ(shim::CurrentAclConfig().max_op_queue_num, 20000u);
    const std::string file =
        TemporaryFile("settings.json", "{\"max_opqueue_num\": \"100\"}");
    EXPECT_ACL(aclInit(file.c_str()));
    EXPECT_EQ(shim::CurrentAclConfig().max_op_queue_num, 100u);
    EXPECT_EQ(shim::InitCount(), 1u);
  });
}

// Neither is performed: the log says so, and the call succeeds.
TEST(Init, R185_DumpAndProfilingAreAcceptedWithAWarning) {
  IN_CHILD({
    setenv("ASCEND_LOG_PRINT_TO_STDOUT", "1", 1);
    setenv("ASCEND_GLOBAL_LOG_LEVEL", "2", 1);
    const std::string file = TemporaryFile(
        "dump.json",
        "{\"dump\": {\"dump_op_switch\": \"on\", \"dump_path\": \"p\"}, "
        "\"profiler\": {\"switch\": \"on\"}}");
    testing::internal::CaptureStdout();
    EXPECT_ACL(aclInit(file.c_str()));
    const std::string out = testing::internal::GetCapturedStdout();
    EXPECT_NE(out.find("dump is not performed"), std::string::npos);
    EXPECT_NE(out.find("profiling is not performed"), std::string::npos);
  });
}

// Other modules' levels and what is no level leave ours alone.
TEST(Init, R187_LevelOfTheModuleOverridesTheGlobalOne) {
  auto warns = [](const char* modules) {
    setenv("ASCEND_LOG_PRINT_TO_STDOUT", "1", 1);
    setenv("ASCEND_MODULE_LOG_LEVEL", modules, 1);
    const std::string file =
        TemporaryFile("module.json", "{\"profiler\": {\"switch\": \"on\"}}");
    testing::internal::CaptureStdout();
    EXPECT_ACL(aclInit(file.c_str()));
    return !testing::internal::GetCapturedStdout().empty();
  };
  IN_CHILD({ EXPECT_TRUE(warns("GE=3:ASCENDCL=2")); });
  IN_CHILD({ EXPECT_FALSE(warns("GE=2:ASCENDCLX=2:ASCENDCL=7")); });
}

TEST(Init, R185_MaxOpQueueNumIsChecked) {
  IN_CHILD({
    const std::string file =
        TemporaryFile("queue.json", "{\"max_opqueue_num\": \"0\"}");
    EXPECT_EQ(aclInit(file.c_str()), ACL_ERROR_INVALID_MAX_OPQUEUE_NUM_CONFIG);
  });
}

}  // namespace
}  // namespace npuemu::rules

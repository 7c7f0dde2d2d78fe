// R71, R178-R184: what a program learns of failures.

#include <sys/syscall.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "acl_shim/tests/rules/rule_macros.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace npuemu::rules {
namespace {

class Error : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_ACL(aclrtSetDevice(0));
    aclrtGetLastError(ACL_RT_THREAD_LEVEL);
    RecentMessage();
  }
  void TearDown() override {
    aclrtSetOpWaitTimeout(0);
    aclrtResetDeviceForce(0);
  }

  // A task that fails: a wait that ends by its timeout (R71).
  static aclrtStream StreamWithFailure() {
    aclrtStream stream = nullptr;
    aclrtEvent event = nullptr;
    EXPECT_ACL(aclrtCreateStream(&stream));
    EXPECT_ACL(aclrtCreateEventWithFlag(&event, ACL_EVENT_SYNC));
    EXPECT_ACL(aclrtSetOpWaitTimeout(1));
    EXPECT_ACL(aclrtStreamWaitEvent(stream, event));
    return stream;
  }
};

TEST_F(Error, R71_R178_WaitTimeoutSurfacesAtTheSynchronise) {
  const aclrtStream stream = StreamWithFailure();
  EXPECT_EQ(aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_WAIT_TIMEOUT);
  EXPECT_ACL(aclrtSynchronizeStream(stream));  // read, hence cleared (R180)
}

TEST_F(Error, R181_LastErrorIsOverwrittenAndReset) {
  EXPECT_EQ(aclrtSetDevice(-1), ACL_ERROR_RT_INVALID_DEVICEID);
  EXPECT_EQ(aclrtGetDevice(nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtGetLastError(ACL_RT_THREAD_LEVEL), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtGetLastError(ACL_RT_THREAD_LEVEL), ACL_SUCCESS);
}

TEST_F(Error, R181_LastErrorIsOfTheThread) {
  EXPECT_EQ(aclrtSetDevice(-1), ACL_ERROR_RT_INVALID_DEVICEID);
  std::thread([] {
    EXPECT_EQ(aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL), ACL_SUCCESS);
  }).join();
}

TEST_F(Error, R181_OtherLevelsAreRefused) {
  const auto level = static_cast<aclrtLastErrLevel>(1);
  EXPECT_EQ(aclrtGetLastError(level), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtPeekAtLastError(level), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Error, R182_MessageIsTakenOnceAndHasItsParts) {
  EXPECT_EQ(aclGetRecentErrMsg(), nullptr);
  EXPECT_EQ(aclrtSetDevice(-1), ACL_ERROR_RT_INVALID_DEVICEID);
  const std::string message = RecentMessage();
  EXPECT_EQ(message.rfind("[PID: ", 0), 0u) << message;
  EXPECT_NE(message.find("Invalid_Argument(EE1003): "), std::string::npos)
      << message;
  EXPECT_NE(message.find("TraceBack (most recent call last):"),
            std::string::npos);
  EXPECT_EQ(aclGetRecentErrMsg(), nullptr);
}

TEST_F(Error, R182_MessagesAreOfTheThread) {
  EXPECT_EQ(aclrtSetDevice(-1), ACL_ERROR_RT_INVALID_DEVICEID);
  std::thread([] { EXPECT_EQ(aclGetRecentErrMsg(), nullptr); }).join();
}

TEST_F(Error, R183_TextNamesValueParameterAndRange) {
  EXPECT_EQ(aclrtSynchronizeDeviceWithTimeout(0), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_TRUE(MessageHas("Value 0 for parameter timeout is invalid. Expected "
                         "value: -1 or at least 1"));
}

TEST_F(Error, R28_R184_MisusedHandlesSayWhy) {
  aclrtStream stream = nullptr;
  ASSERT_ACL(aclrtCreateStream(&stream));
  ASSERT_ACL(aclrtDestroyStream(stream));
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_INVALID_HANDLE);
  const std::string message = RecentMessage();
  EXPECT_NE(message.find("EE1017"), std::string::npos) << message;
  EXPECT_NE(message.find("The stream handle has been destroyed"),
            std::string::npos)
      << message;
  aclrtEvent event = nullptr;
  ASSERT_ACL(aclrtCreateEvent(&event));
  EXPECT_EQ(aclrtSynchronizeStream(event), ACL_ERROR_RT_INVALID_HANDLE);
  EXPECT_TRUE(MessageHas("The handle type must be stream"));
  EXPECT_EQ(aclrtSetCurrentContext(event), ACL_ERROR_RT_CONTEXT_NULL);
  EXPECT_TRUE(MessageHas("The handle type must be context"));
  EXPECT_ACL(aclrtDestroyEvent(event));
}

struct Seen {
  uint32_t device;
  uint32_t stream;
  uint32_t task;
  uint32_t code;
  uint32_t thread;
};
std::vector<Seen>* g_seen = new std::vector<Seen>();

void OnException(aclrtExceptionInfo* info) {
  g_seen->push_back({aclrtGetDeviceIdFromExceptionInfo(info),
                     aclrtGetStreamIdFromExceptionInfo(info),
                     aclrtGetTaskIdFromExceptionInfo(info),
                     aclrtGetErrorCodeFromExceptionInfo(info),
                     aclrtGetThreadIdFromExceptionInfo(info)});
  // No lock is held: a callback may call the library.
  EXPECT_ACL(aclrtSetOpWaitTimeout(0));
}

int g_others = 0;
void OnExceptionToo(aclrtExceptionInfo*) { ++g_others; }

TEST_F(Error, R179_ExceptionCallbackSeesTheFailedTask) {
  g_seen->clear();
  ASSERT_ACL(aclrtSetExceptionInfoCallback(&OnException));
  const aclrtStream stream = StreamWithFailure();
  uint32_t task = 0;
  EXPECT_ACL(aclrtGetThreadLastTaskId(&task));
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_WAIT_TIMEOUT);
  ASSERT_EQ(g_seen->size(), 1u);
  const Seen seen = g_seen->front();
  EXPECT_EQ(seen.device, 0u);
  int32_t stream_id = -1;
  EXPECT_ACL(aclrtStreamGetId(stream, &stream_id));
  EXPECT_EQ(seen.stream, static_cast<uint32_t>(stream_id));
  EXPECT_EQ(task, 1u);
  EXPECT_EQ(seen.task, task);
  EXPECT_EQ(seen.code, static_cast<uint32_t>(ACL_ERROR_RT_WAIT_TIMEOUT));
  EXPECT_EQ(seen.thread, static_cast<uint32_t>(syscall(SYS_gettid)));
  ASSERT_ACL(aclrtSetExceptionInfoCallback(nullptr));
  EXPECT_EQ(aclrtSynchronizeStream(StreamWithFailure()),
            ACL_ERROR_RT_WAIT_TIMEOUT);
  EXPECT_EQ(g_seen->size(), 1u);
}

TEST_F(Error, R179_RegisteredCallbacksAddUp) {
  g_seen->clear();
  g_others = 0;
  ASSERT_ACL(aclrtExceptionInfoCallbackRegister(&OnException));
  ASSERT_ACL(aclrtExceptionInfoCallbackRegister(&OnExceptionToo));
  EXPECT_EQ(aclrtExceptionInfoCallbackRegister(&OnException),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtSynchronizeStream(StreamWithFailure()),
            ACL_ERROR_RT_WAIT_TIMEOUT);
  EXPECT_EQ(g_seen->size(), 1u);
  EXPECT_EQ(g_others, 1);
  ASSERT_ACL(aclrtExceptionInfoCallbackUnregister(&OnException));
  EXPECT_EQ(aclrtSynchronizeStream(StreamWithFailure()),
            ACL_ERROR_RT_WAIT_TIMEOUT);
  EXPECT_EQ(g_seen->size(), 1u);
  EXPECT_EQ(g_others, 2);
  ASSERT_ACL(aclrtExceptionInfoCallbackUnregister(&OnExceptionToo));
  EXPECT_EQ(aclrtExceptionInfoCallbackUnregister(&OnExceptionToo),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(Error, ExceptionInfoOfNullIsAllOnes) {
  EXPECT_EQ(aclrtGetDeviceIdFromExceptionInfo(nullptr), UINT32_MAX);
  EXPECT_EQ(aclrtGetErrorCodeFromExceptionInfo(nullptr), UINT32_MAX);
}

}  // namespace
}  // namespace npuemu::rules

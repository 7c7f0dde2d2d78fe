// R180: what a stream remembers of tasks that failed.

#include "acl_shim/tests/rules/rule_testing.h"

namespace npuemu::shim {
namespace {

class TaskError : public RuleTest {
 protected:
  // A wait for what never comes: ends with 107019 after its timeout.
  static void SubmitExpiringWait(aclrtStream stream) {
    EXPECT_EQ(aclrtStreamWaitEventWithTimeout(stream, MakeGate(), 2),
              ACL_SUCCESS);
  }
};

TEST_F(TaskError, R180_TwoFailedTasksAreOneError) {
  aclrtStream stream = MakeStream();
  SubmitFailingTask(stream);
  SubmitFailingTask(stream);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_SYS_DMA);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(TaskError, R180_TheLatestErrorIsKept) {
  aclrtStream stream = MakeStream();
  SubmitFailingTask(stream);
  SubmitExpiringWait(stream);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_WAIT_TIMEOUT);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  SubmitExpiringWait(stream);
  SubmitFailingTask(stream);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_SYS_DMA);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(TaskError, R180_TasksThatSucceedLaterLeaveTheError) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(1);
  SubmitFailingTask(stream);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_SYS_DMA);
  EXPECT_EQ(Peek(device), 5);
}

TEST_F(TaskError, R180_EachStreamHasItsOwn) {
  aclrtStream failed = MakeStream();
  aclrtStream late = MakeStream();
  aclrtStream sound = MakeStream();
  SubmitFailingTask(failed);
  SubmitExpiringWait(late);
  EXPECT_EQ(aclrtSynchronizeStream(sound), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(late), ACL_ERROR_RT_WAIT_TIMEOUT);
  EXPECT_EQ(aclrtSynchronizeStream(failed), ACL_ERROR_RT_SYS_DMA);
  EXPECT_EQ(aclrtSynchronizeStream(late), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(failed), ACL_SUCCESS);
}

}  // namespace
}  // namespace npuemu::shim

// Rule R74 by the public functions.

#include <vector>

#include "acl_shim/tests/rules/rule_testing.h"

namespace npuemu::shim {
namespace {

class Notify : public RuleTest {
 protected:
  void TearDown() override {
    RuleTest::TearDown();
    for (aclrtNotify notify : made_) aclrtDestroyNotify(notify);
  }

  aclrtNotify Make() {
    aclrtNotify notify = nullptr;
    EXPECT_EQ(aclrtCreateNotify(&notify, ACL_NOTIFY_DEFAULT), ACL_SUCCESS);
    made_.push_back(notify);
    return notify;
  }
  static bool Idle(aclrtStream stream) {
    aclrtStreamStatus status = ACL_STREAM_STATUS_NOT_READY;
    for (int i = 0; i < 200 && status != ACL_STREAM_STATUS_COMPLETE; ++i) {
      EXPECT_EQ(aclrtStreamQuery(stream, &status), ACL_SUCCESS);
    }
    return status == ACL_STREAM_STATUS_COMPLETE;
  }

 private:
  std::vector<aclrtNotify> made_;
};

TEST_F(Notify, R74_OneRecordLetsOneWaitPass) {
  aclrtStream stream = MakeStream();
  aclrtStream recorder = MakeStream();
  aclrtNotify notify = Make();
  ASSERT_EQ(aclrtWaitAndResetNotify(notify, stream, 0), ACL_SUCCESS);
  EXPECT_FALSE(Idle(stream));
  ASSERT_EQ(aclrtRecordNotify(notify, recorder), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtWaitAndResetNotify(notify, stream, 0), ACL_SUCCESS);
  EXPECT_FALSE(Idle(stream));
  ASSERT_EQ(aclrtRecordNotify(notify, recorder), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(Notify, R74_TwoRecordsCollapseIntoOne) {
  aclrtStream stream = MakeStream();
  aclrtNotify notify = Make();
  ASSERT_EQ(aclrtRecordNotify(notify, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordNotify(notify, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtWaitAndResetNotify(notify, stream, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtWaitAndResetNotify(notify, stream, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
}

TEST_F(Notify, R74_TimeoutInSeconds) {
  aclrtStream stream = MakeStream();
  ASSERT_EQ(aclrtWaitAndResetNotify(Make(), stream, 3), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_WAIT_TIMEOUT);
}

TEST_F(Notify, R74_BatchResetTakesRecordsBack) {
  aclrtStream stream = MakeStream();
  std::vector<aclrtNotify> notifies = {Make(), Make()};
  for (aclrtNotify notify : notifies) {
    ASSERT_EQ(aclrtRecordNotify(notify, stream), ACL_SUCCESS);
  }
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtNotifyBatchReset(notifies.data(), 2), ACL_SUCCESS);
  ASSERT_EQ(aclrtWaitAndResetNotify(notifies[1], stream, 0), ACL_SUCCESS);
  EXPECT_FALSE(Idle(stream));
  EXPECT_EQ(aclrtNotifyBatchReset(nullptr, 2), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtNotifyBatchReset(notifies.data(), 0),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(Notify, R74_AtMost8192OfADevice) {
  std::vector<aclrtNotify> notifies(8192);
  for (aclrtNotify& notify : notifies) notify = Make();
  aclrtNotify one_more = nullptr;
  EXPECT_EQ(aclrtCreateNotify(&one_more, 0), ACL_ERROR_RT_NO_NOTIFY_RESOURCE);
  for (aclrtNotify notify : notifies) {
    ASSERT_EQ(aclrtDestroyNotify(notify), ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtDestroyNotify(notifies[0]), ACL_ERROR_RT_INVALID_HANDLE);
  EXPECT_EQ(aclrtCreateNotify(&one_more, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyNotify(one_more), ACL_SUCCESS);
}

TEST_F(Notify, R74_Arguments) {
  aclrtNotify notify = nullptr;
  EXPECT_EQ(aclrtCreateNotify(nullptr, 0), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtCreateNotify(&notify, 2), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtRecordNotify(MakeGate(), nullptr),
            ACL_ERROR_RT_INVALID_HANDLE);
  uint32_t a = 0;
  uint32_t b = 0;
  EXPECT_EQ(aclrtGetNotifyId(Make(), &a), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetNotifyId(Make(), &b), ACL_SUCCESS);
  EXPECT_NE(a, b);
}

TEST_F(Notify, R74_CountingNotifiesAreForNewerChips) {
  aclrtCntNotify notify = nullptr;
  constexpr aclError kNotHere = ACL_ERROR_RT_FEATURE_NOT_SUPPORT;
  EXPECT_EQ(aclrtCntNotifyCreate(&notify, 0), kNotHere);
  EXPECT_EQ(aclrtCntNotifyDestroy(notify), kNotHere);
  EXPECT_EQ(aclrtCntNotifyRecord(notify, nullptr, nullptr), kNotHere);
  EXPECT_EQ(aclrtCntNotifyWaitWithTimeout(notify, nullptr, nullptr), kNotHere);
  EXPECT_EQ(aclrtCntNotifyReset(notify, nullptr), kNotHere);
  uint32_t id = 0;
  EXPECT_EQ(aclrtCntNotifyGetId(notify, &id), kNotHere);
}

}  // namespace
}  // namespace npuemu::shim

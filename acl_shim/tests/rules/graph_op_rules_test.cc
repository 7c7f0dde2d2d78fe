// Operators in graphs, task groups and their updates: R166, R167.

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "acl/acl.h"
#include "acl_shim/tests/rules/op_testing.h"
#include "aclnn/aclnn_base.h"

// Of the generated header aclnnop/aclnn_*.h.
extern "C" {
aclnnStatus aclnnAbsGetWorkspaceSize(const aclTensor* self, aclTensor* out,
                                     uint64_t* workspaceSize,
                                     aclOpExecutor** executor);
aclnnStatus aclnnAbs(void* workspace, uint64_t workspaceSize,
                     aclOpExecutor* executor, aclrtStream stream);
}

namespace npuemu::shim {
namespace {

constexpr int64_t kCount = 4;

class GraphOpRules : public OpTest {
 protected:
  void SetUp() override {
    OpTest::SetUp();
    x_ = Upload<float>({-1, 2, -3, 4});
    y_ = Upload<float>({0, 0, 0, 0});
    z_ = Upload<float>({-5, -6, -7, -8});
  }

  // y = |x|, both of `count` elements that are `step` apart in x.
  static aclError Abs(void* x, void* y, aclrtStream stream, int64_t step = 1) {
    const int64_t storage = (kCount - 1) * step + 1;
    const int64_t one = 1;
    aclTensor* from = aclCreateTensor(&kCount, 1, ACL_FLOAT, &step, 0,
                                      ACL_FORMAT_ND, &storage, 1, x);
    aclTensor* to = aclCreateTensor(&kCount, 1, ACL_FLOAT, &one, 0,
                                    ACL_FORMAT_ND, &kCount, 1, y);
    uint64_t size = 0;
    aclOpExecutor* executor = nullptr;
    EXPECT_EQ(aclnnAbsGetWorkspaceSize(from, to, &size, &executor), OK);
    void* workspace = nullptr;  // stays: a graph may use it
    if (size > 0) {
      EXPECT_EQ(aclrtMalloc(&workspace, size, ACL_MEM_MALLOC_HUGE_FIRST),
                ACL_SUCCESS);
    }
    const aclError code = aclnnAbs(workspace, size, executor, stream);
    EXPECT_EQ(aclDestroyTensor(from), OK);
    EXPECT_EQ(aclDestroyTensor(to), OK);
    return code;
  }

  void Begin() {
    ASSERT_EQ(aclmdlRICaptureBegin(stream_, ACL_MODEL_RI_CAPTURE_MODE_GLOBAL),
              ACL_SUCCESS);
  }
  aclmdlRI End() {
    aclmdlRI graph = nullptr;
    EXPECT_EQ(aclmdlRICaptureEnd(stream_, &graph), ACL_SUCCESS) << Message();
    return graph;
  }
  aclError EndCode() {
    aclmdlRI graph = nullptr;
    return aclmdlRICaptureEnd(stream_, &graph);
  }
  // A graph of one group: y = |x|.
  aclmdlRI GraphOfAGroup(aclrtTaskGrp* group) {
    Begin();
    EXPECT_EQ(aclmdlRICaptureTaskGrpBegin(stream_), ACL_SUCCESS);
    EXPECT_EQ(Abs(x_, y_, stream_), OK);
    EXPECT_EQ(aclmdlRICaptureTaskGrpEnd(stream_, group), ACL_SUCCESS);
    return End();
  }
  std::vector<float> Y() { return Download<float>(y_, kCount); }

  std::byte* x_ = nullptr;
  std::byte* y_ = nullptr;
  std::byte* z_ = nullptr;
  const std::vector<float> abs_x_{1, 2, 3, 4};
  const std::vector<float> abs_z_{5, 6, 7, 8};
};

TEST_F(GraphOpRules, R166_OperatorsOfBothKindsRunEachTime) {
  aclopHandle* add = AddHandle({kCount, 1, 3});
  aclDataBuffer* one = Half(kCount * 3, kOne);
  aclDataBuffer* sum = Half(kCount * 3, kTwo);
  Begin();
  ASSERT_EQ(Exec(add, {sum, one}, {sum}, stream_), ACL_SUCCESS) << Message();
  ASSERT_EQ(Abs(x_, y_, stream_), OK);
  const aclmdlRI graph = End();
  // The graph needs neither descriptors nor the handle.
  aclopDestroyHandle(add);
  for (const uint16_t expected : {kThree, kFour, kFive}) {
    ASSERT_EQ(aclmdlRIExecuteAsync(graph, stream_), ACL_SUCCESS);
    EXPECT_EQ(Result(sum), All(kCount * 3, expected));
    EXPECT_EQ(Y(), abs_x_);
  }
  EXPECT_EQ(aclmdlRIDestroy(graph), ACL_SUCCESS);
}

TEST_F(GraphOpRules, R166_CopiesOfViewsAndTheirWorkspaceRunEachTime) {
  std::byte* apart = Upload<float>({-1, 0, -2, 0, -3, 0, -4});
  Begin();
  ASSERT_EQ(Abs(apart, y_, stream_, /*step=*/2), OK);
  const aclmdlRI graph = End();
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(aclrtMemset(y_, 16, 0, 16), ACL_SUCCESS);
    ASSERT_EQ(aclmdlRIExecute(graph, -1), ACL_SUCCESS);
    EXPECT_EQ(Y(), abs_x_);
  }
}

TEST_F(GraphOpRules, R167_GroupsOnlyInACapture) {
  aclrtTaskGrp group = nullptr;
  EXPECT_EQ(aclmdlRICaptureTaskGrpBegin(stream_),
            ACL_ERROR_RT_STREAM_NOT_CAPTURED);
  EXPECT_EQ(aclmdlRICaptureTaskGrpEnd(stream_, &group),
            ACL_ERROR_RT_STREAM_NOT_CAPTURED);
}

TEST_F(GraphOpRules, R167_AGroupThatIsOpenAtTheEnd) {
  Begin();
  ASSERT_EQ(aclmdlRICaptureTaskGrpBegin(stream_), ACL_SUCCESS);
  EXPECT_EQ(EndCode(), ACL_ERROR_STREAM_TASK_GROUP_STATUS);
  EXPECT_EQ(EndCode(), ACL_ERROR_RT_STREAM_NOT_CAPTURED);
  Begin();
  ASSERT_EQ(aclmdlRICaptureTaskGrpBegin(stream_), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRICaptureTaskGrpBegin(stream_),
            ACL_ERROR_STREAM_TASK_GROUP_STATUS);
  EXPECT_EQ(EndCode(), ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED);
}

TEST_F(GraphOpRules, R167_WhatAGroupMayHold) {
  aclrtTaskGrp group = nullptr;
  Begin();
  ASSERT_EQ(aclmdlRICaptureTaskGrpBegin(stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemsetAsync(y_, 16, 0, 16, stream_),
            ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT);
  EXPECT_EQ(EndCode(), ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED);
  aclrtEvent event = nullptr;
  ASSERT_EQ(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC), ACL_SUCCESS);
  Begin();
  ASSERT_EQ(aclmdlRICaptureTaskGrpBegin(stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event, stream_), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRICaptureTaskGrpEnd(stream_, &group),
            ACL_ERROR_STREAM_TASK_GROUP_INTR);
  EXPECT_EQ(EndCode(), ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED);
}

TEST_F(GraphOpRules, R167_AnUpdateReplacesTheTasksOfItsGroup) {
  aclrtTaskGrp group = nullptr;
  const aclmdlRI graph = GraphOfAGroup(&group);
  ASSERT_EQ(aclmdlRIExecute(graph, -1), ACL_SUCCESS);
  EXPECT_EQ(Y(), abs_x_);
  const aclrtStream updates = MakeStream();
  ASSERT_EQ(aclmdlRICaptureTaskUpdateBegin(updates, group), ACL_SUCCESS);
  ASSERT_EQ(Abs(z_, y_, updates), OK);
  ASSERT_EQ(aclmdlRICaptureTaskUpdateEnd(updates), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(updates), ACL_SUCCESS);
  EXPECT_EQ(Y(), abs_x_);  // the update itself computes nothing
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(aclmdlRIExecute(graph, -1), ACL_SUCCESS);
    EXPECT_EQ(Y(), abs_z_);
  }
  EXPECT_EQ(aclmdlRIDestroy(graph), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRICaptureTaskUpdateBegin(updates, group),
            ACL_ERROR_RT_MODEL_UPDATE_FAILED);
}

TEST_F(GraphOpRules, R167_AnUpdateReachesAnExecutionThatWaitsForIt) {
  aclrtEvent updated = nullptr;
  ASSERT_EQ(aclrtCreateEventWithFlag(&updated, ACL_EVENT_EXTERNAL),
            ACL_SUCCESS);
  Begin();
  ASSERT_EQ(aclrtStreamWaitEventWithFlag(stream_, updated, 0,
                                         ACL_EVENT_WAIT_EXTERNAL),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtResetEvent(updated, stream_), ACL_SUCCESS);
  aclrtTaskGrp group = nullptr;
  ASSERT_EQ(aclmdlRICaptureTaskGrpBegin(stream_), ACL_SUCCESS);
  ASSERT_EQ(Abs(x_, y_, stream_), OK);
  ASSERT_EQ(aclmdlRICaptureTaskGrpEnd(stream_, &group), ACL_SUCCESS);
  const aclmdlRI graph = End();
  const aclrtStream updates = MakeStream();
  for (std::byte* from : {z_, x_, z_}) {
    ASSERT_EQ(aclmdlRIExecuteAsync(graph, stream_), ACL_SUCCESS);
    ASSERT_EQ(aclmdlRICaptureTaskUpdateBegin(updates, group), ACL_SUCCESS);
    ASSERT_EQ(Abs(from, y_, updates), OK);
    ASSERT_EQ(aclmdlRICaptureTaskUpdateEnd(updates), ACL_SUCCESS);
    ASSERT_EQ(aclrtRecordEvent(updated, updates), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    EXPECT_EQ(Y(), from == x_ ? abs_x_ : abs_z_);
  }
}

TEST_F(GraphOpRules, R167_UpdatesThatDoNotFit) {
  aclrtTaskGrp group = nullptr;
  const aclmdlRI graph = GraphOfAGroup(&group);
  const aclrtStream updates = MakeStream();
  EXPECT_EQ(aclmdlRICaptureTaskUpdateEnd(updates),
            ACL_ERROR_STREAM_TASK_GROUP_STATUS);
  ASSERT_EQ(aclmdlRICaptureTaskUpdateBegin(updates, group), ACL_SUCCESS);
  EXPECT_EQ(aclmdlRICaptureTaskUpdateBegin(updates, group),
            ACL_ERROR_STREAM_TASK_GROUP_STATUS);
  EXPECT_EQ(aclrtMemsetAsync(y_, 16, 0, 16, updates),
            ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT);
  EXPECT_EQ(aclmdlRIExecuteAsync(graph, updates),
            ACL_ERROR_STREAM_TASK_GROUP_STATUS);
  EXPECT_EQ(aclmdlRICaptureTaskUpdateEnd(updates),
            ACL_ERROR_RT_MODEL_UPDATE_FAILED);  // no task for the group's one
  EXPECT_EQ(aclmdlRICaptureTaskUpdateBegin(updates, nullptr),
            ACL_ERROR_INVALID_PARAM);
  Begin();
  EXPECT_EQ(aclmdlRICaptureTaskUpdateBegin(stream_, group),
            ACL_ERROR_RT_STREAM_CAPTURED);
  End();
  ASSERT_EQ(aclmdlRIExecute(graph, -1), ACL_SUCCESS);
  EXPECT_EQ(Y(), abs_x_);
}

}  // namespace
}  // namespace npuemu::shim

// The objects and the two phases of aclnn: R171-R176.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "acl/acl.h"
#include "acl_shim/core/strided_copy.h"
#include "acl_shim/tests/rules/rule_testing.h"
#include "aclnn/aclnn_base.h"

// Of the generated header aclnnop/aclnn_*.h.
extern "C" {
aclnnStatus aclnnAbsGetWorkspaceSize(const aclTensor* self, aclTensor* out,
                                     uint64_t* workspaceSize,
                                     aclOpExecutor** executor);
aclnnStatus aclnnAbs(void* workspace, uint64_t workspaceSize,
                     aclOpExecutor* executor, aclrtStream stream);
aclnnStatus aclnnCatGetWorkspaceSize(const aclTensorList* tensors, int64_t dim,
                                     aclTensor* out, uint64_t* workspaceSize,
                                     aclOpExecutor** executor);
aclnnStatus aclnnCat(void* workspace, uint64_t workspaceSize,
                     aclOpExecutor* executor, aclrtStream stream);
aclnnStatus aclnnInplaceCopyGetWorkspaceSize(aclTensor* selfRef,
                                             const aclTensor* src,
                                             uint64_t* workspaceSize,
                                             aclOpExecutor** executor);
aclnnStatus aclnnInplaceCopy(void* workspace, uint64_t workspaceSize,
                             aclOpExecutor* executor, aclrtStream stream);
aclnnStatus aclnnSplitTensorGetWorkspaceSize(const aclTensor* self,
                                             uint64_t splitSections,
                                             int64_t dim, aclTensorList* out,
                                             uint64_t* workspaceSize,
                                             aclOpExecutor** executor);
aclnnStatus aclnnSplitTensor(void* workspace, uint64_t workspaceSize,
                             aclOpExecutor* executor, aclrtStream stream);
}

namespace npuemu::shim {
namespace {

constexpr aclnnStatus kNull = 161001;
constexpr aclnnStatus kInvalid = 161002;

class NnRules : public RuleTest {
 protected:
  // A row of `count` floats at `data`, `step` apart.
  static aclTensor* Row(void* data, int64_t count, int64_t step = 1) {
    const int64_t storage = (count - 1) * step + 1;
    return aclCreateTensor(&count, 1, ACL_FLOAT, &step, 0, ACL_FORMAT_ND,
                           &storage, 1, data);
  }

  void Upload(void* device, const std::vector<float>& values) {
    ASSERT_EQ(aclrtMemcpy(device, values.size() * 4, values.data(),
                          values.size() * 4, ACL_MEMCPY_HOST_TO_DEVICE),
              ACL_SUCCESS);
  }

  std::vector<float> Download(const void* device, size_t count) {
    std::vector<float> values(count);
    EXPECT_EQ(aclrtMemcpy(values.data(), count * 4, device, count * 4,
                          ACL_MEMCPY_DEVICE_TO_HOST),
              ACL_SUCCESS);
    return values;
  }

  static void* Malloc(size_t bytes) { return MakeDevice(bytes); }
  aclrtStream stream() const { return stream_; }

  void SetUp() override {
    RuleTest::SetUp();
    stream_ = MakeStream();
    x_ = Malloc(64);
    y_ = Malloc(64);
    z_ = Malloc(64);
    Upload(x_, {-1, 2, -3, 4});
    Upload(y_, {0, 0, 0, 0});
    Upload(z_, {-5, -6, -7, -8});
  }

  aclrtStream stream_ = nullptr;
  void* x_ = nullptr;
  void* y_ = nullptr;
  void* z_ = nullptr;
  const std::vector<float> abs_x_{1, 2, 3, 4};
  const std::vector<float> abs_z_{5, 6, 7, 8};
};

TEST_F(NnRules, R171_TwoPhasesRunOnTheStream) {
  EXPECT_EQ(aclnnInit("/no/such/file.json"), kInvalid);
  EXPECT_EQ(aclnnFinalize(), kInvalid);  // of what was not initialised
  EXPECT_EQ(aclnnInit(nullptr), OK);
  aclTensor* x = Row(x_, 4);
  aclTensor* y = Row(y_, 4);
  uint64_t size = 1;
  aclOpExecutor* executor = nullptr;
  ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, y, &size, &executor), OK);
  EXPECT_EQ(size, 0u);
  ASSERT_NE(executor, nullptr);
  ASSERT_EQ(aclnnAbs(nullptr, 0, executor, stream()), OK);
  // R176: the tensors may go, the memory may not.
  EXPECT_EQ(aclDestroyTensor(x), OK);
  EXPECT_EQ(aclDestroyTensor(y), OK);
  ASSERT_EQ(aclrtSynchronizeStream(stream()), ACL_SUCCESS);
  EXPECT_EQ(Download(y_, 4), abs_x_);
  // Both are gone now.
  EXPECT_EQ(aclDestroyTensor(x), kInvalid);
  EXPECT_EQ(aclDestroyTensor(nullptr), OK);
  EXPECT_EQ(aclnnFinalize(), OK);
  EXPECT_EQ(aclnnFinalize(), kInvalid);
}

TEST_F(NnRules, R171_NullArgumentsOfPhaseOne) {
  aclTensor* x = Row(x_, 4);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  EXPECT_EQ(aclnnAbsGetWorkspaceSize(nullptr, x, &size, &executor), kNull);
  EXPECT_EQ(aclnnAbsGetWorkspaceSize(x, nullptr, &size, &executor), kNull);
  EXPECT_EQ(aclnnAbsGetWorkspaceSize(x, x, nullptr, &executor), kNull);
  EXPECT_EQ(aclnnAbsGetWorkspaceSize(x, x, &size, nullptr), kNull);
  EXPECT_EQ(executor, nullptr);
  aclDestroyTensor(x);
}

// Elements of no dtype have no bytes: a copy of them would do nothing.
TEST_F(NnRules, R171_TensorsHaveADtype) {
  const int64_t count = 4;
  aclTensor* none = aclCreateTensor(&count, 1, ACL_DT_UNDEFINED, nullptr, 0,
                                    ACL_FORMAT_ND, &count, 1, x_);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  EXPECT_EQ(aclnnInplaceCopyGetWorkspaceSize(none, none, &size, &executor),
            kInvalid);
  EXPECT_NE(std::string(aclGetRecentErrMsg()).find("selfRef"),
            std::string::npos);
  aclDestroyTensor(none);
}

TEST_F(NnRules, R172_PhaseTwoConsumesTheExecutor) {
  aclTensor* x = Row(x_, 4);
  aclTensor* y = Row(y_, 4);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, y, &size, &executor), OK);
  ASSERT_EQ(aclnnAbs(nullptr, 0, executor, stream()), OK);
  EXPECT_EQ(aclnnAbs(nullptr, 0, executor, stream()), kInvalid);
  EXPECT_EQ(aclDestroyAclOpExecutor(executor), kInvalid);
  EXPECT_EQ(aclnnAbs(nullptr, 0, nullptr, stream()), kNull);
  // One whose second phase never comes is destroyed by its maker.
  ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, y, &size, &executor), OK);
  EXPECT_EQ(aclDestroyAclOpExecutor(executor), OK);
  EXPECT_EQ(aclnnAbs(nullptr, 0, executor, stream()), kInvalid);
  aclDestroyTensor(x);
  aclDestroyTensor(y);
}

using SetTensor = aclnnStatus (*)(aclOpExecutor*, size_t, aclTensor*, void*);

// What runs after `set(executor, index, tensor, z)` computes |z| or writes z.
TEST_F(NnRules, R173_RepeatableExecutorsTakeNewAddresses) {
  constexpr struct {
    SetTensor set;
    size_t index;
    bool input;
  } kCases[] = {
      {aclSetTensorAddr, 0, true},        {AclSetTensorAddr, 0, true},
      {aclSetTensorAddr, 1, false},       {AclSetTensorAddr, 1, false},
      {aclSetInputTensorAddr, 0, true},   {AclSetInputTensorAddr, 0, true},
      {aclSetOutputTensorAddr, 0, false}, {AclSetOutputTensorAddr, 0, false}};
  for (const auto& c : kCases) {
    Upload(z_, {-5, -6, -7, -8});
    aclTensor* x = Row(x_, 4);
    aclTensor* y = Row(y_, 4);
    uint64_t size = 0;
    aclOpExecutor* executor = nullptr;
    ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, y, &size, &executor), OK);
    ASSERT_EQ(aclSetAclOpExecutorRepeatable(executor), OK);
    ASSERT_EQ(aclnnAbs(nullptr, 0, executor, stream()), OK);
    ASSERT_EQ(aclrtSynchronizeStream(stream()), ACL_SUCCESS);
    EXPECT_EQ(Download(y_, 4), abs_x_);
    EXPECT_EQ(c.set(executor, 7, x, z_), kInvalid);
    EXPECT_EQ(c.set(executor, c.index, nullptr, z_), kNull);
    EXPECT_EQ(c.set(executor, c.index, x, static_cast<char*>(z_) + 4),
              kInvalid);
    ASSERT_EQ(c.set(executor, c.index, c.input ? x : y, z_), OK);
    ASSERT_EQ(aclnnAbs(nullptr, 0, executor, stream()), OK);
    ASSERT_EQ(aclrtSynchronizeStream(stream()), ACL_SUCCESS);
    EXPECT_EQ(Download(c.input ? y_ : z_, 4), c.input ? abs_z_ : abs_x_);
    EXPECT_EQ(aclDestroyAclOpExecutor(executor), OK);
    aclDestroyTensor(x);
    aclDestroyTensor(y);
  }
}

TEST_F(NnRules, R173_RepeatableRightAfterPhaseOne) {
  aclTensor* x = Row(x_, 4);
  uint64_t size = 0;
  aclOpExecutor* first = nullptr;
  aclOpExecutor* second = nullptr;
  ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, x, &size, &first), OK);
  ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, x, &size, &second), OK);
  EXPECT_EQ(aclSetAclOpExecutorRepeatable(first), kInvalid);
  EXPECT_EQ(aclSetAclOpExecutorRepeatable(nullptr), kNull);
  EXPECT_EQ(aclSetAclOpExecutorRepeatable(second), OK);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(aclnnAbs(nullptr, 0, second, stream()), OK);
  }
  ASSERT_EQ(aclrtSynchronizeStream(stream()), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyAclOpExecutor(second), OK);
  EXPECT_EQ(aclDestroyAclOpExecutor(first), OK);
  aclDestroyTensor(x);
}

// What is "right after" is the executor, not the memory that it was made in.
TEST_F(NnRules, R173_RepeatableOnItsOwnThreadOnly) {
  aclTensor* x = Row(x_, 4);
  uint64_t size = 0;
  aclOpExecutor* first = nullptr;
  ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, x, &size, &first), OK);
  aclOpExecutor* second = nullptr;
  std::thread([&] {
    EXPECT_EQ(aclDestroyAclOpExecutor(first), OK);
    EXPECT_EQ(aclnnAbsGetWorkspaceSize(x, x, &size, &second), OK);
  }).join();
  EXPECT_EQ(aclSetAclOpExecutorRepeatable(second), kInvalid);
  EXPECT_EQ(aclDestroyAclOpExecutor(second), OK);
  aclDestroyTensor(x);
}

using SetItem = aclnnStatus (*)(aclOpExecutor*, size_t, size_t, aclTensorList*,
                                void*);

TEST_F(NnRules, R173_AddressesOfListItems) {
  void* wide = Malloc(64);
  for (SetItem set :
       {aclSetDynamicTensorAddr, AclSetDynamicTensorAddr,
        aclSetDynamicInputTensorAddr, AclSetDynamicInputTensorAddr}) {
    aclTensor* items[] = {Row(x_, 2), Row(x_, 2)};
    aclTensorList* list = aclCreateTensorList(items, 2);
    aclTensor* out = Row(wide, 4);
    uint64_t size = 0;
    aclOpExecutor* executor = nullptr;
    ASSERT_EQ(aclnnCatGetWorkspaceSize(list, 0, out, &size, &executor), OK);
    ASSERT_EQ(aclSetAclOpExecutorRepeatable(executor), OK);
    EXPECT_EQ(set(executor, 0, 2, list, z_), kInvalid);
    EXPECT_EQ(set(executor, 0, 1, nullptr, z_), kNull);
    ASSERT_EQ(set(executor, 0, 1, list, z_), OK);
    ASSERT_EQ(aclnnCat(nullptr, 0, executor, stream()), OK);
    ASSERT_EQ(aclrtSynchronizeStream(stream()), ACL_SUCCESS);
    EXPECT_EQ(Download(wide, 4), (std::vector<float>{-1, 2, -5, -6}));
    EXPECT_EQ(aclDestroyAclOpExecutor(executor), OK);
    EXPECT_EQ(aclDestroyTensorList(list), OK);
    EXPECT_EQ(aclDestroyTensor(items[0]), kInvalid);  // the list's, and gone
    aclDestroyTensor(out);
  }
}

TEST_F(NnRules, R173_OutputsAreNoLists) {
  aclTensor* x = Row(x_, 4);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  for (SetItem set :
       {aclSetDynamicOutputTensorAddr, AclSetDynamicOutputTensorAddr}) {
    aclTensor* item = Row(y_, 4);
    aclTensorList* list = aclCreateTensorList(&item, 1);
    ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, x, &size, &executor), OK);
    EXPECT_EQ(set(executor, 1, 0, list, z_), kInvalid);
    EXPECT_EQ(aclDestroyAclOpExecutor(executor), OK);
    EXPECT_EQ(aclDestroyTensorList(list), OK);
  }
  aclDestroyTensor(x);
}

TEST_F(NnRules, R174_WorkspaceMustBeThere) {
  aclTensor* x = Row(x_, 2, 2);  // strided: copied to the workspace
  aclTensor* y = Row(y_, 2);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, y, &size, &executor), OK);
  ASSERT_GT(size, 0u);
  EXPECT_EQ(aclnnAbs(nullptr, size, executor, stream()), kNull);
  EXPECT_EQ(aclDestroyAclOpExecutor(executor), kInvalid);  // gone all the same
  ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, y, &size, &executor), OK);
  void* workspace = Malloc(size);
  EXPECT_EQ(aclnnAbs(workspace, size - 1, executor, stream()), kInvalid);
  ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, y, &size, &executor), OK);
  ASSERT_EQ(aclnnAbs(workspace, size, executor, stream()), OK);
  ASSERT_EQ(aclrtSynchronizeStream(stream()), ACL_SUCCESS);
  EXPECT_EQ(Download(y_, 2), (std::vector<float>{1, 3}));
  aclDestroyTensor(x);
  aclDestroyTensor(y);
}

// Inputs are read as they were when the call began, wherever outputs lie.
TEST_F(NnRules, R174_OutputsMayLieOverInputs) {
  auto* bytes = static_cast<std::byte*>(x_);
  aclTensor* x = Row(x_, 4);
  aclTensor* parts[] = {Row(bytes + 8, 2), Row(y_, 2)};
  aclTensorList* list = aclCreateTensorList(parts, 2);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  ASSERT_EQ(aclnnSplitTensorGetWorkspaceSize(x, 2, 0, list, &size, &executor),
            OK);
  ASSERT_EQ(aclnnSplitTensor(Malloc(size), size, executor, stream()), OK);
  ASSERT_EQ(aclrtSynchronizeStream(stream()), ACL_SUCCESS);
  EXPECT_EQ(Download(x_, 4), (std::vector<float>{-1, 2, -1, 2}));
  EXPECT_EQ(Download(y_, 2), (std::vector<float>{-3, 4}));
  EXPECT_EQ(aclDestroyTensorList(list), OK);
  aclDestroyTensor(x);
}

// Copies of strided views are kernels: they may use their device's memory.
TEST_F(NnRules, R96_StridedCopiesNeedPeerAccess) {
  ASSERT_EQ(UseDevice(1), ACL_SUCCESS);
  void* there = Malloc(64);
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
  aclTensor* x = Row(there, 2, 2);
  aclTensor* y = Row(y_, 2);
  uint64_t size = 0;
  aclOpExecutor* executor = nullptr;
  for (bool peers : {true, false}) {
    ASSERT_EQ(peers ? aclrtDeviceEnablePeerAccess(1, 0)
                    : aclrtDeviceDisablePeerAccess(1),
              ACL_SUCCESS);
    ASSERT_EQ(aclnnAbsGetWorkspaceSize(x, y, &size, &executor), OK);
    ASSERT_EQ(aclnnAbs(Malloc(size), size, executor, stream()), OK);
    EXPECT_EQ(aclrtSynchronizeStream(stream()),
              peers ? ACL_SUCCESS : ACL_ERROR_RT_VECTOR_CORE_EXCEPTION);
  }
  aclDestroyTensor(x);
  aclDestroyTensor(y);
  EXPECT_EQ(aclrtResetDevice(1), ACL_SUCCESS);
}

// A small copy races with a big one. Under policies of virtual time the big
// one's blocks are partly older, under others it is older as a whole.
TEST_F(NnRules, R174_RacingCopiesOfViewsMixByBlocks) {
  constexpr int64_t kMany = 1 << 18;
  constexpr int64_t kFew = 1 << 10;
  void* target = Malloc(2 * kMany * 4);
  aclTensor* to[] = {Row(target, kMany, 2),
                     Row(target, kFew, 2 * kMany / kFew)};
  aclTensor* from[] = {Row(MakeDevice(kMany * 4, 1), kMany),
                       Row(MakeDevice(kFew * 4, 2), kFew)};
  const aclrtStream streams[] = {MakeStream(), MakeStream()};
  uint64_t size = 0;
  aclOpExecutor* executors[2];
  for (size_t i = 0; i < 2; ++i) {
    ASSERT_EQ(
        aclnnInplaceCopyGetWorkspaceSize(to[i], from[i], &size, &executors[i]),
        OK);
  }
  for (size_t i = 0; i < 2; ++i) {
    ASSERT_EQ(aclnnInplaceCopy(nullptr, 0, executors[i], streams[i]), OK);
  }
  ASSERT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
  const std::vector<float> mixed = Download(target, 2 * kMany);
  const float second = Download(MakeDevice(4, 2), 1)[0];
  const auto left = std::count(mixed.begin(), mixed.end(), second);
  const char* const schedule = std::getenv("NPUEMU_SCHEDULE");
  if (schedule != nullptr && std::string(schedule) == "timed") {
    EXPECT_GT(left, 0);
    EXPECT_LT(left, kFew);
  } else {
    EXPECT_EQ(left, kFew);
  }
  for (aclTensor* tensor : {to[0], to[1], from[0], from[1]}) {
    aclDestroyTensor(tensor);
  }
}

// Checks see every byte of a view whose elements fill its span, in whatever
// order; one side that has too many gaps does not hide the other.
TEST_F(NnRules, R174_PermutedViewsAreKnownToTheByte) {
  constexpr int64_t kRows = 1 << 9;
  constexpr int64_t kColumns = 1 << 8;
  const StridedCopy copy{"Contiguous",
                         kernels::DataType::kFloat,
                         kernels::DataType::kFloat,
                         {kRows, kColumns}};
  const auto address = reinterpret_cast<uint64_t>(Malloc(8));
  const StridedView turned{address, 0, {1, kRows}};
  const StridedView apart{address, 0, {2 * kColumns, 2}};
  NodeCall("test", [&](Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(auto on, Process::Get().FindStream(call, stream()));
    const Task task = MakeStridedCopy(call.node, *on, copy, turned, apart);
    EXPECT_TRUE(task.exact_reads);
    EXPECT_EQ(task.reads.size(), 1u);
    EXPECT_EQ(task.reads[0].end - task.reads[0].begin, 4u * kRows * kColumns);
    EXPECT_FALSE(task.exact_writes);
    return absl::OkStatus();
  });
}

// The arrays of the getters are the caller's, to delete[].
std::vector<int64_t> Taken(int64_t* values, uint64_t count) {
  const std::unique_ptr<int64_t[]> owner(values);
  return {values, values + count};
}

TEST_F(NnRules, R176_TensorsSayWhatTheyWereMadeWith) {
  const int64_t dims[] = {2, 3};
  const int64_t strides[] = {4, 1};
  const int64_t storage = 9;
  aclTensor* tensor = aclCreateTensor(dims, 2, ACL_FLOAT16, strides, 1,
                                      ACL_FORMAT_NCHW, &storage, 1, x_);
  int64_t* values = nullptr;
  uint64_t count = 0;
  ASSERT_EQ(aclGetViewShape(tensor, &values, &count), OK);
  EXPECT_EQ(Taken(values, count), (std::vector<int64_t>{2, 3}));
  ASSERT_EQ(aclGetViewStrides(tensor, &values, &count), OK);
  EXPECT_EQ(Taken(values, count), (std::vector<int64_t>{4, 1}));
  ASSERT_EQ(aclGetStorageShape(tensor, &values, &count), OK);
  EXPECT_EQ(Taken(values, count), (std::vector<int64_t>{9}));
  int64_t offset = 0;
  ASSERT_EQ(aclGetViewOffset(tensor, &offset), OK);
  EXPECT_EQ(offset, 1);
  aclDataType type = ACL_DT_UNDEFINED;
  ASSERT_EQ(aclGetDataType(tensor, &type), OK);
  EXPECT_EQ(type, ACL_FLOAT16);
  aclFormat format = ACL_FORMAT_UNDEFINED;
  ASSERT_EQ(aclGetFormat(tensor, &format), OK);
  EXPECT_EQ(format, ACL_FORMAT_NCHW);
  void* address = nullptr;
  ASSERT_EQ(aclGetRawTensorAddr(tensor, &address), OK);
  EXPECT_EQ(address, x_);
  ASSERT_EQ(aclSetRawTensorAddr(tensor, y_), OK);
  ASSERT_EQ(aclGetRawTensorAddr(tensor, &address), OK);
  EXPECT_EQ(address, y_);
  ASSERT_EQ(aclInitTensor(tensor, dims, 1, ACL_FLOAT, nullptr, 0, ACL_FORMAT_ND,
                          dims, 1, x_),
            OK);
  ASSERT_EQ(aclGetViewShape(tensor, &values, &count), OK);
  EXPECT_EQ(Taken(values, count), (std::vector<int64_t>{2}));
  EXPECT_EQ(aclGetViewShape(nullptr, &values, &count), kNull);
  EXPECT_EQ(aclGetViewShape(tensor, nullptr, &count), kNull);
  EXPECT_EQ(aclDestroyTensor(tensor), OK);
  EXPECT_EQ(aclGetDataType(tensor, &type), kInvalid);
  const int64_t negative = -1;
  EXPECT_EQ(aclCreateTensor(&negative, 1, ACL_FLOAT, nullptr, 0, ACL_FORMAT_ND,
                            &storage, 1, x_),
            nullptr);
}

TEST_F(NnRules, R176_ScalarsArraysAndLists) {
  const int64_t ints[] = {1, 2, 3};
  const float floats[] = {1, 2};
  const bool bools[] = {true};
  uint64_t size = 0;
  aclIntArray* i = aclCreateIntArray(ints, 3);
  ASSERT_EQ(aclGetIntArraySize(i, &size), OK);
  EXPECT_EQ(size, 3u);
  aclFloatArray* f = aclCreateFloatArray(floats, 2);
  ASSERT_EQ(aclGetFloatArraySize(f, &size), OK);
  EXPECT_EQ(size, 2u);
  aclBoolArray* b = aclCreateBoolArray(bools, 1);
  ASSERT_EQ(aclGetBoolArraySize(b, &size), OK);
  EXPECT_EQ(size, 1u);
  float value = 2;
  aclScalar* scalar = aclCreateScalar(&value, ACL_FLOAT);
  ASSERT_NE(scalar, nullptr);
  aclScalarList* scalars = aclCreateScalarList(&scalar, 1);
  size = 0;
  ASSERT_EQ(aclGetScalarListSize(scalars, &size), OK);
  EXPECT_EQ(size, 1u);
  aclTensor* tensor = Row(x_, 4);
  aclTensor* two[] = {tensor, Row(y_, 4)};
  aclTensorList* tensors = aclCreateTensorList(two, 2);
  ASSERT_EQ(aclGetTensorListSize(tensors, &size), OK);
  EXPECT_EQ(size, 2u);
  EXPECT_EQ(aclGetTensorListSize(tensors, nullptr), kNull);
  EXPECT_EQ(aclDestroyTensorList(tensors), OK);
  EXPECT_EQ(aclDestroyTensorList(tensors), kInvalid);
  EXPECT_EQ(aclDestroyScalarList(scalars), OK);
  EXPECT_EQ(aclDestroyScalar(scalar), kInvalid);  // the list's
  scalar = aclCreateScalar(&value, ACL_FLOAT);
  EXPECT_EQ(aclDestroyScalar(scalar), OK);
  EXPECT_EQ(aclDestroyScalar(scalar), kInvalid);
  EXPECT_EQ(aclDestroyIntArray(i), OK);
  EXPECT_EQ(aclDestroyIntArray(i), kInvalid);
  EXPECT_EQ(aclDestroyFloatArray(f), OK);
  EXPECT_EQ(aclDestroyFloatArray(f), kInvalid);
  EXPECT_EQ(aclDestroyBoolArray(b), OK);
  EXPECT_EQ(aclDestroyBoolArray(b), kInvalid);
  EXPECT_EQ(aclCreateScalar(nullptr, ACL_FLOAT), nullptr);
  EXPECT_EQ(aclCreateScalar(&value, ACL_STRING), nullptr);
  EXPECT_EQ(aclCreateIntArray(nullptr, 2), nullptr);
}

}  // namespace
}  // namespace npuemu::shim
